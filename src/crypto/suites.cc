#include "crypto/suites.h"

#include <algorithm>

namespace ciao::tls {
namespace {

constexpr Suite kSuites13[] = {
    {0x1301, AeadId::aes_128_gcm, HashId::sha256, "TLS_AES_128_GCM_SHA256"},
    {0x1302, AeadId::aes_256_gcm, HashId::sha384, "TLS_AES_256_GCM_SHA384"},
    {0x1303, AeadId::chacha20_poly1305, HashId::sha256, "TLS_CHACHA20_POLY1305_SHA256"},
    {0x1304, AeadId::aes_128_ccm, HashId::sha256, "TLS_AES_128_CCM_SHA256"},
    {0x1305, AeadId::aes_128_ccm_8, HashId::sha256, "TLS_AES_128_CCM_8_SHA256"},
};

using K = KeyExchange;
using S = SuiteAuth;

constexpr Suite aead(std::uint16_t id, K key_exchange, S auth, AeadId aead, HashId hash,
                     std::string_view name) {
  return {id, aead, hash, name, key_exchange, auth};
}

constexpr Suite cbc(std::uint16_t id, K key_exchange, S auth, CbcId cbc, MacId mac, HashId hash,
                    std::string_view name) {
  return {id, AeadId::none, hash, name, key_exchange, auth, cbc, mac};
}

// In ascending order of the number. By design without: NULL, anonymous, export, RC4, 3DES, DSS and
// SRP suites, and the ciphers that no default list has (ARIA, Camellia, SEED, IDEA).
constexpr Suite kSuites12[] = {
    cbc(0x002f, K::rsa, S::rsa, CbcId::aes_128, MacId::sha1, HashId::sha256,
        "TLS_RSA_WITH_AES_128_CBC_SHA"),
    cbc(0x0033, K::dhe, S::rsa, CbcId::aes_128, MacId::sha1, HashId::sha256,
        "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
    cbc(0x0035, K::rsa, S::rsa, CbcId::aes_256, MacId::sha1, HashId::sha256,
        "TLS_RSA_WITH_AES_256_CBC_SHA"),
    cbc(0x0039, K::dhe, S::rsa, CbcId::aes_256, MacId::sha1, HashId::sha256,
        "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
    cbc(0x003c, K::rsa, S::rsa, CbcId::aes_128, MacId::sha256, HashId::sha256,
        "TLS_RSA_WITH_AES_128_CBC_SHA256"),
    cbc(0x003d, K::rsa, S::rsa, CbcId::aes_256, MacId::sha256, HashId::sha256,
        "TLS_RSA_WITH_AES_256_CBC_SHA256"),
    cbc(0x0067, K::dhe, S::rsa, CbcId::aes_128, MacId::sha256, HashId::sha256,
        "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
    cbc(0x006b, K::dhe, S::rsa, CbcId::aes_256, MacId::sha256, HashId::sha256,
        "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
    cbc(0x008c, K::psk, S::psk, CbcId::aes_128, MacId::sha1, HashId::sha256,
        "TLS_PSK_WITH_AES_128_CBC_SHA"),
    cbc(0x008d, K::psk, S::psk, CbcId::aes_256, MacId::sha1, HashId::sha256,
        "TLS_PSK_WITH_AES_256_CBC_SHA"),
    cbc(0x0090, K::dhe_psk, S::psk, CbcId::aes_128, MacId::sha1, HashId::sha256,
        "TLS_DHE_PSK_WITH_AES_128_CBC_SHA"),
    cbc(0x0091, K::dhe_psk, S::psk, CbcId::aes_256, MacId::sha1, HashId::sha256,
        "TLS_DHE_PSK_WITH_AES_256_CBC_SHA"),
    aead(0x009c, K::rsa, S::rsa, AeadId::aes_128_gcm, HashId::sha256,
         "TLS_RSA_WITH_AES_128_GCM_SHA256"),
    aead(0x009d, K::rsa, S::rsa, AeadId::aes_256_gcm, HashId::sha384,
         "TLS_RSA_WITH_AES_256_GCM_SHA384"),
    aead(0x009e, K::dhe, S::rsa, AeadId::aes_128_gcm, HashId::sha256,
         "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
    aead(0x009f, K::dhe, S::rsa, AeadId::aes_256_gcm, HashId::sha384,
         "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
    aead(0x00a8, K::psk, S::psk, AeadId::aes_128_gcm, HashId::sha256,
         "TLS_PSK_WITH_AES_128_GCM_SHA256"),
    aead(0x00a9, K::psk, S::psk, AeadId::aes_256_gcm, HashId::sha384,
         "TLS_PSK_WITH_AES_256_GCM_SHA384"),
    aead(0x00aa, K::dhe_psk, S::psk, AeadId::aes_128_gcm, HashId::sha256,
         "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256"),
    aead(0x00ab, K::dhe_psk, S::psk, AeadId::aes_256_gcm, HashId::sha384,
         "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384"),
    cbc(0x00ae, K::psk, S::psk, CbcId::aes_128, MacId::sha256, HashId::sha256,
        "TLS_PSK_WITH_AES_128_CBC_SHA256"),
    cbc(0x00af, K::psk, S::psk, CbcId::aes_256, MacId::sha384, HashId::sha384,
        "TLS_PSK_WITH_AES_256_CBC_SHA384"),
    cbc(0x00b2, K::dhe_psk, S::psk, CbcId::aes_128, MacId::sha256, HashId::sha256,
        "TLS_DHE_PSK_WITH_AES_128_CBC_SHA256"),
    cbc(0x00b3, K::dhe_psk, S::psk, CbcId::aes_256, MacId::sha384, HashId::sha384,
        "TLS_DHE_PSK_WITH_AES_256_CBC_SHA384"),
    cbc(0xc009, K::ecdhe, S::ecdsa, CbcId::aes_128, MacId::sha1, HashId::sha256,
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
    cbc(0xc00a, K::ecdhe, S::ecdsa, CbcId::aes_256, MacId::sha1, HashId::sha256,
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    cbc(0xc013, K::ecdhe, S::rsa, CbcId::aes_128, MacId::sha1, HashId::sha256,
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    cbc(0xc014, K::ecdhe, S::rsa, CbcId::aes_256, MacId::sha1, HashId::sha256,
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    cbc(0xc023, K::ecdhe, S::ecdsa, CbcId::aes_128, MacId::sha256, HashId::sha256,
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    cbc(0xc024, K::ecdhe, S::ecdsa, CbcId::aes_256, MacId::sha384, HashId::sha384,
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
    cbc(0xc027, K::ecdhe, S::rsa, CbcId::aes_128, MacId::sha256, HashId::sha256,
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
    cbc(0xc028, K::ecdhe, S::rsa, CbcId::aes_256, MacId::sha384, HashId::sha384,
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
    aead(0xc02b, K::ecdhe, S::ecdsa, AeadId::aes_128_gcm, HashId::sha256,
         "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    aead(0xc02c, K::ecdhe, S::ecdsa, AeadId::aes_256_gcm, HashId::sha384,
         "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    aead(0xc02f, K::ecdhe, S::rsa, AeadId::aes_128_gcm, HashId::sha256,
         "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    aead(0xc030, K::ecdhe, S::rsa, AeadId::aes_256_gcm, HashId::sha384,
         "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    cbc(0xc035, K::ecdhe_psk, S::psk, CbcId::aes_128, MacId::sha1, HashId::sha256,
        "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA"),
    cbc(0xc036, K::ecdhe_psk, S::psk, CbcId::aes_256, MacId::sha1, HashId::sha256,
        "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA"),
    cbc(0xc037, K::ecdhe_psk, S::psk, CbcId::aes_128, MacId::sha256, HashId::sha256,
        "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256"),
    cbc(0xc038, K::ecdhe_psk, S::psk, CbcId::aes_256, MacId::sha384, HashId::sha384,
        "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384"),
    aead(0xc09c, K::rsa, S::rsa, AeadId::aes_128_ccm, HashId::sha256, "TLS_RSA_WITH_AES_128_CCM"),
    aead(0xc09d, K::rsa, S::rsa, AeadId::aes_256_ccm, HashId::sha256, "TLS_RSA_WITH_AES_256_CCM"),
    aead(0xc09e, K::dhe, S::rsa, AeadId::aes_128_ccm, HashId::sha256,
         "TLS_DHE_RSA_WITH_AES_128_CCM"),
    aead(0xc09f, K::dhe, S::rsa, AeadId::aes_256_ccm, HashId::sha256,
         "TLS_DHE_RSA_WITH_AES_256_CCM"),
    aead(0xc0a0, K::rsa, S::rsa, AeadId::aes_128_ccm_8, HashId::sha256,
         "TLS_RSA_WITH_AES_128_CCM_8"),
    aead(0xc0a1, K::rsa, S::rsa, AeadId::aes_256_ccm_8, HashId::sha256,
         "TLS_RSA_WITH_AES_256_CCM_8"),
    aead(0xc0a2, K::dhe, S::rsa, AeadId::aes_128_ccm_8, HashId::sha256,
         "TLS_DHE_RSA_WITH_AES_128_CCM_8"),
    aead(0xc0a3, K::dhe, S::rsa, AeadId::aes_256_ccm_8, HashId::sha256,
         "TLS_DHE_RSA_WITH_AES_256_CCM_8"),
    aead(0xc0a4, K::psk, S::psk, AeadId::aes_128_ccm, HashId::sha256, "TLS_PSK_WITH_AES_128_CCM"),
    aead(0xc0a5, K::psk, S::psk, AeadId::aes_256_ccm, HashId::sha256, "TLS_PSK_WITH_AES_256_CCM"),
    aead(0xc0a6, K::dhe_psk, S::psk, AeadId::aes_128_ccm, HashId::sha256,
         "TLS_DHE_PSK_WITH_AES_128_CCM"),
    aead(0xc0a7, K::dhe_psk, S::psk, AeadId::aes_256_ccm, HashId::sha256,
         "TLS_DHE_PSK_WITH_AES_256_CCM"),
    aead(0xc0a8, K::psk, S::psk, AeadId::aes_128_ccm_8, HashId::sha256,
         "TLS_PSK_WITH_AES_128_CCM_8"),
    aead(0xc0a9, K::psk, S::psk, AeadId::aes_256_ccm_8, HashId::sha256,
         "TLS_PSK_WITH_AES_256_CCM_8"),
    aead(0xc0aa, K::dhe_psk, S::psk, AeadId::aes_128_ccm_8, HashId::sha256,
         "TLS_PSK_DHE_WITH_AES_128_CCM_8"),
    aead(0xc0ab, K::dhe_psk, S::psk, AeadId::aes_256_ccm_8, HashId::sha256,
         "TLS_PSK_DHE_WITH_AES_256_CCM_8"),
    aead(0xc0ac, K::ecdhe, S::ecdsa, AeadId::aes_128_ccm, HashId::sha256,
         "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"),
    aead(0xc0ad, K::ecdhe, S::ecdsa, AeadId::aes_256_ccm, HashId::sha256,
         "TLS_ECDHE_ECDSA_WITH_AES_256_CCM"),
    aead(0xc0ae, K::ecdhe, S::ecdsa, AeadId::aes_128_ccm_8, HashId::sha256,
         "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"),
    aead(0xc0af, K::ecdhe, S::ecdsa, AeadId::aes_256_ccm_8, HashId::sha256,
         "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"),
    aead(0xcca8, K::ecdhe, S::rsa, AeadId::chacha20_poly1305, HashId::sha256,
         "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    aead(0xcca9, K::ecdhe, S::ecdsa, AeadId::chacha20_poly1305, HashId::sha256,
         "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    aead(0xccaa, K::dhe, S::rsa, AeadId::chacha20_poly1305, HashId::sha256,
         "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    aead(0xccab, K::psk, S::psk, AeadId::chacha20_poly1305, HashId::sha256,
         "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256"),
    aead(0xccac, K::ecdhe_psk, S::psk, AeadId::chacha20_poly1305, HashId::sha256,
         "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"),
    aead(0xccad, K::dhe_psk, S::psk, AeadId::chacha20_poly1305, HashId::sha256,
         "TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256"),
};

}  // namespace

const Suite* find_suite13(std::uint16_t id) {
  for (const Suite& suite : kSuites13) {
    if (suite.id == id) return &suite;
  }
  return nullptr;
}

const Suite* find_suite12(std::uint16_t id) {
  const auto* found = std::ranges::lower_bound(kSuites12, id, {}, &Suite::id);
  return found != std::end(kSuites12) && found->id == id ? found : nullptr;
}

const Suite* find_suite(std::uint16_t id) {
  const Suite* suite = find_suite13(id);
  return suite != nullptr ? suite : find_suite12(id);
}

std::uint64_t confidentiality_limit(AeadId aead) {
  // RFC 8446 §5.5: 2^24.5 full-size records for AES-GCM; RFC 9147 §B.1: 2^23 for AES-CCM;
  // ChaCha20-Poly1305 would reach the end of the sequence number first.
  switch (aead) {
    case AeadId::aes_128_gcm:
    case AeadId::aes_256_gcm: return std::uint64_t{1} << 24;
    case AeadId::aes_128_ccm:
    case AeadId::aes_128_ccm_8:
    case AeadId::aes_256_ccm:
    case AeadId::aes_256_ccm_8: return std::uint64_t{1} << 23;
    case AeadId::chacha20_poly1305: return std::uint64_t{1} << 62;
    case AeadId::none: break;
  }
  return 0;
}

}  // namespace ciao::tls
