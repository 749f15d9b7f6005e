// What a client asks for and a server staples (RFC 6066 §8). TLS 1.2 has a message for the staple,
// TLS 1.3 puts the same structure beside the certificate (RFC 8446 §4.4.2.1).
#pragma once

#include "messages/handshake_message.h"

namespace ciao::tls {

enum class CertificateStatusType : std::uint8_t { ocsp = 1 };

//  struct {
//      CertificateStatusType status_type;
//      select (status_type) {
//          case ocsp: OCSPStatusRequest;
//      } request;
//  } CertificateStatusRequest;
//  struct {
//      ResponderID responder_id_list<0..2^16-1>;    /* opaque ResponderID<1..2^16-1> */
//      Extensions request_extensions;               /* opaque Extensions<0..2^16-1> */
//  } OCSPStatusRequest;
struct CertificateStatusRequest {
  CertificateStatusType status_type = CertificateStatusType::ocsp;
  // Of ocsp; another type's request is not looked at.
  ByteView responder_id_list;
  ByteView request_extensions;

  static Result<CertificateStatusRequest> parse(Reader body);
  void write(Writer& body) const;
};

//  struct {
//      CertificateStatusType status_type;    /* ocsp(1) */
//      opaque OCSPResponse<1..2^24-1>;
//  } CertificateStatus;
struct CertificateStatus {
  ByteView response;

  static Result<CertificateStatus> parse(Reader body);
  void write(Writer& body) const;
};

}  // namespace ciao::tls
