#include "messages/certificate_status.h"

namespace ciao::tls {

Result<CertificateStatusRequest> CertificateStatusRequest::parse(Reader body) {
  CertificateStatusRequest message;
  message.status_type = static_cast<CertificateStatusType>(TRY(body.u8()));
  if (message.status_type != CertificateStatusType::ocsp) return message;
  message.responder_id_list = TRY(body.vector16());
  message.request_extensions = TRY(body.vector16());
  TRY(body.finish());
  Reader ids(message.responder_id_list);
  while (!ids.empty()) {
    const Result<ByteView> id = ids.vector16();
    if (!id || id->empty()) return body.malformed();
  }
  return message;
}

void CertificateStatusRequest::write(Writer& body) const {
  body.put(status_type);
  body.vector16(responder_id_list);
  body.vector16(request_extensions);
}

Result<CertificateStatus> CertificateStatus::parse(Reader body) {
  const auto type = static_cast<CertificateStatusType>(TRY(body.u8()));
  if (type != CertificateStatusType::ocsp) {
    return Error{Reason::unsupported_status_type, AlertDescription::decode_error};
  }
  CertificateStatus message;
  message.response = TRY(body.vector24());
  TRY(body.finish());
  if (message.response.empty()) return body.malformed();
  return message;
}

void CertificateStatus::write(Writer& body) const {
  body.put(CertificateStatusType::ocsp);
  body.vector24(response);
}

}  // namespace ciao::tls
