// What a handshake stops for.
#pragma once

#include <cstdint>

namespace ciao::tls {

enum class Wait : std::uint8_t {
  none,          // nothing: the handshake is complete
  input,         // bytes from the peer
  client_hello,  // the application's ClientHello callback
  certificate,   // the application's certificate
  verification,  // the application's verdict on the peer's chain
  signature,     // an asynchronous private key
  session,       // an asynchronous session store
  closed,        // the peer said close_notify in the middle of it
  early_data,    // the application, to write (client) or read (server) early data, or to go on
  data,          // renegotiation: the application, to read data that came in the middle of it
};

// Where a handshake stands, named after the message that was sent or received last, with the
// numbers of OpenSSL's OSSL_HANDSHAKE_STATE (compared in libssl/state.cc).
enum class HandshakeStage : std::uint8_t {
  before = 0,
  ok = 1,
  client_read_server_hello = 3,
  client_read_certificate = 4,
  client_read_certificate_status = 5,
  client_read_server_key_exchange = 6,
  client_read_certificate_request = 7,
  client_read_server_hello_done = 8,
  client_read_session_ticket = 9,
  client_read_change = 10,
  client_read_finished = 11,
  client_write_client_hello = 12,
  client_write_certificate = 13,
  client_write_client_key_exchange = 14,
  client_write_certificate_verify = 15,
  client_write_change = 16,
  client_write_next_protocol = 17,
  client_write_finished = 18,
  server_write_hello_request = 19,
  server_read_client_hello = 20,
  server_write_server_hello = 22,
  server_write_certificate = 23,
  server_write_server_key_exchange = 24,
  server_write_certificate_request = 25,
  server_write_server_hello_done = 26,
  server_read_certificate = 27,
  server_read_client_key_exchange = 28,
  server_read_certificate_verify = 29,
  server_read_next_protocol = 30,
  server_read_change = 31,
  server_read_finished = 32,
  server_write_session_ticket = 33,
  server_write_certificate_status = 34,
  server_write_change = 35,
  server_write_finished = 36,
  server_write_encrypted_extensions = 37,
  client_read_encrypted_extensions = 38,
  client_read_certificate_verify = 39,
  server_write_certificate_verify = 40,
  client_read_hello_request = 41,
  client_write_key_update = 43,
  server_write_key_update = 42,
  server_read_key_update = 44,
  client_read_key_update = 45,
  early_data = 46,
  pending_early_data_end = 47,
  client_write_end_of_early_data = 48,
  server_read_end_of_early_data = 49,
};

}  // namespace ciao::tls
