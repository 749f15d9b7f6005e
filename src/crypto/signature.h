// Signing and verifying by SignatureScheme.
#pragma once

#include <openssl/evp.h>

#include <span>
#include <vector>

#include "base/bytes.h"
#include "crypto/algorithms.h"

namespace ciao::tls {

// The kinds of keys that certificates carry. The order is that of OpenSSL's certificate slots.
enum class KeyKind : std::uint8_t { rsa, rsa_pss, dsa, ecdsa, ed25519, ed448 };
constexpr std::size_t kKeyKindCount = 6;

struct SchemeInfo {
  SignatureScheme scheme;
  KeyKind key;
  const char* digest;           // libcrypto's name; null where the scheme hashes by itself
  int digest_nid;               // NID_undef where the scheme hashes by itself
  int signature_nid;            // EVP_PKEY_RSA, EVP_PKEY_RSA_PSS, EVP_PKEY_EC, ...
  NamedGroup curve;             // RFC 8446 §4.2.3 binds ECDSA schemes to curves; none otherwise
  bool tls13;                   // may sign TLS 1.3 handshake messages
  std::uint16_t security_bits;  // of the digest, or of the scheme where it hashes by itself
};

// Null for a scheme that ciao does not have.
const SchemeInfo* find_scheme(SignatureScheme scheme);
// Those of a peer's list that ciao has, each once: it may repeat one thousands of times.
std::vector<SignatureScheme> known_schemes(std::span<const SignatureScheme> listed);

// The kind of a key, public or private; false for a key that no TLS certificate may carry.
bool key_kind(const EVP_PKEY* key, KeyKind& kind);
// The curve of an EC key, none for other keys and unnamed curves.
NamedGroup key_curve(const EVP_PKEY* key);
// Whether `key` can make or check signatures of `scheme` as TLS 1.3 defines it: kind, curve, and
// for RSA-PSS a modulus long enough for the hash (RFC 8017 §9.1.1).
bool key_fits_scheme(const EVP_PKEY* key, const SchemeInfo& scheme);
// The same for TLS 1.2, where ECDSA's hash and curve are chosen apart (RFC 5246 §7.4.1.4.1).
bool key_fits_scheme12(const EVP_PKEY* key, const SchemeInfo& scheme);

// Signs with a libcrypto key, which is borrowed.
Result<void> sign_with_key(const Algorithms& algorithms, EVP_PKEY* key, SignatureScheme scheme,
                           ByteView content, Bytes& signature);

// RFC 8446 §4.4.3: a signature that does not verify is decrypt_error.
Result<void> verify_signature(const Algorithms& algorithms, EVP_PKEY* key, SignatureScheme scheme,
                              ByteView content, ByteView signature);

}  // namespace ciao::tls
