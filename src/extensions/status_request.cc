// status_request (RFC 6066 §8, RFC 8446 §4.4.2.1).
#include "extensions/registry.h"
#include "messages/certificate_status.h"

namespace ciao::tls {

Result<bool> write_status_request(Exchange& exchange, In message, Writer& body) {
  if (message == In::certificate_request) return false;
  // RFC 6066 §8: an empty extension announces CertificateStatus.
  if (message == In::server_hello12) return !exchange.negotiated.ocsp_response.empty();
  if (message == In::certificate) {
    const CertificateStatus status{.response = exchange.negotiated.ocsp_response};
    if (status.response.empty()) return false;
    status.write(body);
    return true;
  }
  const Config& config = *exchange.config;
  if (!config.status_request) return false;
  const CertificateStatusRequest request{.responder_id_list = config.status_request_ids,
                                         .request_extensions = config.status_request_extensions};
  request.write(body);
  return true;
}

Result<void> parse_status_request(Exchange& exchange, In message, Reader body) {
  // RFC 8446 §4.4.2.1: a server that asks for a client's staple sends it empty; we have none to
  // give.
  if (message == In::certificate_request) return {};
  if (message == In::server_hello12) {
    exchange.status_expected = true;
    return body.finish();
  }
  if (message == In::certificate) {
    exchange.negotiated.ocsp_response = to_bytes(TRY(CertificateStatus::parse(body)).response);
    return {};
  }
  const CertificateStatusRequest request = TRY(CertificateStatusRequest::parse(body));
  if (request.status_type == CertificateStatusType::ocsp) {
    exchange.negotiated.status_requested = true;
  }
  return {};
}

}  // namespace ciao::tls
