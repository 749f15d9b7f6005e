// SSL_CTX_set_ct_validation_callback(3), SSL_CTX_set_ctlog_list_file(3), SSL_get0_peer_scts(3).
#include <openssl/ct.h>
#include <openssl/ssl.h>

#include "libssl/ct_check.h"
#include "libssl/ctrl_handlers.h"
#include "libssl/entry.h"
#include "libssl/owner.h"

namespace ciao::tls {
namespace {

// SSL_CT_VALIDATION_PERMISSIVE: only looks.
int accept_any(const CT_POLICY_EVAL_CTX*, const STACK_OF(SCT) *, void*) { return 1; }

// SSL_CT_VALIDATION_STRICT: one valid timestamp will do.
int require_one(const CT_POLICY_EVAL_CTX*, const STACK_OF(SCT) * scts, void*) {
  const int count = scts != nullptr ? sk_SCT_num(scts) : 0;
  for (int i = 0; i < count; ++i) {
    const SCT* sct = sk_SCT_value(scts, i);
    if (SCT_get_validation_status(sct) == SCT_VALIDATION_STATUS_VALID) return 1;
  }
  raise(Reason::no_valid_scts);
  return 0;
}

template <class Owner>
Result<void> set_validation(Owner* owner, ssl_ct_validation_cb callback, void* arg) {
  edit_settings(owner).ct_validation = {callback, arg};
  edit_config(owner).request_sct = callback != nullptr;
  return {};
}

// Either ciao looks at the timestamps or the application does.
bool left_to_application(const SSL_CTX* ctx, ssl_ct_validation_cb callback) {
  if (callback == nullptr ||
      SSL_CTX_has_client_custom_ext(ctx, TLSEXT_TYPE_signed_certificate_timestamp) == 0) {
    return false;
  }
  raise(Reason::custom_ext_handler_already_installed);
  return true;
}

int set_callback(SSL* ssl, ssl_ct_validation_cb callback, void* arg) {
  if (left_to_application(ssl->ctx, callback)) return 0;
  // Timestamps may come with a staple.
  if (callback != nullptr) set_status_type(ssl, TLSEXT_STATUSTYPE_ocsp, nullptr);
  return checked([&] { return set_validation(ssl, callback, arg); });
}

int set_callback(SSL_CTX* ctx, ssl_ct_validation_cb callback, void* arg) {
  if (left_to_application(ctx, callback)) return 0;
  return checked([&] { return set_validation(ctx, callback, arg); });
}

template <class Owner>
int enable(Owner* owner, int validation_mode, Place place) {
  switch (validation_mode) {
    case SSL_CT_VALIDATION_PERMISSIVE: return set_callback(owner, accept_any, nullptr);
    case SSL_CT_VALIDATION_STRICT: return set_callback(owner, require_one, nullptr);
    default: raise(Reason::invalid_ct_validation_type, place); return 0;
  }
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

int SSL_CTX_set_ct_validation_callback(SSL_CTX* ctx, ssl_ct_validation_cb callback, void* arg) {
  return set_callback(ctx, callback, arg);
}

int SSL_set_ct_validation_callback(SSL* s, ssl_ct_validation_cb callback, void* arg) {
  return set_callback(s, callback, arg);
}

int SSL_CTX_enable_ct(SSL_CTX* ctx, int validation_mode) {
  return enable(ctx, validation_mode, Place::here());
}

int SSL_enable_ct(SSL* s, int validation_mode) { return enable(s, validation_mode, Place::here()); }

int SSL_CTX_ct_is_enabled(const SSL_CTX* ctx) { return ctx->settings->ct_validation ? 1 : 0; }

int SSL_ct_is_enabled(const SSL* s) { return s->settings->ct_validation ? 1 : 0; }

int SSL_CTX_set_default_ctlog_list_file(SSL_CTX* ctx) {
  return CTLOG_STORE_load_default_file(ctx->ctlog_store);
}

int SSL_CTX_set_ctlog_list_file(SSL_CTX* ctx, const char* path) {
  return CTLOG_STORE_load_file(ctx->ctlog_store, path);
}

void SSL_CTX_set0_ctlog_store(SSL_CTX* ctx, CTLOG_STORE* logs) {
  CTLOG_STORE_free(ctx->ctlog_store);
  ctx->ctlog_store = logs;
}

const CTLOG_STORE* SSL_CTX_get0_ctlog_store(const SSL_CTX* ctx) { return ctx->ctlog_store; }

const STACK_OF(SCT) * SSL_get0_peer_scts(SSL* s) {
  return guard<const STACK_OF(SCT)*>(nullptr, [&]() -> const STACK_OF(SCT) * {
    // Before there is anything to look at there is no list, not even an empty one.
    if (!s->connection.negotiated().peer) return nullptr;
    if (!s->cold || !s->cold->peer_scts) s->cold_state().peer_scts = collect_scts(s);
    return s->cold->peer_scts.get();
  });
}

}  // extern "C"
