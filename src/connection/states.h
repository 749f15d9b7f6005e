// Where a connection stands, in the words that it tells its users.
#pragma once

#include <cstdint>

namespace ciao::tls {

enum class Phase : std::uint8_t {
  no_role,      // neither client nor server
  before,       // nothing sent or received
  handshaking,  // the first handshake is under way
  established,  // application data may be sent and received
  dead,         // a fatal error happened: only start_over() leaves this phase
};

// What receive() came to.
enum class Received : std::uint8_t {
  input_wanted,  // fill input_space() and ask again
  data,          // readable() has application data; it is empty for a record without content
  close_notify,  // the peer closed its side
  control,       // a post-handshake message or a warning alert was dealt with
};

// RFC 5246 §7.4.1.1: another handshake on an established TLS 1.2 connection.
struct RenegotiationState {
  bool wanted = false;         // by us, or by a HelloRequest that we follow; not begun
  bool hello_waiting = false;  // server: the client's ClientHello is here and will be answered
  bool pending = false;        // asked for, by whomever, and not complete
  bool full = false;           // the session in use is not to be resumed
  std::uint8_t in_row = 0;     // requests of the peer's since the last application data
  std::uint32_t count = 0;     // begun by us; the application may set it back to 0
  std::uint32_t total = 0;
};

// RFC 8446 §4.6.2, at a server.
enum class LateRequestState : std::uint8_t {
  impossible,  // the client did not send post_handshake_auth, or this is no established server
  possible,
  wanted,  // by the application; not sent yet
  sent,    // and not answered yet
};

enum class KeyUpdateState : std::uint8_t { none, not_requested, requested };

// What a connection has moved: for the trace and statistics.
struct Traffic {
  std::uint64_t bytes_read = 0;  // application data
  std::uint64_t bytes_written = 0;
  std::uint64_t records_read = 0;
  std::uint64_t records_written = 0;
  std::uint64_t tickets = 0;  // received by a client, sent by a server
};

}  // namespace ciao::tls
