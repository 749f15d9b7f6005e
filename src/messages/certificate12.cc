#include "messages/certificate12.h"

namespace ciao::tls {

Result<Certificate12> Certificate12::parse(ByteView body) {
  Reader reader(body, Reason::length_mismatch);
  Certificate12 message;
  Reader list = TRY(reader.reader24());
  TRY(reader.finish());
  while (!list.empty()) {
    const ByteView certificate = TRY(list.vector24());
    if (certificate.empty()) {
      return Error{Reason::cert_length_mismatch, AlertDescription::decode_error};
    }
    message.certificate_list.push_back(certificate);
  }
  return message;
}

Result<CertificateRequest12> CertificateRequest12::parse(ByteView body) {
  Reader reader(body, Reason::length_mismatch);
  CertificateRequest12 message;
  message.certificate_types = TRY(reader.vector8());
  Reader schemes = TRY(reader.reader16());
  if (schemes.empty()) {
    return Error{Reason::signature_algorithms_error, AlertDescription::decode_error};
  }
  while (!schemes.empty()) {
    message.supported_signature_algorithms.push_back(
        static_cast<SignatureScheme>(TRY(schemes.u16())));
  }
  Reader names = TRY(reader.reader16());
  TRY(reader.finish());
  while (!names.empty()) {
    message.certificate_authorities.push_back(TRY(names.vector16()));
  }
  return message;
}

}  // namespace ciao::tls
