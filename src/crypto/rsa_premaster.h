// The premaster secret of RSA key exchange (RFC 5246 §7.4.7.1): made by the client, decrypted by
// the server.
#pragma once

#include <openssl/evp.h>

#include "base/secret.h"
#include "crypto/algorithms.h"

namespace ciao::tls {

constexpr std::size_t kRsaPremasterSize = 48;

// client_version and 46 random bytes.
Result<SecretBytes> make_rsa_premaster(const Algorithms& algorithms,
                                       ProtocolVersion client_version);

// Under the key of the server's certificate, which must be RSA.
Result<Bytes> encrypt_rsa_premaster(const Algorithms& algorithms, EVP_PKEY* key,
                                    ByteView premaster);

// RFC 5246 §7.4.7.1: "In any case, a TLS server MUST NOT generate an alert if processing an
// RSA-encrypted premaster secret message fails, or the version number is not as expected. Instead,
// it MUST continue the handshake with a randomly generated premaster secret." That is what this
// gives then, in the same time: libcrypto chooses between the two without a branch. An error never
// depends on `encrypted`.
Result<SecretBytes> decrypt_rsa_premaster(const Algorithms& algorithms, EVP_PKEY* key,
                                          ProtocolVersion client_version, ByteView encrypted);

}  // namespace ciao::tls
