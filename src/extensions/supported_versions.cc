// supported_versions (RFC 8446 §4.2.1).
#include "extensions/registry.h"

namespace ciao::tls {

//  struct {
//      select (Handshake.msg_type) {
//          case client_hello: ProtocolVersion versions<2..254>;
//          case server_hello: /* and HelloRetryRequest */ ProtocolVersion selected_version;
//      };
//  } SupportedVersions;
Result<bool> write_supported_versions(Exchange& exchange, In message, Writer& body) {
  if (message != In::client_hello) {
    body.put(exchange.selected_version);
    return true;
  }
  // RFC 8446 §4.2.1: clients that offer nothing newer than TLS 1.2 say so by legacy_version.
  if (!exchange.allows(ProtocolVersion::tls1_3)) return false;
  const Writer::Scope list = body.scope8();
  for (const ProtocolVersion version : {ProtocolVersion::tls1_3, ProtocolVersion::tls1_2}) {
    if (exchange.allows(version)) body.put(version);
  }
  return true;
}

Result<void> parse_supported_versions(Exchange& exchange, In message, Reader body) {
  if (message != In::client_hello) {
    exchange.selected_version = static_cast<ProtocolVersion>(TRY(body.u16()));
    return body.finish();
  }
  Reader list = TRY(body.reader8());
  TRY(body.finish());
  if (list.empty()) return body.malformed();
  exchange.offered.supported_versions_present = true;
  exchange.offered.versions.clear();
  while (!list.empty())
    exchange.offered.versions.push_back(static_cast<ProtocolVersion>(TRY(list.u16())));
  return {};
}

Result<void> missing_supported_versions(Exchange& exchange, In message) {
  if (message != In::client_hello) exchange.selected_version = ProtocolVersion::unset;
  return {};
}

}  // namespace ciao::tls
