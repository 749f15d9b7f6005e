// SSL_check_chain(3): whether a chain can be used with this peer, as far as its hello or its
// CertificateRequest tells.
#pragma once

#include <openssl/ssl.h>

namespace ciao::tls {

// CERT_PKEY_* flags; 0 without certificate or key, and for a key that no TLS certificate carries.
// `chain` is without `leaf`, and may be null.
int check_chain(SSL* ssl, X509* leaf, EVP_PKEY* key, STACK_OF(X509) * chain);

}  // namespace ciao::tls
