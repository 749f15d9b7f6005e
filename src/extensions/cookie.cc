// cookie (RFC 8446 §4.2.2).
#include "extensions/registry.h"

namespace ciao::tls {

//  struct { opaque cookie<1..2^16-1>; } Cookie;
Result<bool> write_cookie(Exchange& exchange, In, Writer& body) {
  if (exchange.cookie.empty()) return false;
  body.vector16(exchange.cookie);
  return true;
}

Result<void> parse_cookie(Exchange& exchange, In message, Reader body) {
  const ByteView cookie = TRY(body.vector16());
  TRY(body.finish());
  if (cookie.empty()) return body.malformed();
  if (message == In::hello_retry_request) {
    exchange.cookie = to_bytes(cookie);
    return {};
  }
  exchange.offered.cookie = cookie;
  // Looked into when the suite is known (handshake/stateless_retry.h).
  if (exchange.stateless_retry && !exchange.retry) return {};
  // RFC 8446 §4.2.2: "Clients MUST NOT use cookies in their initial ClientHello", and ours is a
  // server that asked for none.
  if (!exchange.retry || exchange.cookie.empty() || !equal(exchange.cookie, cookie)) {
    return Error{Reason::cookie_mismatch, AlertDescription::illegal_parameter};
  }
  return {};
}

}  // namespace ciao::tls
