#include "crypto/algorithms.h"

#include <openssl/crypto.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/provider.h>

#include <algorithm>
#include <string_view>

#include "crypto/key_share.h"

namespace ciao::tls {
namespace {

struct CipherName {
  const char* name;
  int nid;
};
// In the order of AeadId. CCM-8 is CCM with a shorter tag.
constexpr std::array<CipherName, kAeadCount> kCiphers{{
    {"AES-128-GCM", NID_aes_128_gcm},
    {"AES-256-GCM", NID_aes_256_gcm},
    {"ChaCha20-Poly1305", NID_chacha20_poly1305},
    {"AES-128-CCM", NID_aes_128_ccm},
    {"AES-128-CCM", NID_aes_128_ccm},
    {"AES-256-CCM", NID_aes_256_ccm},
    {"AES-256-CCM", NID_aes_256_ccm},
}};
// In the order of CbcId.
constexpr std::array<CipherName, kCbcCount> kCbcCiphers{{
    {"AES-128-CBC", NID_aes_128_cbc},
    {"AES-256-CBC", NID_aes_256_cbc},
}};
constexpr std::array<CipherName, kHashCount> kDigests{
    {{"SHA2-256", NID_sha256}, {"SHA2-384", NID_sha384}}};

// OpenSSL 3.0 asks the ENGINEs registered for a cipher or digest before it fetches from a provider.
bool engine_has_cipher(int nid) {
  ENGINE* engine = ENGINE_get_cipher_engine(nid);
  if (engine == nullptr) return false;
  ENGINE_finish(engine);
  return true;
}

bool engine_has_digest(int nid) {
  ENGINE* engine = ENGINE_get_digest_engine(nid);
  if (engine == nullptr) return false;
  ENGINE_finish(engine);
  return true;
}

}  // namespace

Algorithms::Algorithms(OSSL_LIB_CTX* libctx, const char* properties)
    : libctx_(libctx),
      properties_(properties ? properties : ""),
      has_properties_(properties != nullptr) {
  // An algorithm that is not there is expected, and must not leave an entry for an unrelated call
  // to find.
  ERR_set_mark();
  const auto cipher = [&](const CipherName& wanted) {
    // A legacy EVP_CIPHER is static: freeing it does nothing.
    return engine_has_cipher(wanted.nid) ? const_cast<EVP_CIPHER*>(EVP_get_cipherbynid(wanted.nid))
                                         : EVP_CIPHER_fetch(libctx, wanted.name, properties);
  };
  std::ranges::transform(kCiphers, aeads_.begin(), cipher);
  std::ranges::transform(kCbcCiphers, cbcs_.begin(), cipher);
  hmac_ = EVP_MAC_fetch(libctx, "HMAC", properties);
  bool engine_hashes = false;
  for (std::size_t i = 0; i < kHashCount; ++i) {
    const bool from_engine = engine_has_digest(kDigests[i].nid);
    engine_hashes = engine_hashes || from_engine;
    digests_[i] = from_engine ? const_cast<EVP_MD*>(EVP_get_digestbynid(kDigests[i].nid))
                              : EVP_MD_fetch(libctx, kDigests[i].name, properties);
  }
  ERR_pop_to_mark();
  groups_ = provider_groups(libctx, properties,
                            [](NamedGroup group) { return find_group(group) != nullptr; });
  direct_hashing_ = !engine_hashes && default_provider_hashes();
}

const ProviderGroup* Algorithms::group(NamedGroup group) const {
  const auto found =
      std::ranges::find_if(groups_, [&](const ProviderGroup& each) { return each.group == group; });
  return found != groups_.end() ? &*found : nullptr;
}

bool Algorithms::default_provider_hashes() const {
  for (const EVP_MD* digest : digests_) {
    if (digest == nullptr) return false;
    const OSSL_PROVIDER* provider = EVP_MD_get0_provider(digest);
    if (provider == nullptr || std::string_view(OSSL_PROVIDER_get0_name(provider)) != "default")
      return false;
  }
  return true;
}

Algorithms::~Algorithms() {
  for (EVP_CIPHER* cipher : aeads_) EVP_CIPHER_free(cipher);
  for (EVP_CIPHER* cipher : cbcs_) EVP_CIPHER_free(cipher);
  EVP_MAC_free(hmac_);
  for (EVP_MD* digest : digests_) EVP_MD_free(digest);
}

const char* libcrypto_version() { return OpenSSL_version(OPENSSL_VERSION); }

}  // namespace ciao::tls
