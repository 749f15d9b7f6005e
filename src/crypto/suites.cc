#include "crypto/suites.h"

namespace ciao::tls {
namespace {

constexpr Suite kSuites13[] = {
    {0x1301, AeadId::aes_128_gcm, HashId::sha256, "TLS_AES_128_GCM_SHA256"},
    {0x1302, AeadId::aes_256_gcm, HashId::sha384, "TLS_AES_256_GCM_SHA384"},
    {0x1303, AeadId::chacha20_poly1305, HashId::sha256, "TLS_CHACHA20_POLY1305_SHA256"},
    {0x1304, AeadId::aes_128_ccm, HashId::sha256, "TLS_AES_128_CCM_SHA256"},
    {0x1305, AeadId::aes_128_ccm_8, HashId::sha256, "TLS_AES_128_CCM_8_SHA256"},
};

}  // namespace

const Suite* find_suite13(std::uint16_t id) {
  for (const Suite& suite : kSuites13) {
    if (suite.id == id) return &suite;
  }
  return nullptr;
}

std::uint64_t confidentiality_limit(AeadId aead) {
  // RFC 8446 §5.5: 2^24.5 full-size records for AES-GCM; RFC 9147 §B.1: 2^23 for AES-CCM;
  // ChaCha20-Poly1305 would reach the end of the sequence number first.
  switch (aead) {
    case AeadId::aes_128_gcm:
    case AeadId::aes_256_gcm: return std::uint64_t{1} << 24;
    case AeadId::aes_128_ccm:
    case AeadId::aes_128_ccm_8: return std::uint64_t{1} << 23;
    case AeadId::chacha20_poly1305: return std::uint64_t{1} << 62;
    case AeadId::none: break;
  }
  return 0;
}

}  // namespace ciao::tls
