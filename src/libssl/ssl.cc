// SSL_new(3), SSL_free(3), SSL_clear(3), SSL_get_SSL_CTX(3).
#include <openssl/ocsp.h>
#include <openssl/ssl.h>

#include "libssl/connection_trace.h"
#include "libssl/ctrl_handlers.h"
#include "libssl/entry.h"
#include "libssl/pump.h"
#include "libssl/ssl_st.h"
#include "libssl/version_bounds.h"

using namespace ciao::tls;

ssl_st::ssl_st(SSL_CTX& context, Ref<VerifyParam> verify_param)
    : ctx(&context),
      session_ctx(&context),
      method(context.method),
      settings(context.settings),
      identity(context.identity),
      param(std::move(verify_param)),
      connection(context.algorithms, context.config,
                 Hooks{&application, &certificates, &verifier, &observer, &sessions}) {
  static std::atomic<std::uint32_t> connections{0};
  trace_number = connections.fetch_add(1, std::memory_order_relaxed) + 1;
  SSL_CTX_up_ref(ctx);
  SSL_CTX_up_ref(session_ctx);
  // Both are at most 32 bytes long.
  connection.set_session_context(settings->session_id_context.view());
  // Several records at a time can only be had from what was read ahead.
  if (settings->max_pipelines > 1 && !settings->read_ahead) edit(settings).read_ahead = true;
  connection.set_read_ahead(read_ahead_size(*settings));
  connection.close_state().set_quiet(settings->quiet_shutdown);
  if (method->use == SSL_METHOD::Use::client) connection.start_over(Role::client);
  if (method->use == SSL_METHOD::Use::server) connection.start_over(Role::server);
}

ssl_st::~ssl_st() {
  BIO_free_all(wbio);
  BIO_free_all(rbio);
  SSL_CTX_free(ctx);
  SSL_CTX_free(session_ctx);
}

ColdState& ssl_st::cold_state() {
  if (!cold) cold = std::make_unique<ColdState>();
  return *cold;
}

void ColdState::forget_handshake() {
  sk_SSL_CIPHER_free(client_ciphers);
  client_ciphers = nullptr;
  raw_ciphers.clear();
  peer_ca_names.reset();
  peer_chain.reset();
  peer_chain_of = nullptr;
  peer_scts.reset();
  peer_host.clear();
  tickets_behind_write = 0;
}

ColdState::~ColdState() {
  sk_SSL_CIPHER_free(client_ciphers);
  sk_OCSP_RESPID_pop_free(ocsp_ids, OCSP_RESPID_free);
  sk_X509_EXTENSION_pop_free(ocsp_extensions, X509_EXTENSION_free);
}

namespace ciao::tls {
namespace {

SSL* make_connection(SSL_CTX& ctx) {
  Ref<VerifyParam> param = snapshot(ctx.param);
  if (!param) {
    raise(Reason::malloc_failure);
    return nullptr;
  }
  auto ssl = std::make_unique<SSL>(ctx, std::move(param));
  if (CRYPTO_new_ex_data(CRYPTO_EX_INDEX_SSL, ssl.get(), &ssl->ex_data) != 1) {
    raise(Reason::malloc_failure);
    return nullptr;
  }
  // Timestamps may come with a staple.
  if (ctx.settings->ct_validation) set_status_type(ssl.get(), TLSEXT_STATUSTYPE_ocsp, nullptr);
  if (ctx.dane && ctx.dane->view.flags != 0) {
    ssl->cold_state().dane = std::make_unique<DaneRecords>(ctx.dane->view.flags);
  }
  return ssl.release();
}

// The configuration of `from`, for a connection that has not begun.
bool copy_configuration(SSL& to, const SSL& from) {
  to.method = from.method;
  to.settings = from.settings;
  to.identity = from.identity;
  to.param = snapshot(from.param);
  to.ciphers = from.ciphers;
  to.connection.set_config(from.connection.config());
  // SSL_dup(3) does not count the server's name among what is copied.
  if (!config_of(&to).server_name.empty()) to.connection.edit_config().server_name.clear();
  to.info_callback = from.info_callback;
  if (from.cold && from.cold->client_ca_names) {
    to.cold_state().client_ca_names.reset(SSL_dup_CA_list(from.cold->client_ca_names.get()));
    if (!to.cold->client_ca_names) return false;
  }
  return to.param && CRYPTO_dup_ex_data(CRYPTO_EX_INDEX_SSL, &to.ex_data, &from.ex_data) == 1;
}

// Back to before the handshake, in the same role; the configuration stays, and so does the session
// if it may be resumed.
void clear(SSL* ssl) {
  // SSL_clear(3): "If a session is still open, it is considered bad".
  const bool begun =
      ssl->connection.phase() == Phase::established || ssl->connection.in_early_data();
  const bool open = begun && !in_init(ssl) && !ssl->connection.close_state().sent_flag();
  if (open) ssl->connection.give_up_unclosed_session();
  if (tracing()) trace_goodbye(ssl);
  const Ref<Session>& session = ssl->connection.session();
  if (session && (open || session->not_resumable)) ssl->connection.set_session(nullptr);
  return_to_context_method(*ssl);
  ssl->connection.start_over();
  ssl->verifier.clear();
  if (ssl->cold) ssl->cold->forget_handshake();
  ssl->write_retry.clear();
  ssl->flight_pending = false;
  ssl->early = EarlyCalls::none;
  ssl->transport_errno = 0;
  ssl->round_trip = {};
  ssl->rwstate = SSL_NOTHING;
}

// What SSL_dup(3) makes of a connection that has not begun.
SSL* copy_connection(const SSL& from) {
  SSL* copy = SSL_new(from.ctx);
  if (copy == nullptr) return nullptr;
  const bool copied = !from.connection.session() || SSL_copy_session_id(copy, &from) == 1;
  if (!copied || !copy_configuration(*copy, from)) {
    SSL_free(copy);
    return nullptr;
  }
  if (from.connection.phase() != Phase::no_role) {
    copy->connection.start_over(from.connection.role());
  }
  copy->connection.close_state().set_flags(from.connection.close_state().flags());
  return copy;
}

Result<void> clear_if_idle(SSL* ssl) {
  if (ssl->method == nullptr) return silent_error(Reason::no_method_specified);
  // A callback's or a paused job's call stands in the middle of what would be cleared.
  if (ssl->connection.calls().any()) return silent_error(Reason::should_not_have_been_called);
  clear(ssl);
  return {};
}

}  // namespace
}  // namespace ciao::tls

extern "C" {

SSL* SSL_new(SSL_CTX* ctx) {
  if (ctx == nullptr) {
    raise(Reason::null_ssl_ctx);
    return nullptr;
  }
  if (ctx->method == nullptr) {
    raise(Reason::ssl_ctx_has_no_default_ssl_version);
    return nullptr;
  }
  return guard<SSL*>(nullptr, [&] { return make_connection(*ctx); });
}

int SSL_up_ref(SSL* s) {
  s->references.fetch_add(1, std::memory_order_relaxed);
  return 1;
}

void SSL_free(SSL* s) {
  if (s == nullptr || s->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  // While the callbacks can still see their data.
  if (!in_init(s)) s->connection.give_up_unclosed_session();
  if (tracing()) trace_goodbye(s);
  CRYPTO_free_ex_data(CRYPTO_EX_INDEX_SSL, s, &s->ex_data);
  delete s;
}

SSL* SSL_dup(SSL* s) {
  // As in OpenSSL: a connection that has begun cannot be copied and is shared instead.
  const Phase phase = s->connection.phase();
  if (phase != Phase::no_role && phase != Phase::before) {
    SSL_up_ref(s);
    return s;
  }
  return guard<SSL*>(nullptr, [&] { return copy_connection(*s); });
}

int SSL_clear(SSL* s) {
  return checked([&] { return clear_if_idle(s); });
}

SSL_CTX* SSL_get_SSL_CTX(const SSL* ssl) { return ssl->ctx; }

}  // extern "C"
