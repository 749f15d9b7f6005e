// signed_certificate_timestamp (RFC 6962 §3.3).
#include "extensions/registry.h"

namespace ciao::tls {

Result<bool> write_sct(Exchange& exchange, In message, Writer&) {
  return message == In::client_hello && exchange.config->request_sct;
}

Result<void> parse_sct(Exchange& exchange, In message, Reader body) {
  if (message != In::certificate && message != In::server_hello12) {
    exchange.offered.sct = message == In::client_hello;
    return {};
  }
  //  struct { SerializedSCT sct_list <1..2^16-1>; } SignedCertificateTimestampList;
  exchange.negotiated.sct = to_bytes(body.rest());
  Reader list = TRY(body.reader16());
  TRY(body.finish());
  if (list.empty()) return body.malformed();
  while (!list.empty()) {
    if (TRY(list.vector16()).empty()) return body.malformed();
  }
  return {};
}

}  // namespace ciao::tls
