// status_request (RFC 6066 §8, RFC 8446 §4.4.2.1).
#include "extensions/registry.h"

namespace ciao::tls {
namespace {

constexpr std::uint8_t kOcsp = 1;

}  // namespace

//  struct {
//      CertificateStatusType status_type;
//      OCSPStatusRequest { ResponderID responder_id_list<0..2^16-1>;
//                          Extensions request_extensions; }
//  } CertificateStatusRequest;
//  struct { CertificateStatusType status_type; opaque OCSPResponse<1..2^24-1>; } CertificateStatus;
Result<bool> write_status_request(Exchange& exchange, In message, Writer& body) {
  if (message == In::certificate_request) return false;
  if (message == In::certificate) {
    if (exchange.negotiated.ocsp_response.empty()) return false;
    body.u8(kOcsp);
    body.vector24(exchange.negotiated.ocsp_response);
    return true;
  }
  if (!exchange.config->status_request) return false;
  body.u8(kOcsp);
  body.vector16(exchange.config->status_request_ids);
  body.vector16(exchange.config->status_request_extensions);
  return true;
}

Result<void> parse_status_request(Exchange& exchange, In message, Reader body) {
  // RFC 8446 §4.4.2.1: a server that asks for a client's staple sends it empty; we have none to
  // give.
  if (message == In::certificate_request) return {};
  const std::uint8_t type = TRY(body.u8());
  if (message == In::certificate) {
    if (type != kOcsp)
      return Error{Reason::unsupported_status_type, AlertDescription::decode_error};
    const ByteView response = TRY(body.vector24());
    TRY(body.finish());
    if (response.empty()) return body.malformed();
    exchange.negotiated.ocsp_response = to_bytes(response);
    return {};
  }
  if (type != kOcsp) return {};
  Reader ids = TRY(body.reader16());
  while (!ids.empty()) {
    if (TRY(ids.vector16()).empty()) return body.malformed();
  }
  TRY(body.vector16());
  TRY(body.finish());
  exchange.negotiated.status_requested = true;
  return {};
}

}  // namespace ciao::tls
