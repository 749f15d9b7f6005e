// How a certificate is signed, in TLS's terms.
#pragma once

#include <openssl/x509.h>

#include <span>

#include "crypto/signature.h"

namespace ciao::tls {

// Whether it is signed by one of these: signature_algorithms_cert (RFC 8446 §4.2.3).
bool leaf_signed_by(const X509* leaf, std::span<const SignatureScheme> schemes);

}  // namespace ciao::tls
