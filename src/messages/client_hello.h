// ClientHello (RFC 8446 §4.1.2).
#pragma once

#include "messages/extension_list.h"
#include "messages/handshake_message.h"

namespace ciao::tls {

constexpr std::size_t kRandomSize = 32;
// opaque legacy_session_id<0..32>
constexpr std::size_t kMaxSessionIdSize = 32;

//  struct {
//      ProtocolVersion legacy_version = 0x0303;    /* TLS v1.2 */
//      Random random;
//      opaque legacy_session_id<0..32>;
//      CipherSuite cipher_suites<2..2^16-2>;
//      opaque legacy_compression_methods<1..2^8-1>;
//      Extension extensions<8..2^16-1>;
//  } ClientHello;
struct ClientHello {
  ProtocolVersion legacy_version = ProtocolVersion::tls1_2;
  ByteView random;
  ByteView legacy_session_id;
  ByteView cipher_suites;  // two bytes each
  ByteView legacy_compression_methods;
  ExtensionList extensions;

  // Older versions may leave the extensions out.
  static Result<ClientHello> parse(ByteView body);
};

}  // namespace ciao::tls
