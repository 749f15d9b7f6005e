// CertificateVerify (RFC 8446 §4.4.3).
#pragma once

#include "messages/handshake_message.h"

namespace ciao::tls {

//  struct {
//      SignatureScheme algorithm;
//      opaque signature<0..2^16-1>;
//  } CertificateVerify;
struct CertificateVerify {
  SignatureScheme algorithm{};
  ByteView signature;

  static Result<CertificateVerify> parse(ByteView body) {
    Reader reader(body, Reason::length_mismatch);
    CertificateVerify message;
    message.algorithm = static_cast<SignatureScheme>(TRY(reader.u16()));
    message.signature = TRY(reader.vector16());
    TRY(reader.finish());
    return message;
  }
};

}  // namespace ciao::tls
