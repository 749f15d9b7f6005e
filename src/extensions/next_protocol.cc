// next_protocol_negotiation (draft-agl-tls-nextprotoneg-04), which ALPN took the place of: TLS 1.2
// only, in the first handshake of a connection, and only where the application's callbacks ask for
// it.
#include "extensions/registry.h"

namespace ciao::tls {

// The client asks with an empty extension; the server answers with what it has.
Result<bool> write_next_protocol(Exchange& exchange, In message, Writer& body) {
  Application& application = *exchange.hooks.application;
  if (exchange.negotiated.renegotiation.active) return false;
  if (message == In::client_hello) return application.speaks_next_protocol();
  // One protocol for a connection: ALPN goes first.
  if (!exchange.offered.next_protocol || !exchange.negotiated.alpn.empty()) return false;
  const std::optional<Bytes> protocols = application.advertised_protocols();
  if (!protocols) return false;
  body.bytes(*protocols);
  exchange.next_protocol_expected = true;
  return true;
}

Result<void> parse_next_protocol(Exchange& exchange, In message, Reader body) {
  if (message == In::client_hello) {
    // What is in it does not matter, as in OpenSSL.
    exchange.offered.next_protocol = true;
    return {};
  }
  const ByteView advertised = body.rest();
  while (!body.empty()) {
    if (TRY(body.vector8()).empty()) return body.malformed();
  }
  exchange.negotiated.next_protocol =
      TRY(exchange.hooks.application->select_next_protocol(advertised));
  exchange.next_protocol_expected = true;
  return {};
}

}  // namespace ciao::tls
