#include "crypto/signature.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

#include <string_view>

#include "crypto/evp_ptr.h"
#include "crypto/key_share.h"
#include "crypto/known_once.h"

namespace ciao::tls {
namespace {

constexpr SchemeInfo kSchemes[] = {
    {SignatureScheme::ecdsa_secp256r1_sha256, KeyKind::ecdsa, "SHA2-256", NID_sha256, EVP_PKEY_EC,
     NamedGroup::secp256r1, true, 128},
    {SignatureScheme::ecdsa_secp384r1_sha384, KeyKind::ecdsa, "SHA2-384", NID_sha384, EVP_PKEY_EC,
     NamedGroup::secp384r1, true, 192},
    {SignatureScheme::ecdsa_secp521r1_sha512, KeyKind::ecdsa, "SHA2-512", NID_sha512, EVP_PKEY_EC,
     NamedGroup::secp521r1, true, 256},
    {SignatureScheme::ed25519, KeyKind::ed25519, nullptr, NID_undef, EVP_PKEY_ED25519,
     NamedGroup::none, true, 128},
    {SignatureScheme::ed448, KeyKind::ed448, nullptr, NID_undef, EVP_PKEY_ED448, NamedGroup::none,
     true, 224},
    {SignatureScheme::rsa_pss_pss_sha256, KeyKind::rsa_pss, "SHA2-256", NID_sha256,
     EVP_PKEY_RSA_PSS, NamedGroup::none, true, 128},
    {SignatureScheme::rsa_pss_pss_sha384, KeyKind::rsa_pss, "SHA2-384", NID_sha384,
     EVP_PKEY_RSA_PSS, NamedGroup::none, true, 192},
    {SignatureScheme::rsa_pss_pss_sha512, KeyKind::rsa_pss, "SHA2-512", NID_sha512,
     EVP_PKEY_RSA_PSS, NamedGroup::none, true, 256},
    {SignatureScheme::rsa_pss_rsae_sha256, KeyKind::rsa, "SHA2-256", NID_sha256, EVP_PKEY_RSA_PSS,
     NamedGroup::none, true, 128},
    {SignatureScheme::rsa_pss_rsae_sha384, KeyKind::rsa, "SHA2-384", NID_sha384, EVP_PKEY_RSA_PSS,
     NamedGroup::none, true, 192},
    {SignatureScheme::rsa_pss_rsae_sha512, KeyKind::rsa, "SHA2-512", NID_sha512, EVP_PKEY_RSA_PSS,
     NamedGroup::none, true, 256},
    {SignatureScheme::rsa_pkcs1_sha256, KeyKind::rsa, "SHA2-256", NID_sha256, EVP_PKEY_RSA,
     NamedGroup::none, false, 128},
    {SignatureScheme::rsa_pkcs1_sha384, KeyKind::rsa, "SHA2-384", NID_sha384, EVP_PKEY_RSA,
     NamedGroup::none, false, 192},
    {SignatureScheme::rsa_pkcs1_sha512, KeyKind::rsa, "SHA2-512", NID_sha512, EVP_PKEY_RSA,
     NamedGroup::none, false, 256},
    {SignatureScheme::ecdsa_sha224, KeyKind::ecdsa, "SHA2-224", NID_sha224, EVP_PKEY_EC,
     NamedGroup::none, false, 112},
    {SignatureScheme::ecdsa_sha1, KeyKind::ecdsa, "SHA1", NID_sha1, EVP_PKEY_EC, NamedGroup::none,
     false, 64},
    {SignatureScheme::rsa_pkcs1_sha224, KeyKind::rsa, "SHA2-224", NID_sha224, EVP_PKEY_RSA,
     NamedGroup::none, false, 112},
    {SignatureScheme::rsa_pkcs1_sha1, KeyKind::rsa, "SHA1", NID_sha1, EVP_PKEY_RSA,
     NamedGroup::none, false, 64},
    {SignatureScheme::dsa_sha224, KeyKind::dsa, "SHA2-224", NID_sha224, EVP_PKEY_DSA,
     NamedGroup::none, false, 112},
    {SignatureScheme::dsa_sha1, KeyKind::dsa, "SHA1", NID_sha1, EVP_PKEY_DSA, NamedGroup::none,
     false, 64},
    {SignatureScheme::dsa_sha256, KeyKind::dsa, "SHA2-256", NID_sha256, EVP_PKEY_DSA,
     NamedGroup::none, false, 128},
    {SignatureScheme::dsa_sha384, KeyKind::dsa, "SHA2-384", NID_sha384, EVP_PKEY_DSA,
     NamedGroup::none, false, 192},
    {SignatureScheme::dsa_sha512, KeyKind::dsa, "SHA2-512", NID_sha512, EVP_PKEY_DSA,
     NamedGroup::none, false, 256},
};

// RFC 8446 §4.2.3: the salt of RSA-PSS is as long as the digest, and so is the MGF1 hash.
bool set_padding(EVP_PKEY_CTX* context, const SchemeInfo& scheme) {
  if (scheme.signature_nid != EVP_PKEY_RSA_PSS) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
}

// RFC 4055 §3.1: an RSA-PSS key may name the one hash that it is to be used with.
bool digest_allowed(const EVP_PKEY* key, const SchemeInfo& scheme) {
  constexpr int kMandatory = 2;
  int only = NID_undef;
  return EVP_PKEY_get_default_digest_nid(const_cast<EVP_PKEY*>(key), &only) != kMandatory ||
         only == scheme.digest_nid;
}

}  // namespace

const SchemeInfo* find_scheme(SignatureScheme scheme) {
  for (const SchemeInfo& info : kSchemes) {
    if (info.scheme == scheme) return &info;
  }
  return nullptr;
}

std::vector<SignatureScheme> known_schemes(std::span<const SignatureScheme> listed) {
  return known_once(listed, [](SignatureScheme scheme) { return find_scheme(scheme) != nullptr; });
}

bool key_kind(const EVP_PKEY* key, KeyKind& kind) {
  struct Named {
    const char* name;
    KeyKind kind;
  };
  constexpr Named kNames[] = {{"RSA", KeyKind::rsa},     {"RSA-PSS", KeyKind::rsa_pss},
                              {"EC", KeyKind::ecdsa},    {"ED25519", KeyKind::ed25519},
                              {"ED448", KeyKind::ed448}, {"DSA", KeyKind::dsa}};
  for (const Named& named : kNames) {
    if (EVP_PKEY_is_a(key, named.name) == 1) {
      kind = named.kind;
      return true;
    }
  }
  return false;
}

NamedGroup key_curve(const EVP_PKEY* key) {
  char name[80];
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(const_cast<EVP_PKEY*>(key), name, sizeof name, &size) != 1)
    return NamedGroup::none;
  return curve_by_name(std::string_view(name, size));
}

bool key_fits_scheme(const EVP_PKEY* key, const SchemeInfo& scheme) {
  if (!key_fits_scheme12(key, scheme)) return false;
  return scheme.curve == NamedGroup::none || key_curve(key) == scheme.curve;
}

bool key_fits_scheme12(const EVP_PKEY* key, const SchemeInfo& scheme) {
  KeyKind kind{};
  if (key == nullptr || !key_kind(key, kind) || kind != scheme.key) return false;
  if (kind == KeyKind::rsa_pss && !digest_allowed(key, scheme)) return false;
  if (scheme.signature_nid == EVP_PKEY_RSA_PSS) {
    // emLen >= hLen + sLen + 2, with a salt as long as the hash; the security strength of a hash is
    // half its length.
    const int hash_bytes = scheme.security_bits / 4;
    return EVP_PKEY_get_size(key) >= 2 * hash_bytes + 2;
  }
  return true;
}

Result<void> sign_with_key(const Algorithms& algorithms, EVP_PKEY* key, SignatureScheme scheme,
                           ByteView content, Bytes& signature) {
  const SchemeInfo* info = find_scheme(scheme);
  const EvpMdContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  if (info == nullptr || !context ||
      EVP_DigestSignInit_ex(context.get(), &key_context, info->digest, algorithms.libctx(),
                            algorithms.properties(), key, nullptr) != 1 ||
      !set_padding(key_context, *info)) {
    return Error{Reason::evp_lib, AlertDescription::internal_error};
  }
  std::size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, content.data(), content.size()) != 1) {
    return Error{Reason::evp_lib, AlertDescription::internal_error};
  }
  signature.resize(size);
  // Without memory libcrypto 3.0 may call it a success, and of a size that is none.
  const bool made =
      EVP_DigestSign(context.get(), signature.data(), &size, content.data(), content.size()) == 1;
  if (!made || size > signature.size()) {
    return Error{Reason::evp_lib, AlertDescription::internal_error};
  }
  signature.resize(size);
  return {};
}

Result<void> verify_signature(const Algorithms& algorithms, EVP_PKEY* key, SignatureScheme scheme,
                              ByteView content, ByteView signature) {
  const SchemeInfo* info = find_scheme(scheme);
  const EvpMdContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  if (info == nullptr || !context ||
      EVP_DigestVerifyInit_ex(context.get(), &key_context, info->digest, algorithms.libctx(),
                              algorithms.properties(), key, nullptr) != 1 ||
      !set_padding(key_context, *info)) {
    return Error{Reason::evp_lib, AlertDescription::internal_error};
  }
  // 1 is the only success: 0 is a wrong signature, negative values are malformed ones.
  if (EVP_DigestVerify(context.get(), signature.data(), signature.size(), content.data(),
                       content.size()) != 1) {
    return Error{Reason::bad_signature, AlertDescription::decrypt_error};
  }
  return {};
}

}  // namespace ciao::tls
