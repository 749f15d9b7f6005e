// SSL_CTX_sess_set_get_cb(3), SSL_CTX_add_session(3), SSL_set_session(3),
// SSL_CTX_set_session_id_context(3).
#include <openssl/ssl.h>
#include <ctime>

#include "libssl/context_sessions.h"
#include "libssl/entry.h"
#include "libssl/later_prototypes.h"
#include "libssl/null_arguments.h"
#include "libssl/owner.h"
#include "libssl/session_table.h"
#include "libssl/ssl_session_st.h"
#include "libssl/version_bounds.h"

using namespace ciao::tls;

namespace ciao::tls {
namespace {

template <class Owner>
int set_session_id_context(Owner* owner, const unsigned char* bytes, unsigned int size) {
  return checked([&]() -> Result<void> {
    if (size > kMaxSessionContextSize) {
      return silent_error(Reason::ssl_session_id_context_too_long);
    }
    edit_settings(owner).session_id_context.assign({bytes, size});
    return {};
  });
}

template <class Owner>
int set_generate_session_id(Owner* owner, GEN_SESSION_CB callback) {
  return guard(0, [&] {
    edit_settings(owner).generate_session_id = callback;
    return 1;
  });
}

Result<void> set_session(SSL& to, SSL_SESSION* session) {
  // The handshake is about to fill the session that it has.
  if (to.connection.handshake_under_way()) {
    return silent_error(Reason::should_not_have_been_called);
  }
  to.connection.give_up_unclosed_session();
  return_to_context_method(to);
  if (session != nullptr) to.verifier.set_result(session->verify_result);
  to.connection.set_session(Ref<Session>::share(session));
  return {};
}

}  // namespace
}  // namespace ciao::tls

extern "C" {

// --- the cache of a context ---

int SSL_CTX_add_session(SSL_CTX* ctx, SSL_SESSION* session) {
  return guard(0, [&] { return add_session(*ctx, Ref<Session>::share(session)) ? 1 : 0; });
}

int SSL_CTX_remove_session(SSL_CTX* ctx, SSL_SESSION* session) {
  if (session == nullptr) return 0;
  return remove_session(*ctx, *session) ? 1 : 0;
}

void SSL_CTX_flush_sessions(SSL_CTX* ctx, long tm) { SSL_CTX_flush_sessions_ex(ctx, tm); }

void SSL_CTX_flush_sessions_ex(SSL_CTX* ctx, time_t tm) {
  if (refuse_null(ctx == nullptr)) return;
  guard_void([&] {
    if (tm == 0) {
      flush_all_sessions(*ctx);
    } else {
      flush_sessions(*ctx, tm);
    }
  });
}

LHASH_OF(SSL_SESSION) * SSL_CTX_sessions(SSL_CTX* ctx) {
  using Table = LHASH_OF(SSL_SESSION);
  return guard<Table*>(nullptr, [&]() -> Table* {
    ctx->session_table = SessionTable::make(ctx->session_cache.all());
    // The typed table is the untyped one under another name (<openssl/lhash.h>).
    return ctx->session_table ? reinterpret_cast<Table*>(ctx->session_table->table()) : nullptr;
  });
}

void SSL_CTX_sess_set_new_cb(SSL_CTX* ctx, int (*new_session_cb)(SSL*, SSL_SESSION*)) {
  ctx->new_session = new_session_cb;
}

int (*SSL_CTX_sess_get_new_cb(SSL_CTX* ctx))(SSL*, SSL_SESSION*) { return ctx->new_session; }

void SSL_CTX_sess_set_remove_cb(SSL_CTX* ctx, void (*remove_session_cb)(SSL_CTX*, SSL_SESSION*)) {
  ctx->remove_session = remove_session_cb;
}

void (*SSL_CTX_sess_get_remove_cb(SSL_CTX* ctx))(SSL_CTX*, SSL_SESSION*) {
  return ctx->remove_session;
}

void SSL_CTX_sess_set_get_cb(SSL_CTX* ctx,
                             SSL_SESSION* (*get_session_cb)(SSL*, const unsigned char*, int,
                                                            int*)) {
  ctx->find_session = get_session_cb;
}

SSL_SESSION* (*SSL_CTX_sess_get_get_cb(SSL_CTX* ctx))(SSL*, const unsigned char*, int, int*) {
  return ctx->find_session;
}

long SSL_CTX_get_timeout(const SSL_CTX* s) { return s == nullptr ? 0 : s->session_timeout; }

long SSL_CTX_set_timeout(SSL_CTX* s, long t) {
  return s == nullptr ? 0 : std::exchange(s->session_timeout, t);
}

long SSL_get_default_timeout(const SSL*) { return kDefaultSessionTimeout; }

// --- ids and their context ---

int SSL_CTX_set_session_id_context(SSL_CTX* ctx, const unsigned char* sid_ctx,
                                   unsigned int sid_ctx_len) {
  return set_session_id_context(ctx, sid_ctx, sid_ctx_len);
}

int SSL_set_session_id_context(SSL* ssl, const unsigned char* sid_ctx, unsigned int sid_ctx_len) {
  if (set_session_id_context(ssl, sid_ctx, sid_ctx_len) != 1) return 0;
  return ssl->connection.set_session_context(ssl->settings->session_id_context.view()) ? 1 : 0;
}

int SSL_CTX_set_generate_session_id(SSL_CTX* ctx, GEN_SESSION_CB cb) {
  return set_generate_session_id(ctx, cb);
}

int SSL_set_generate_session_id(SSL* s, GEN_SESSION_CB cb) {
  return set_generate_session_id(s, cb);
}

int SSL_has_matching_session_id(const SSL* s, const unsigned char* id, unsigned int id_len) {
  const ProtocolVersion version = s->connection.negotiated().version;
  return s->session_ctx->session_cache.find(version, {id, id_len}) ? 1 : 0;
}

void SSL_CTX_set_not_resumable_session_callback(SSL_CTX* ctx, int (*cb)(SSL*, int)) {
  guard_void([&] { edit_settings(ctx).not_resumable = cb; });
}

void SSL_set_not_resumable_session_callback(SSL* ssl, int (*cb)(SSL*, int)) {
  guard_void([&] { edit_settings(ssl).not_resumable = cb; });
}

// --- the session of a connection ---

SSL_SESSION* SSL_get_session(const SSL* ssl) { return handle_of(ssl->connection.session()); }

SSL_SESSION* SSL_get1_session(SSL* ssl) {
  return handle_of(Ref<Session>(ssl->connection.session()).detach());
}

int SSL_set_session(SSL* to, SSL_SESSION* session) {
  return checked([&] { return set_session(*to, session); });
}

int SSL_session_reused(const SSL* s) { return s->connection.negotiated().resumed ? 1 : 0; }

// With the session goes what it was made with: certificates, policy, session id context.
int SSL_copy_session_id(SSL* to, const SSL* from) {
  if (SSL_set_session(to, SSL_get_session(from)) != 1) return 0;
  return guard(0, [&] {
    to->method = from->method;
    to->identity = from->identity;
    edit_config(to).credentials = config_of(from).credentials;
    const ByteView context = from->connection.session_context();
    return SSL_set_session_id_context(to, context.data(), static_cast<unsigned>(context.size()));
  });
}

}  // extern "C"
