#include "messages/server_hello.h"

namespace ciao::tls {

const std::uint8_t kHelloRetryRequestRandom[kRandomSize] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
const std::uint8_t kDowngradeToTls12[8] = {0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x01};
const std::uint8_t kDowngradeToTls11[8] = {0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x00};

Result<ServerHello> ServerHello::parse(ByteView body) {
  Reader reader(body, Reason::length_mismatch);
  ServerHello hello;
  hello.legacy_version = static_cast<ProtocolVersion>(TRY(reader.u16()));
  hello.random = TRY(reader.bytes(kRandomSize));
  hello.legacy_session_id_echo = TRY(reader.vector8());
  // opaque legacy_session_id_echo<0..32>. RFC 8446 §6.2: decode_error is for a "length of the
  // message" or field that is out of range; OpenSSL answers illegal_parameter.
  if (hello.legacy_session_id_echo.size() > kMaxSessionIdSize) {
    return Error{Reason::ssl3_session_id_too_long, AlertDescription::decode_error};
  }
  hello.cipher_suite = TRY(reader.u16());
  hello.legacy_compression_method = TRY(reader.u8());
  if (reader.empty()) return hello;
  hello.extensions = TRY(ExtensionList::parse(reader));
  TRY(reader.finish());
  return hello;
}

bool ServerHello::is_hello_retry_request() const {
  return legacy_version == ProtocolVersion::tls1_2 && equal(random, kHelloRetryRequestRandom);
}

}  // namespace ciao::tls
