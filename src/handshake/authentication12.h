// TLS 1.2's messages about identity: Certificate, CertificateVerify, and which keys fit a suite.
#pragma once

#include "handshake/authentication.h"

namespace ciao::tls {

// RFC 8422 §2, §5.10; RFC 5246 §7.4.2: whether certificates of this kind go with the suite.
bool kind_fits_suite(KeyKind kind, const Suite& suite);
bool key_fits_suite(const EVP_PKEY* key, const Suite& suite);
// RFC 5246 §7.4.4: whether a CertificateRequest with these certificate_types asks for such a key.
bool certificate_type_allows(ByteView certificate_types, KeyKind kind);
// Server: the certificate_types of our CertificateRequest, as configured or of the schemes in it.
Bytes requested_certificate_types(const HandshakeContext& context);

// Whether a key of ours can sign with the scheme in this suite. In Suite B the curve counts, too.
bool own_key_fits12(const HandshakeContext& context, const EVP_PKEY* key, const SchemeInfo& scheme,
                    const Suite& suite);
// As choose_credential(), among those that fit the suite and whose key is of a kind that `usable`
// allows.
const Credential* choose_credential12(HandshakeContext& context, const Suite& suite,
                                      const std::function<bool(KeyKind)>& usable);

// What ServerKeyExchange's signature covers: both randoms, then `params` (RFC 5246 §7.4.3).
Bytes signed_params(const HandshakeContext& context, ByteView params);

// Reads a Certificate message into negotiated.peer.
Result<void> read_certificate12(HandshakeContext& context, ByteView body);
// Queues a Certificate message; `credential` null sends an empty list.
Result<void> send_certificate12(HandshakeContext& context, const Credential* credential);
// Queues a CertificateVerify with negotiated.own_scheme over the transcript's messages; `pending`
// while the key has not answered.
Result<Answer> send_certificate_verify12(HandshakeContext& context, const Credential& credential);

}  // namespace ciao::tls
