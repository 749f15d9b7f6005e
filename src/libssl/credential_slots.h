// Certificates and keys in the slots of a context or connection, with OpenSSL's checks and reasons.
#pragma once

#include "libssl/owner.h"

namespace ciao::tls {

inline const Credential& current_credential(const SSL_CTX* ctx) {
  const Credentials& credentials = *ctx->config->credentials;
  return credentials.slot(credentials.current);
}
// Once a handshake has signed, the credential it used.
const Credential& current_credential(const SSL* ssl);

// For changing: configuration and credentials are copied first if others share them.
Credentials& edit_credentials(SSL_CTX* ctx);
Credentials& edit_credentials(SSL* ssl);

// These count up what they keep.
Result<void> use_certificate(SSL_CTX* ctx, X509* certificate);
Result<void> use_certificate(SSL* ssl, X509* certificate);
Result<void> use_private_key(SSL_CTX* ctx, EVP_PKEY* key);
Result<void> use_private_key(SSL* ssl, EVP_PKEY* key);
Result<void> use_both(SSL_CTX* ctx, X509* certificate, EVP_PKEY* key, STACK_OF(X509) * chain,
                      bool override);
Result<void> use_both(SSL* ssl, X509* certificate, EVP_PKEY* key, STACK_OF(X509) * chain,
                      bool override);
Result<void> check_private_key(const Credential& credential);

// The chain of the current slot. set_chain and add_chain_certificate take over what they are given
// unless they fail.
Result<void> set_chain(SSL_CTX* ctx, STACK_OF(X509) * chain);
Result<void> set_chain(SSL* ssl, STACK_OF(X509) * chain);
Result<void> add_chain_certificate(SSL_CTX* ctx, X509* certificate);
Result<void> add_chain_certificate(SSL* ssl, X509* certificate);
// SSL_CTX_build_cert_chain: 1, 2 when an error was ignored and nothing found, 0 with an error
// raised.
int build_chain(SSL_CTX* ctx, long flags);
int build_chain(SSL* ssl, long flags);

}  // namespace ciao::tls
