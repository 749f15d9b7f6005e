// certificate_authorities (RFC 8446 §4.2.4).
#include "extensions/registry.h"

namespace ciao::tls {

//  opaque DistinguishedName<1..2^16-1>;
//  struct { DistinguishedName authorities<3..2^16-1>; } CertificateAuthoritiesExtension;
Result<bool> write_certificate_authorities(Exchange& exchange, In message, Writer& body) {
  const Config& config = *exchange.config;
  if (config.has(option::kDisableTlsextCaNames)) return false;
  const std::vector<Bytes>& names =
      message == In::certificate_request && !config.client_ca_names.empty() ? config.client_ca_names
                                                                            : config.ca_names;
  if (names.empty()) return false;
  const Writer::Scope list = body.scope16();
  for (const Bytes& name : names) body.vector16(name);
  return true;
}

Result<void> parse_certificate_authorities(Exchange& exchange, In, Reader body) {
  Reader list = TRY(body.reader16());
  TRY(body.finish());
  if (list.empty()) return body.malformed();
  exchange.negotiated.peer_ca_names.clear();
  while (!list.empty()) {
    const ByteView name = TRY(list.vector16());
    if (name.empty()) return body.malformed();
    exchange.negotiated.peer_ca_names.push_back(to_bytes(name));
  }
  return {};
}

}  // namespace ciao::tls
