// Certificate (RFC 8446 §4.4.2).
#pragma once

#include "messages/extension_list.h"
#include "messages/handshake_message.h"

namespace ciao::tls {

//  struct {
//      opaque cert_data<1..2^24-1>;
//      Extension extensions<0..2^16-1>;
//  } CertificateEntry;
struct CertificateEntry {
  ByteView cert_data;
  ExtensionList extensions;
};

//  struct {
//      opaque certificate_request_context<0..2^8-1>;
//      CertificateEntry certificate_list<0..2^24-1>;
//  } Certificate;
struct CertificateMessage {
  ByteView certificate_request_context;
  std::vector<CertificateEntry> certificate_list;

  static Result<CertificateMessage> parse(ByteView body);
};

}  // namespace ciao::tls
