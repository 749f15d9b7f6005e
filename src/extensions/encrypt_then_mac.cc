// encrypt_then_mac (RFC 7366).
#include "extensions/registry.h"

namespace ciao::tls {

Result<bool> write_encrypt_then_mac(Exchange& exchange, In message, Writer&) {
  if (message == In::client_hello) return !exchange.config->has(option::kNoEncryptThenMac);
  return exchange.negotiated.encrypt_then_mac;
}

Result<void> parse_encrypt_then_mac(Exchange& exchange, In message, Reader body) {
  TRY(body.finish());
  if (exchange.config->has(option::kNoEncryptThenMac)) return {};
  const Suite* suite = exchange.negotiated.suite;
  // RFC 7366 §3: "If a server receives an encrypt-then-MAC request extension from a client and then
  // selects a stream or Authenticated Encryption with Associated Data (AEAD) ciphersuite, it MUST
  // NOT send an encrypt-then-MAC response extension back": OpenSSL's clients overlook one, and so
  // do we.
  exchange.negotiated.encrypt_then_mac =
      message == In::client_hello || (suite != nullptr && suite->aead == AeadId::none);
  return {};
}

Result<void> missing_encrypt_then_mac(Exchange& exchange, In) {
  exchange.negotiated.encrypt_then_mac = false;
  return {};
}

}  // namespace ciao::tls
