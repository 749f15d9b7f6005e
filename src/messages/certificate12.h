// The messages of TLS 1.2 that carry certificates or ask for them (RFC 5246 §7.4.2, §7.4.4).
#pragma once

#include <vector>

#include "messages/handshake_message.h"

namespace ciao::tls {

//  struct {
//      ASN.1Cert certificate_list<0..2^24-1>;    /* opaque ASN.1Cert<1..2^24-1> */
//  } Certificate;
struct Certificate12 {
  std::vector<ByteView> certificate_list;

  static Result<Certificate12> parse(ByteView body);
};

//  struct {
//      ClientCertificateType certificate_types<1..2^8-1>;
//      SignatureAndHashAlgorithm supported_signature_algorithms<2..2^16-2>;
//      DistinguishedName certificate_authorities<0..2^16-1>;    /* opaque<1..2^16-1> */
//  } CertificateRequest;
struct CertificateRequest12 {
  ByteView certificate_types;
  std::vector<SignatureScheme> supported_signature_algorithms;
  std::vector<ByteView> certificate_authorities;

  static Result<CertificateRequest12> parse(ByteView body);
  void write(Writer& body) const;
};

// RFC 5246 §7.4.4, RFC 8422 §5.5
enum class ClientCertificateType : std::uint8_t { rsa_sign = 1, dss_sign = 2, ecdsa_sign = 64 };

}  // namespace ciao::tls
