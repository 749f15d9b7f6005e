// CertificateRequest (RFC 8446 §4.3.2).
#pragma once

#include "messages/extension_list.h"
#include "messages/handshake_message.h"

namespace ciao::tls {

//  struct {
//      opaque certificate_request_context<0..2^8-1>;
//      Extension extensions<2..2^16-1>;
//  } CertificateRequest;
struct CertificateRequest {
  ByteView certificate_request_context;
  ExtensionList extensions;

  static Result<CertificateRequest> parse(ByteView body) {
    Reader reader(body, Reason::length_mismatch);
    CertificateRequest request;
    request.certificate_request_context = TRY(reader.vector8());
    request.extensions = TRY(ExtensionList::parse(reader));
    TRY(reader.finish());
    return request;
  }
};

}  // namespace ciao::tls
