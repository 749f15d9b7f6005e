// signature_algorithms and signature_algorithms_cert (RFC 8446 §4.2.3).
#include "crypto/signature.h"
#include "extensions/registry.h"

namespace ciao::tls {
namespace {

//  struct { SignatureScheme supported_signature_algorithms<2..2^16-2>; } SignatureSchemeList;
Result<std::vector<SignatureScheme>> parse_schemes(Reader body) {
  Reader list = TRY(body.reader16());
  TRY(body.finish());
  if (list.empty()) return body.malformed();
  std::vector<SignatureScheme> schemes;
  while (!list.empty()) schemes.push_back(static_cast<SignatureScheme>(TRY(list.u16())));
  return schemes;
}

}  // namespace

Result<bool> write_signature_algorithms(Exchange& exchange, In message, Writer& body) {
  const Role signer = message == In::certificate_request ? Role::client : Role::server;
  bool signs13 = message == In::client_hello;  // which may speak for TLS 1.2, too
  const Writer::Scope list = body.scope16();
  for (const SignatureScheme scheme : exchange.schemes_for(signer)) {
    const SchemeInfo* info = find_scheme(scheme);
    // TLS 1.3 has no DSA (RFC 8446 §4.2.3).
    if (info == nullptr || (message == In::certificate_request && info->key == KeyKind::dsa)) {
      continue;
    }
    body.put(scheme);
    signs13 = signs13 || info->tls13;
  }
  if (!signs13) {
    return Error{Reason::no_suitable_signature_algorithm, AlertDescription::internal_error};
  }
  return true;
}

Result<void> parse_signature_algorithms(Exchange& exchange, In message, Reader body) {
  exchange.negotiated.peer_schemes = TRY(parse_schemes(body));
  exchange.peer_schemes = known_schemes(exchange.negotiated.peer_schemes);
  if (message == In::client_hello) exchange.offered.signature_algorithms_present = true;
  return {};
}

Result<void> missing_signature_algorithms(Exchange& exchange, In message) {
  // RFC 8446 §4.3.2: "The "signature_algorithms" extension MUST be specified" in
  // CertificateRequest. A ClientHello may do without it if it resumes: checked when that is known.
  if (message == In::certificate_request) {
    return Error{Reason::missing_sigalgs_extension, AlertDescription::missing_extension};
  }
  exchange.negotiated.peer_schemes.clear();
  exchange.peer_schemes.clear();
  return {};
}

// We accept the same schemes in certificates as in handshakes, and need not say so twice.
Result<bool> write_signature_algorithms_cert(Exchange&, In, Writer&) { return false; }

Result<void> parse_signature_algorithms_cert(Exchange& exchange, In, Reader body) {
  exchange.negotiated.peer_certificate_schemes = TRY(parse_schemes(body));
  return {};
}

}  // namespace ciao::tls
