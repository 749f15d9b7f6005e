#include "libssl/available_schemes.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <array>

#include "crypto/evp_ptr.h"

namespace ciao::tls {
namespace {

struct Named {
  int nid;
  const char* name;
};
// By SchemeInfo::signature_nid: RSA-PSS signatures are of another key type than PKCS #1's.
constexpr auto kKeyTypes = std::to_array<Named>({{EVP_PKEY_RSA, "RSA"},
                                                 {EVP_PKEY_RSA_PSS, "RSA-PSS"},
                                                 {EVP_PKEY_DSA, "DSA"},
                                                 {EVP_PKEY_EC, "EC"},
                                                 {EVP_PKEY_ED25519, "ED25519"},
                                                 {EVP_PKEY_ED448, "ED448"}});
constexpr auto kDigestNames = std::to_array<Named>({{NID_sha1, "SHA1"},
                                                    {NID_sha224, "SHA2-224"},
                                                    {NID_sha256, "SHA2-256"},
                                                    {NID_sha384, "SHA2-384"},
                                                    {NID_sha512, "SHA2-512"}});

template <std::size_t kSize>
std::size_t index_of(const std::array<Named, kSize>& names, int nid) {
  std::size_t at = 0;
  while (at < kSize && names[at].nid != nid) ++at;
  return at;
}

}  // namespace

AvailableSchemes AvailableSchemes::probe(OSSL_LIB_CTX* libctx, const char* properties) {
  static_assert(kKeyTypes.size() == kKeys && kDigestNames.size() == kDigests);
  AvailableSchemes available;
  ERR_set_mark();
  for (std::size_t i = 0; i < kKeys; ++i) {
    const EvpPkeyContextPtr context(
        EVP_PKEY_CTX_new_from_name(libctx, kKeyTypes[i].name, properties));
    available.keys_[i] = context != nullptr;
  }
  for (std::size_t i = 0; i < kDigests; ++i) {
    EVP_MD* digest = EVP_MD_fetch(libctx, kDigestNames[i].name, properties);
    available.digests_[i] = digest != nullptr;
    EVP_MD_free(digest);
  }
  ERR_pop_to_mark();
  return available;
}

bool AvailableSchemes::has(const SchemeInfo& scheme) const {
  const std::size_t key = index_of(kKeyTypes, scheme.signature_nid);
  if (key == kKeys || !keys_[key]) return false;
  if (scheme.digest_nid == NID_undef) return true;  // hashes by itself
  const std::size_t digest = index_of(kDigestNames, scheme.digest_nid);
  return digest < kDigests && digests_[digest];
}

}  // namespace ciao::tls
