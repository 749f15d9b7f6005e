// Security levels (SSL_CTX_set_security_level(3)): every algorithm is put to the application's
// callback, or to OpenSSL's default policy.
#pragma once

#include <openssl/ssl.h>

#include "crypto/signature.h"
#include "libssl/cipher_table.h"
#include "libssl/group_table.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {

// The flags of certificates that stand for RFC 6460's profile: one of two bits, or both.
constexpr std::uint32_t kSuiteBFlags = SSL_CERT_FLAG_SUITEB_128_LOS;

// One question. `ssl` or `ctx` is null, as in the callback.
struct SecurityQuestion {
  int op;  // SSL_SECOP_*
  int bits;
  int nid;
  void* other;
};

bool security_allows(const SSL* ssl, const SecurityQuestion& question);
bool security_allows(const SSL_CTX* ctx, const SecurityQuestion& question);

// OpenSSL 3.0's policy at this level.
bool default_security_policy(int level, bool datagram, const SecurityQuestion& question);

// The number of bits of security that a level demands.
int security_level_bits(int level);

// A suite under one of SSL_SECOP_CIPHER_SUPPORTED, _SHARED and _CHECK.
bool security_allows_cipher(const SSL* ssl, int op, const SSL_CIPHER& cipher);
// A group under one of SSL_SECOP_CURVE_*, a scheme under one of SSL_SECOP_SIGALG_*.
bool security_allows_group(const SSL* ssl, int op, const GroupName& group);
bool security_allows_scheme(const SSL* ssl, int op, const SchemeInfo& scheme);
// A certificate of a chain: `none`, or the reason why it is too weak. One of ssl and ctx is null.
enum class CertificateUse : std::uint8_t { own_leaf, own_ca, peer_leaf, peer_ca };
Reason check_certificate_security(const SSL* ssl, const SSL_CTX* ctx, X509* certificate,
                                  CertificateUse use);

}  // namespace ciao::tls
