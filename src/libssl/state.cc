// SSL_in_init(3), SSL_set_connect_state(3), SSL_state_string(3), SSL_rstate_string(3).
#include <openssl/ssl.h>

#include "libssl/connection_trace.h"
#include "libssl/entry.h"
#include "libssl/pump.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

// The engine's stages carry OpenSSL's numbers.
static_assert(code(HandshakeStage::before) == TLS_ST_BEFORE);
static_assert(code(HandshakeStage::ok) == TLS_ST_OK);
static_assert(code(HandshakeStage::client_read_server_hello) == TLS_ST_CR_SRVR_HELLO);
static_assert(code(HandshakeStage::client_read_certificate) == TLS_ST_CR_CERT);
static_assert(code(HandshakeStage::client_read_certificate_status) == TLS_ST_CR_CERT_STATUS);
static_assert(code(HandshakeStage::client_read_server_key_exchange) == TLS_ST_CR_KEY_EXCH);
static_assert(code(HandshakeStage::client_read_certificate_request) == TLS_ST_CR_CERT_REQ);
static_assert(code(HandshakeStage::client_read_server_hello_done) == TLS_ST_CR_SRVR_DONE);
static_assert(code(HandshakeStage::client_read_session_ticket) == TLS_ST_CR_SESSION_TICKET);
static_assert(code(HandshakeStage::client_read_change) == TLS_ST_CR_CHANGE);
static_assert(code(HandshakeStage::client_read_finished) == TLS_ST_CR_FINISHED);
static_assert(code(HandshakeStage::client_write_client_hello) == TLS_ST_CW_CLNT_HELLO);
static_assert(code(HandshakeStage::client_write_certificate) == TLS_ST_CW_CERT);
static_assert(code(HandshakeStage::client_write_client_key_exchange) == TLS_ST_CW_KEY_EXCH);
static_assert(code(HandshakeStage::client_write_certificate_verify) == TLS_ST_CW_CERT_VRFY);
static_assert(code(HandshakeStage::client_write_change) == TLS_ST_CW_CHANGE);
static_assert(code(HandshakeStage::client_write_next_protocol) == TLS_ST_CW_NEXT_PROTO);
static_assert(code(HandshakeStage::client_write_finished) == TLS_ST_CW_FINISHED);
static_assert(code(HandshakeStage::server_write_hello_request) == TLS_ST_SW_HELLO_REQ);
static_assert(code(HandshakeStage::server_read_client_hello) == TLS_ST_SR_CLNT_HELLO);
static_assert(code(HandshakeStage::server_write_server_hello) == TLS_ST_SW_SRVR_HELLO);
static_assert(code(HandshakeStage::server_write_certificate) == TLS_ST_SW_CERT);
static_assert(code(HandshakeStage::server_write_server_key_exchange) == TLS_ST_SW_KEY_EXCH);
static_assert(code(HandshakeStage::server_write_certificate_request) == TLS_ST_SW_CERT_REQ);
static_assert(code(HandshakeStage::server_write_server_hello_done) == TLS_ST_SW_SRVR_DONE);
static_assert(code(HandshakeStage::server_read_certificate) == TLS_ST_SR_CERT);
static_assert(code(HandshakeStage::server_read_client_key_exchange) == TLS_ST_SR_KEY_EXCH);
static_assert(code(HandshakeStage::server_read_certificate_verify) == TLS_ST_SR_CERT_VRFY);
static_assert(code(HandshakeStage::server_read_next_protocol) == TLS_ST_SR_NEXT_PROTO);
static_assert(code(HandshakeStage::server_read_change) == TLS_ST_SR_CHANGE);
static_assert(code(HandshakeStage::server_read_finished) == TLS_ST_SR_FINISHED);
static_assert(code(HandshakeStage::server_write_session_ticket) == TLS_ST_SW_SESSION_TICKET);
static_assert(code(HandshakeStage::server_write_certificate_status) == TLS_ST_SW_CERT_STATUS);
static_assert(code(HandshakeStage::server_write_change) == TLS_ST_SW_CHANGE);
static_assert(code(HandshakeStage::server_write_finished) == TLS_ST_SW_FINISHED);
static_assert(code(HandshakeStage::server_write_encrypted_extensions) ==
              TLS_ST_SW_ENCRYPTED_EXTENSIONS);
static_assert(code(HandshakeStage::client_read_encrypted_extensions) ==
              TLS_ST_CR_ENCRYPTED_EXTENSIONS);
static_assert(code(HandshakeStage::client_read_certificate_verify) == TLS_ST_CR_CERT_VRFY);
static_assert(code(HandshakeStage::server_write_certificate_verify) == TLS_ST_SW_CERT_VRFY);
static_assert(code(HandshakeStage::client_read_hello_request) == TLS_ST_CR_HELLO_REQ);
static_assert(code(HandshakeStage::client_write_key_update) == TLS_ST_CW_KEY_UPDATE);
static_assert(code(HandshakeStage::server_write_key_update) == TLS_ST_SW_KEY_UPDATE);
static_assert(code(HandshakeStage::server_read_key_update) == TLS_ST_SR_KEY_UPDATE);
static_assert(code(HandshakeStage::client_read_key_update) == TLS_ST_CR_KEY_UPDATE);
static_assert(code(HandshakeStage::early_data) == TLS_ST_EARLY_DATA);
static_assert(code(HandshakeStage::pending_early_data_end) == TLS_ST_PENDING_EARLY_DATA_END);
static_assert(code(HandshakeStage::client_write_end_of_early_data) == TLS_ST_CW_END_OF_EARLY_DATA);
static_assert(code(HandshakeStage::server_read_end_of_early_data) == TLS_ST_SR_END_OF_EARLY_DATA);

struct StateText {
  OSSL_HANDSHAKE_STATE state;
  const char* brief;
  const char* text;
};
constexpr StateText kStates[] = {
    {TLS_ST_BEFORE, "PINIT", "before SSL initialization"},
    {TLS_ST_OK, "SSLOK", "SSL negotiation finished successfully"},
    {DTLS_ST_CR_HELLO_VERIFY_REQUEST, "DRCHV", "DTLS1 read hello verify request"},
    {TLS_ST_CR_SRVR_HELLO, "TRSH", "SSLv3/TLS read server hello"},
    {TLS_ST_CR_CERT, "TRSC", "SSLv3/TLS read server certificate"},
    {TLS_ST_CR_CERT_STATUS, "TRCS", "SSLv3/TLS read certificate status"},
    {TLS_ST_CR_KEY_EXCH, "TRSKE", "SSLv3/TLS read server key exchange"},
    {TLS_ST_CR_CERT_REQ, "TRCR", "SSLv3/TLS read server certificate request"},
    {TLS_ST_CR_SRVR_DONE, "TRSD", "SSLv3/TLS read server done"},
    {TLS_ST_CR_SESSION_TICKET, "TRST", "SSLv3/TLS read server session ticket"},
    {TLS_ST_CR_CHANGE, "TRCCS", "SSLv3/TLS read change cipher spec"},
    {TLS_ST_CR_FINISHED, "TRFIN", "SSLv3/TLS read finished"},
    {TLS_ST_CW_CLNT_HELLO, "TWCH", "SSLv3/TLS write client hello"},
    {TLS_ST_CW_CERT, "TWCC", "SSLv3/TLS write client certificate"},
    {TLS_ST_CW_KEY_EXCH, "TWCKE", "SSLv3/TLS write client key exchange"},
    {TLS_ST_CW_CERT_VRFY, "TWCV", "SSLv3/TLS write certificate verify"},
    {TLS_ST_CW_CHANGE, "TWCCS", "SSLv3/TLS write change cipher spec"},
    {TLS_ST_CW_NEXT_PROTO, "TWNP", "SSLv3/TLS write next proto"},
    {TLS_ST_CW_FINISHED, "TWFIN", "SSLv3/TLS write finished"},
    {TLS_ST_SW_HELLO_REQ, "TWHR", "SSLv3/TLS write hello request"},
    {TLS_ST_SR_CLNT_HELLO, "TRCH", "SSLv3/TLS read client hello"},
    {DTLS_ST_SW_HELLO_VERIFY_REQUEST, "DWCHV", "DTLS1 write hello verify request"},
    {TLS_ST_SW_SRVR_HELLO, "TWSH", "SSLv3/TLS write server hello"},
    {TLS_ST_SW_CERT, "TWSC", "SSLv3/TLS write certificate"},
    {TLS_ST_SW_KEY_EXCH, "TWSKE", "SSLv3/TLS write key exchange"},
    {TLS_ST_SW_CERT_REQ, "TWCR", "SSLv3/TLS write certificate request"},
    {TLS_ST_SW_SRVR_DONE, "TWSD", "SSLv3/TLS write server done"},
    {TLS_ST_SR_CERT, "TRCC", "SSLv3/TLS read client certificate"},
    {TLS_ST_SR_KEY_EXCH, "TRCKE", "SSLv3/TLS read client key exchange"},
    {TLS_ST_SR_CERT_VRFY, "TRCV", "SSLv3/TLS read certificate verify"},
    {TLS_ST_SR_NEXT_PROTO, "TRNP", "SSLv3/TLS read next proto"},
    {TLS_ST_SR_CHANGE, "TRCCS", "SSLv3/TLS read change cipher spec"},
    {TLS_ST_SR_FINISHED, "TRFIN", "SSLv3/TLS read finished"},
    {TLS_ST_SW_SESSION_TICKET, "TWST", "SSLv3/TLS write session ticket"},
    {TLS_ST_SW_CERT_STATUS, "TWCS", "SSLv3/TLS write certificate status"},
    {TLS_ST_SW_CHANGE, "TWCCS", "SSLv3/TLS write change cipher spec"},
    {TLS_ST_SW_FINISHED, "TWFIN", "SSLv3/TLS write finished"},
    {TLS_ST_SW_ENCRYPTED_EXTENSIONS, "TWEE", "TLSv1.3 write encrypted extensions"},
    {TLS_ST_CR_ENCRYPTED_EXTENSIONS, "TREE", "TLSv1.3 read encrypted extensions"},
    {TLS_ST_CR_CERT_VRFY, "TRSCV", "TLSv1.3 read server certificate verify"},
    {TLS_ST_SW_CERT_VRFY, "TWSCV", "TLSv1.3 write server certificate verify"},
    {TLS_ST_CR_HELLO_REQ, "TRHR", "SSLv3/TLS read hello request"},
    {TLS_ST_SW_KEY_UPDATE, "TWSKU", "TLSv1.3 write server key update"},
    {TLS_ST_CW_KEY_UPDATE, "TWCKU", "TLSv1.3 write client key update"},
    {TLS_ST_SR_KEY_UPDATE, "TRCKU", "TLSv1.3 read client key update"},
    {TLS_ST_CR_KEY_UPDATE, "TRSKU", "TLSv1.3 read server key update"},
    {TLS_ST_EARLY_DATA, "TED", "TLSv1.3 early data"},
    {TLS_ST_PENDING_EARLY_DATA_END, "TPEDE", "TLSv1.3 pending early data end"},
    {TLS_ST_CW_END_OF_EARLY_DATA, "TWEOED", "TLSv1.3 write end of early data"},
    {TLS_ST_SR_END_OF_EARLY_DATA, "TWEOED", "TLSv1.3 read end of early data"},
};
constexpr StateText kUnknownState = {TLS_ST_BEFORE, "UNKWN", "unknown state"};
constexpr StateText kError = {TLS_ST_BEFORE, "SSLERR", "error"};

const StateText& state_text(const SSL* ssl) {
  if (ssl->connection.phase() == Phase::dead) return kError;
  const OSSL_HANDSHAKE_STATE state = SSL_get_state(ssl);
  for (const StateText& entry : kStates) {
    if (entry.state == state) return entry;
  }
  return kUnknownState;
}

// Whether a record's header has arrived and its body has not: what OpenSSL calls the read state.
bool reading_body(const SSL* ssl) {
  return ssl->connection.has_unprocessed_input() && ssl->connection.readable().empty();
}

void start_over(SSL* ssl, Role role) {
  // A callback's or a paused job's call stands in the middle of what would be dropped.
  if (ssl->connection.calls().any()) {
    raise(Reason::should_not_have_been_called);
    return;
  }
  // A connection that is used anew has come to its end here.
  if (tracing()) trace_goodbye(ssl);
  ssl->connection.start_over(role);
  ssl->write_retry.clear();
  ssl->flight_pending = false;
  ssl->early = EarlyCalls::none;
  ssl->round_trip = {};
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" void SSL_set_connect_state(SSL* ssl) {
  guard_void([&] { start_over(ssl, Role::client); });
}

extern "C" void SSL_set_accept_state(SSL* ssl) {
  guard_void([&] { start_over(ssl, Role::server); });
}

extern "C" OSSL_HANDSHAKE_STATE SSL_get_state(const SSL* ssl) {
  return static_cast<OSSL_HANDSHAKE_STATE>(code(ssl->connection.stage()));
}

extern "C" int SSL_in_init(const SSL* ssl) { return in_init(ssl) ? 1 : 0; }

extern "C" int SSL_in_before(const SSL* ssl) {
  const Phase phase = ssl->connection.phase();
  return phase == Phase::no_role || phase == Phase::before ? 1 : 0;
}

extern "C" int SSL_is_init_finished(const SSL* ssl) {
  return !in_init(ssl) && SSL_get_state(ssl) == TLS_ST_OK ? 1 : 0;
}

extern "C" const char* SSL_state_string(const SSL* ssl) { return state_text(ssl).brief; }

extern "C" const char* SSL_state_string_long(const SSL* ssl) { return state_text(ssl).text; }

extern "C" const char* SSL_rstate_string(const SSL* ssl) { return reading_body(ssl) ? "RB" : "RH"; }

extern "C" const char* SSL_rstate_string_long(const SSL* ssl) {
  return reading_body(ssl) ? "read body" : "read header";
}
