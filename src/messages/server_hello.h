// ServerHello and HelloRetryRequest (RFC 8446 §4.1.3, §4.1.4): one structure, told apart by its
// random.
#pragma once

#include "messages/client_hello.h"

namespace ciao::tls {

//  struct {
//      ProtocolVersion legacy_version = 0x0303;    /* TLS v1.2 */
//      Random random;
//      opaque legacy_session_id_echo<0..32>;
//      CipherSuite cipher_suite;
//      uint8 legacy_compression_method = 0;
//      Extension extensions<6..2^16-1>;
//  } ServerHello;
struct ServerHello {
  ProtocolVersion legacy_version = ProtocolVersion::tls1_2;
  ByteView random;
  ByteView legacy_session_id_echo;
  std::uint16_t cipher_suite = 0;
  std::uint8_t legacy_compression_method = 0;
  ExtensionList extensions;

  static Result<ServerHello> parse(ByteView body);
  bool is_hello_retry_request() const;
};

// SHA-256 of "HelloRetryRequest".
extern const std::uint8_t kHelloRetryRequestRandom[kRandomSize];

// RFC 8446 §4.1.3: the last eight bytes of the random of a server that could have done better than
// what it negotiated.
extern const std::uint8_t kDowngradeToTls12[8];
extern const std::uint8_t kDowngradeToTls11[8];

}  // namespace ciao::tls
