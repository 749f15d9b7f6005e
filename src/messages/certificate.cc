#include "messages/certificate.h"

namespace ciao::tls {

Result<CertificateMessage> CertificateMessage::parse(ByteView body) {
  Reader reader(body, Reason::length_mismatch);
  CertificateMessage message;
  message.certificate_request_context = TRY(reader.vector8());
  Reader list = TRY(reader.reader24());
  TRY(reader.finish());
  while (!list.empty()) {
    CertificateEntry& entry = message.certificate_list.emplace_back();
    entry.cert_data = TRY(list.vector24());
    if (entry.cert_data.empty())
      return Error{Reason::cert_length_mismatch, AlertDescription::decode_error};
    entry.extensions = TRY(ExtensionList::parse(list));
  }
  return message;
}

}  // namespace ciao::tls
