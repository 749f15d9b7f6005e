// application_layer_protocol_negotiation (RFC 7301).
#include "extensions/registry.h"

namespace ciao::tls {

//  opaque ProtocolName<1..2^8-1>;
//  struct { ProtocolName protocol_name_list<2..2^16-1> } ProtocolNameList;
Result<bool> write_alpn(Exchange& exchange, In message, Writer& body) {
  // As in OpenSSL, the first handshake of a connection decides for those that follow.
  if (exchange.negotiated.renegotiation.active) return false;
  if (message != In::client_hello) {
    if (exchange.negotiated.alpn.empty()) return false;
    const Writer::Scope list = body.scope16();
    body.vector8(exchange.negotiated.alpn);
    return true;
  }
  if (exchange.config->alpn.empty()) return false;
  body.vector16(exchange.config->alpn);
  return true;
}

Result<void> parse_alpn(Exchange& exchange, In message, Reader body) {
  Reader list = TRY(body.reader16());
  TRY(body.finish());
  const ByteView names = list.rest();
  if (names.empty()) return body.malformed();
  if (message == In::client_hello) {
    while (!list.empty()) {
      if (TRY(list.vector8()).empty()) return body.malformed();
    }
    if (!exchange.negotiated.renegotiation.active) exchange.offered.alpn = names;
    return {};
  }
  // RFC 7301 §3.1: the server's list "MUST contain exactly one "ProtocolName"", and one of ours.
  const ByteView name = TRY(list.vector8());
  if (name.empty() || !list.empty()) return body.malformed();
  Reader ours(exchange.config->alpn, Reason::bad_extension);
  bool offered = false;
  while (!offered && !ours.empty()) offered = equal(TRY(ours.vector8()), name);
  if (!offered) return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
  exchange.negotiated.alpn = to_bytes(name);
  return {};
}

}  // namespace ciao::tls
