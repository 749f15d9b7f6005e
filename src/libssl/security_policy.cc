#include "libssl/security_policy.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

namespace ciao::tls {
namespace {

bool default_allows_cipher(int level, int bits, const SSL_CIPHER& cipher) {
  const int needed = security_level_bits(level);
  if (bits < needed) return false;
  if ((cipher.authentication & au::kNull) != 0) return false;
  if ((cipher.mac & mac::kMd5) != 0) return false;
  // HMAC-SHA1 is worth 160 bits.
  if (needed > 160 && (cipher.mac & mac::kSha1) != 0) return false;
  // Level 3: forward secrecy, which TLS 1.3 always has.
  return level < 3 || cipher.tls13() || (cipher.key_exchange & kx::kForwardSecret) != 0;
}

bool default_allows_version(int level, bool datagram, int version) {
  if (level == 0) return true;
  // DTLS numbers fall as versions rise; DTLS 1.0 is TLS 1.1.
  if (datagram) return version != DTLS1_BAD_VER && version <= DTLS1_2_VERSION;
  return version > TLS1_1_VERSION;
}

// One of the two asks; a context speaks for itself before there is a connection.
bool ask(const SSL* ssl, const SSL_CTX* ctx, const SecurityQuestion& q) {
  if (ssl == nullptr && ctx == nullptr) return false;
  const Identity& identity = ssl != nullptr ? *ssl->identity : *ctx->identity;
  if (identity.security) {
    return identity.security.invoke(ssl, ctx, q.op, q.bits, q.nid, q.other) != 0;
  }
  const SSL_METHOD* method = ssl != nullptr ? ssl->method : ctx->method;
  return default_security_policy(identity.security_level, method->datagram, q);
}

// What a callback is shown of a group or scheme: its two bytes on the wire.
using WireId = std::array<std::uint8_t, 2>;
WireId wire_id(std::uint16_t id) {
  return {static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
}

int signature_bits(X509* certificate, int& digest) {
  int signature = NID_undef;
  int bits = -1;
  if (X509_get_signature_info(certificate, &digest, &signature, &bits, nullptr) != 1) bits = -1;
  if (digest == NID_undef) digest = signature;
  return bits;
}

}  // namespace

int security_level_bits(int level) {
  // SSL_CTX_set_security_level(3), DEFAULT CALLBACK BEHAVIOUR.
  constexpr std::array<int, 6> kBits{0, 80, 112, 128, 192, 256};
  return kBits[static_cast<std::size_t>(std::clamp(level, 0, 5))];
}

bool default_security_policy(int level, bool datagram, const SecurityQuestion& q) {
  level = std::clamp(level, 0, 5);
  if (level == 0) {
    // Even here no ephemeral DH below 1024 bits: that is worth 80.
    return q.op != SSL_SECOP_TMP_DH || q.bits >= 80;
  }
  switch (q.op) {
    case SSL_SECOP_CIPHER_SUPPORTED:
    case SSL_SECOP_CIPHER_SHARED:
    case SSL_SECOP_CIPHER_CHECK:
      return default_allows_cipher(level, q.bits, *static_cast<const SSL_CIPHER*>(q.other));
    case SSL_SECOP_VERSION: return default_allows_version(level, datagram, q.nid);
    case SSL_SECOP_COMPRESSION: return level < 2;
    case SSL_SECOP_TICKET: return level < 3;
    default: return q.bits >= security_level_bits(level);
  }
}

bool security_allows(const SSL* ssl, const SecurityQuestion& question) {
  return ask(ssl, nullptr, question);
}

bool security_allows(const SSL_CTX* ctx, const SecurityQuestion& question) {
  return ask(nullptr, ctx, question);
}

bool security_allows_cipher(const SSL* ssl, int op, const SSL_CIPHER& cipher) {
  // The callback's argument is not const; a callback that writes to it breaks its contract.
  return security_allows(ssl, {.op = op,
                               .bits = cipher.strength_bits(),
                               .nid = 0,
                               .other = const_cast<SSL_CIPHER*>(&cipher)});
}

bool security_allows_group(const SSL* ssl, int op, const GroupName& group) {
  WireId id = wire_id(group.id);
  return security_allows(
      ssl, {.op = op, .bits = group.security_bits, .nid = group.nid, .other = id.data()});
}

bool security_allows_scheme(const SSL* ssl, int op, const SchemeInfo& scheme) {
  WireId id = wire_id(code(scheme.scheme));
  return security_allows(
      ssl, {.op = op, .bits = scheme.security_bits, .nid = scheme.digest_nid, .other = id.data()});
}

Reason check_certificate_security(const SSL* ssl, const SSL_CTX* ctx, X509* certificate,
                                  CertificateUse use) {
  const bool peer = use == CertificateUse::peer_leaf || use == CertificateUse::peer_ca;
  const bool leaf = use == CertificateUse::own_leaf || use == CertificateUse::peer_leaf;
  const int from_peer = peer ? SSL_SECOP_PEER : 0;
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  const int key_bits = key != nullptr ? EVP_PKEY_get_security_bits(key) : -1;
  const int key_op = (leaf ? SSL_SECOP_EE_KEY : SSL_SECOP_CA_KEY) | from_peer;
  if (!ask(ssl, ctx, {.op = key_op, .bits = key_bits, .nid = 0, .other = certificate})) {
    return leaf ? Reason::ee_key_too_small : Reason::ca_key_too_small;
  }
  // Nobody relies on the signature of a self-signed certificate.
  if ((X509_get_extension_flags(certificate) & EXFLAG_SS) != 0) return Reason::none;
  int digest = NID_undef;
  const int digest_bits = signature_bits(certificate, digest);
  const int digest_op = SSL_SECOP_CA_MD | from_peer;
  if (!ask(ssl, ctx, {.op = digest_op, .bits = digest_bits, .nid = digest, .other = certificate})) {
    return Reason::ca_md_too_weak;
  }
  return Reason::none;
}

}  // namespace ciao::tls
