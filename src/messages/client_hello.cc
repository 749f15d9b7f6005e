#include "messages/client_hello.h"

namespace ciao::tls {

Result<ClientHello> ClientHello::parse(ByteView body) {
  Reader reader(body, Reason::length_mismatch);
  ClientHello hello;
  hello.legacy_version = static_cast<ProtocolVersion>(TRY(reader.u16()));
  hello.random = TRY(reader.bytes(kRandomSize));
  hello.legacy_session_id = TRY(reader.vector8());
  if (hello.legacy_session_id.size() > kMaxSessionIdSize) return reader.malformed();
  hello.cipher_suites = TRY(reader.vector16());
  if (hello.cipher_suites.empty())
    return Error{Reason::no_ciphers_specified, AlertDescription::illegal_parameter};
  if (hello.cipher_suites.size() % 2 != 0) {
    return Error{Reason::error_in_received_cipher_list, AlertDescription::decode_error};
  }
  hello.legacy_compression_methods = TRY(reader.vector8());
  if (hello.legacy_compression_methods.empty()) return reader.malformed();
  if (reader.empty()) return hello;
  hello.extensions = TRY(ExtensionList::parse(reader));
  TRY(reader.finish());
  return hello;
}

}  // namespace ciao::tls
