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

void CertificateRequest12::write(Writer& body) const {
  body.vector8(certificate_types);
  {
    const Writer::Scope schemes = body.scope16();
    for (const SignatureScheme scheme : supported_signature_algorithms) body.put(scheme);
  }
  const Writer::Scope names = body.scope16();
  for (const ByteView name : certificate_authorities) body.vector16(name);
}

}  // namespace ciao::tls
