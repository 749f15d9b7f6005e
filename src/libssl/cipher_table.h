// The cipher suites that the C interface knows by name: facts for the cipher-string language and
// the SSL_CIPHER_ getters. Which of them ciao can run is for the engine to say (crypto/suites.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "wire/codepoints.h"

namespace ciao::tls {

// Bits, since the words of the cipher-string language stand for sets of them.
namespace kx {
constexpr std::uint32_t kAny = 0;  // TLS 1.3: not the suite's business
constexpr std::uint32_t kRsa = 1u << 0;
constexpr std::uint32_t kDhe = 1u << 1;
constexpr std::uint32_t kEcdhe = 1u << 2;
constexpr std::uint32_t kPsk = 1u << 3;
constexpr std::uint32_t kRsaPsk = 1u << 4;
constexpr std::uint32_t kDhePsk = 1u << 5;
constexpr std::uint32_t kEcdhePsk = 1u << 6;
constexpr std::uint32_t kAllPsk = kPsk | kRsaPsk | kDhePsk | kEcdhePsk;
constexpr std::uint32_t kForwardSecret = kDhe | kEcdhe | kDhePsk | kEcdhePsk;
}  // namespace kx

namespace au {
constexpr std::uint32_t kAny = 0;
constexpr std::uint32_t kRsa = 1u << 0;
constexpr std::uint32_t kDss = 1u << 1;
constexpr std::uint32_t kEcdsa = 1u << 2;
constexpr std::uint32_t kPsk = 1u << 3;
constexpr std::uint32_t kNull = 1u << 4;
}  // namespace au

namespace enc {
constexpr std::uint32_t kNull = 1u << 0;
constexpr std::uint32_t kAes128 = 1u << 1;
constexpr std::uint32_t kAes256 = 1u << 2;
constexpr std::uint32_t kAes128Gcm = 1u << 3;
constexpr std::uint32_t kAes256Gcm = 1u << 4;
constexpr std::uint32_t kAes128Ccm = 1u << 5;
constexpr std::uint32_t kAes256Ccm = 1u << 6;
constexpr std::uint32_t kAes128Ccm8 = 1u << 7;
constexpr std::uint32_t kAes256Ccm8 = 1u << 8;
constexpr std::uint32_t kChaCha20 = 1u << 9;
constexpr std::uint32_t kCamellia128 = 1u << 10;
constexpr std::uint32_t kCamellia256 = 1u << 11;
constexpr std::uint32_t kAria128Gcm = 1u << 12;
constexpr std::uint32_t kAria256Gcm = 1u << 13;
constexpr std::uint32_t kSeed = 1u << 14;
constexpr std::uint32_t kIdea = 1u << 15;
constexpr std::uint32_t kAesGcm = kAes128Gcm | kAes256Gcm;
constexpr std::uint32_t kAesCcm8 = kAes128Ccm8 | kAes256Ccm8;
constexpr std::uint32_t kAesCcm = kAes128Ccm | kAes256Ccm | kAesCcm8;
constexpr std::uint32_t kAesCbc = kAes128 | kAes256;
constexpr std::uint32_t kAes = kAesCbc | kAesGcm | kAesCcm;
constexpr std::uint32_t kCamellia = kCamellia128 | kCamellia256;
constexpr std::uint32_t kAriaGcm = kAria128Gcm | kAria256Gcm;
constexpr std::uint32_t kAll = (1u << 16) - 1;
}  // namespace enc

namespace mac {
constexpr std::uint32_t kMd5 = 1u << 0;
constexpr std::uint32_t kSha1 = 1u << 1;
constexpr std::uint32_t kSha256 = 1u << 2;
constexpr std::uint32_t kSha384 = 1u << 3;
constexpr std::uint32_t kAead = 1u << 4;
}  // namespace mac

namespace strength {
constexpr std::uint32_t kNone = 1u << 0;
constexpr std::uint32_t kMedium = 1u << 1;
constexpr std::uint32_t kHigh = 1u << 2;
constexpr std::uint32_t kFips = 1u << 3;
constexpr std::uint32_t kNotDefault = 1u << 4;
// The words of these two groups narrow each other down; see cipher_rules.cc.
constexpr std::uint32_t kClassMask = kNone | kMedium | kHigh | kFips;
constexpr std::uint32_t kDefaultMask = kNotDefault;
}  // namespace strength

enum class HandshakeDigest : std::uint8_t { none, md5_sha1, sha256, sha384 };

}  // namespace ciao::tls

// SSL_CIPHER. All there are live in the table; programs hold pointers to them.
struct ssl_cipher_st {
  std::uint16_t protocol_id;
  const char* name;
  const char* standard_name;
  std::uint32_t key_exchange;
  std::uint32_t authentication;
  std::uint32_t encryption;  // 0: a signalling value, not a suite
  std::uint32_t mac;
  ciao::tls::ProtocolVersion min_version;  // unset: a signalling value
  std::uint32_t strength;
  ciao::tls::HandshakeDigest digest;

  // SSL 3's numbering: three bytes with this prefix, as SSL_CIPHER_get_id gives it.
  std::uint32_t id() const { return 0x03000000u | protocol_id; }
  bool tls13() const { return min_version == ciao::tls::ProtocolVersion::tls1_3; }
  bool signalling() const { return encryption == 0; }
  int strength_bits() const;
};

namespace ciao::tls {

// In ascending order of protocol_id, TLS 1.3 suites and signalling values among them.
std::span<const ssl_cipher_st> cipher_table();
// Null for a suite that is not in the table.
const ssl_cipher_st* find_cipher(std::uint16_t protocol_id);
// By the RFC's name.
const ssl_cipher_st* find_cipher_by_standard_name(std::string_view name);

}  // namespace ciao::tls
