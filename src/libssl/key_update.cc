// SSL_key_update(3), SSL_CTX_set_verify(3): post-handshake authentication.
#include <openssl/ssl.h>

#include "base/copy_on_write.h"
#include "libssl/entry.h"
#include "libssl/pump.h"
#include "libssl/ssl_st.h"

using namespace ciao::tls;

namespace {

// SSL_is_init_finished(3): a server that is about to send its tickets has not finished.
bool init_finished(const SSL* ssl) {
  const Connection& connection = ssl->connection;
  return connection.phase() == Phase::established && !in_init(ssl) &&
         connection.stage() == HandshakeStage::ok;
}

// A message may not come between the pieces of a record. To a callback that hears of a handshake's
// end, what has not left yet is that handshake's flight, which goes first by itself.
bool write_blocked(const SSL* ssl) {
  if (ssl->connection.output().empty()) return false;
  return ssl->write_retry.active || !ssl->connection.calls().driving();
}

Result<void> request_key_update(SSL* ssl, int update_type) {
  const Connection& connection = ssl->connection;
  if (connection.negotiated().version != ProtocolVersion::tls1_3) {
    return silent_error(Reason::wrong_ssl_version);
  }
  if (update_type != SSL_KEY_UPDATE_NOT_REQUESTED && update_type != SSL_KEY_UPDATE_REQUESTED) {
    return silent_error(Reason::invalid_key_update_type);
  }
  if (!init_finished(ssl)) return silent_error(Reason::still_in_init);
  if (write_blocked(ssl)) return silent_error(Reason::bad_write_retry);
  const KeyUpdateRequest request = update_type == SSL_KEY_UPDATE_REQUESTED
                                       ? KeyUpdateRequest::update_requested
                                       : KeyUpdateRequest::update_not_requested;
  // RFC 8446 §6.1: nothing may follow our close_notify.
  if (!ssl->connection.request_key_update(request)) {
    return silent_error(Reason::protocol_is_shutdown);
  }
  return {};
}

Result<void> request_late_authentication(SSL* ssl) {
  const Connection& connection = ssl->connection;
  if (connection.negotiated().version != ProtocolVersion::tls1_3) {
    return silent_error(Reason::wrong_ssl_version);
  }
  if (!is_server(ssl)) return silent_error(Reason::not_server);
  if (!init_finished(ssl)) return silent_error(Reason::still_in_init);
  switch (connection.late_request()) {
    case LateRequestState::impossible: return silent_error(Reason::extension_not_received);
    case LateRequestState::wanted: return silent_error(Reason::request_pending);
    case LateRequestState::sent: return silent_error(Reason::request_sent);
    case LateRequestState::possible: break;
  }
  // RFC 8446 §6.1: nothing may follow our close_notify.
  if (!connection.close_state().may_send_control()) {
    return silent_error(Reason::protocol_is_shutdown);
  }
  // SSL_set_verify(3) asked for no certificate, or for one only, which was asked for.
  if (!ssl->connection.request_late_authentication()) {
    return silent_error(Reason::invalid_config);
  }
  return {};
}

}  // namespace

extern "C" int SSL_key_update(SSL* ssl, int update_type) {
  return checked([&] { return request_key_update(ssl, update_type); });
}

extern "C" int SSL_get_key_update_type(const SSL* ssl) {
  switch (ssl->connection.own_key_update()) {
    case KeyUpdateState::none: break;
    case KeyUpdateState::not_requested: return SSL_KEY_UPDATE_NOT_REQUESTED;
    case KeyUpdateState::requested: return SSL_KEY_UPDATE_REQUESTED;
  }
  return SSL_KEY_UPDATE_NONE;
}

extern "C" void SSL_CTX_set_post_handshake_auth(SSL_CTX* ctx, int value) {
  guard_void([&] { edit(ctx->config).post_handshake_auth = value != 0; });
}

extern "C" void SSL_set_post_handshake_auth(SSL* ssl, int value) {
  guard_void([&] { ssl->connection.edit_config().post_handshake_auth = value != 0; });
}

extern "C" int SSL_verify_client_post_handshake(SSL* ssl) {
  return checked([&] { return request_late_authentication(ssl); });
}
