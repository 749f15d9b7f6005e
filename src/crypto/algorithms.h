// The libcrypto algorithms that a context uses, looked up once: a fetch costs more than hashing a
// kilobyte.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <string>

#include "base/ref.h"
#include "base/result.h"
#include "crypto/provider_groups.h"
#include "wire/codepoints.h"

namespace ciao::tls {

enum class HashId : std::uint8_t { sha256, sha384 };
enum class AeadId : std::uint8_t {
  aes_128_gcm,
  aes_256_gcm,
  chacha20_poly1305,
  aes_128_ccm,
  aes_128_ccm_8,
  aes_256_ccm,
  aes_256_ccm_8,
  none
};
// Block ciphers in CBC mode and the MACs beside them: TLS 1.2 alone.
enum class CbcId : std::uint8_t { aes_128, aes_256, none };
enum class MacId : std::uint8_t { sha1, sha256, sha384 };

constexpr std::size_t kHashCount = 2;
constexpr std::size_t kAeadCount = 7;
constexpr std::size_t kCbcCount = 2;

constexpr std::size_t hash_size(HashId hash) { return hash == HashId::sha256 ? 32 : 48; }

// Immutable after construction; shared by every connection of a context, in any thread.
class Algorithms : public RefCounted<Algorithms> {
 public:
  // `libctx` null is libcrypto's default context; `properties` may be null. An algorithm that no
  // provider offers is not an error here: aead() or digest() answers null and the suites that need
  // it are not available.
  Algorithms(OSSL_LIB_CTX* libctx, const char* properties);
  ~Algorithms();
  Algorithms(const Algorithms&) = delete;
  Algorithms& operator=(const Algorithms&) = delete;

  OSSL_LIB_CTX* libctx() const { return libctx_; }
  const char* properties() const { return has_properties_ ? properties_.c_str() : nullptr; }

  const EVP_CIPHER* aead(AeadId id) const { return aeads_[code(id)]; }
  const EVP_CIPHER* cbc(CbcId id) const { return cbcs_[code(id)]; }
  // HMAC, to be given its digest; null where no provider has it.
  EVP_MAC* hmac() const { return hmac_; }
  const EVP_MD* digest(HashId id) const { return digests_[code(id)]; }
  bool supports(AeadId aead, HashId hash) const {
    return aead != AeadId::none && this->aead(aead) != nullptr && digest(hash) != nullptr;
  }
  bool supports(CbcId cbc, HashId hash) const {
    return cbc != CbcId::none && this->cbc(cbc) != nullptr && hmac_ != nullptr &&
           digest(hash) != nullptr;
  }
  // Whether hashes may be computed by libcrypto's low-level SHA-2 functions, which are several
  // times cheaper to call but know nothing of providers, property queries, FIPS or ENGINEs.
  bool direct_hashing() const { return direct_hashing_; }

  // Those that providers bring beside crypto/key_share's table.
  const std::deque<ProviderGroup>& groups() const { return groups_; }
  const ProviderGroup* group(NamedGroup group) const;

 private:
  bool default_provider_hashes() const;

  OSSL_LIB_CTX* libctx_;
  std::string properties_;
  bool has_properties_;
  bool direct_hashing_ = false;
  std::array<EVP_CIPHER*, kAeadCount> aeads_{};
  std::array<EVP_CIPHER*, kCbcCount> cbcs_{};
  std::array<EVP_MD*, kHashCount> digests_{};
  EVP_MAC* hmac_ = nullptr;
  std::deque<ProviderGroup> groups_;
};

// The running libcrypto as it names itself: "OpenSSL 3.0.19 27 Jan 2026".
const char* libcrypto_version();

// The error for a libcrypto call that failed although nothing was wrong with its input.
constexpr Error crypto_failure() { return internal_error(); }

}  // namespace ciao::tls
