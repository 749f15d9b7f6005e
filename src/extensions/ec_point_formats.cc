// ec_point_formats (RFC 8422 §5.1.2).
#include "extensions/registry.h"

namespace ciao::tls {
namespace {

constexpr std::uint8_t kUncompressed = 0;

}  // namespace

//  struct { ECPointFormat ec_point_format_list<1..2^8-1>; } ECPointFormatList;
Result<bool> write_ec_point_formats(Exchange& exchange, In message, Writer& body) {
  if (message == In::server_hello12) {
    const Suite* suite = exchange.negotiated.suite;
    if (!exchange.offered.ec_point_formats || suite == nullptr ||
        !uses_ecdhe(suite->key_exchange)) {
      return false;
    }
  } else if (std::ranges::all_of(exchange.groups(), is_ffdhe)) {
    return false;
  }
  // RFC 8422 deprecated every format but this one.
  const Writer::Scope list = body.scope8();
  body.u8(kUncompressed);
  return true;
}

Result<void> parse_ec_point_formats(Exchange& exchange, In message, Reader body) {
  const ByteView formats = TRY(body.vector8());
  TRY(body.finish());
  if (formats.empty()) return body.malformed();
  if (message == In::client_hello) exchange.offered.ec_point_formats = true;
  // RFC 8422 §5.1.2: "If the Supported Point Formats Extension is indeed sent, it MUST contain the
  // value 0 (uncompressed)".
  if (std::ranges::find(formats, kUncompressed) == formats.end()) {
    return Error{Reason::tls_invalid_ecpointformat_list, AlertDescription::illegal_parameter};
  }
  exchange.negotiated.peer_point_formats = to_bytes(formats);
  return {};
}

}  // namespace ciao::tls
