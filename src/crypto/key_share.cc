#include "crypto/key_share.h"

#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/err.h>

#include "crypto/evp_ptr.h"
#include "crypto/known_once.h"

namespace ciao::tls {
namespace {

constexpr KeyExchangeGroup kGroups[] = {
    {NamedGroup::x25519, "X25519", nullptr, 32, 128},
    {NamedGroup::secp256r1, "EC", "P-256", 65, 128},
    {NamedGroup::x448, "X448", nullptr, 56, 224},
    {NamedGroup::secp521r1, "EC", "P-521", 133, 256},
    {NamedGroup::secp384r1, "EC", "P-384", 97, 192},
    {NamedGroup::ffdhe2048, "DH", "ffdhe2048", 256, 112},
    {NamedGroup::ffdhe3072, "DH", "ffdhe3072", 384, 128},
    {NamedGroup::ffdhe4096, "DH", "ffdhe4096", 512, 128},
    {NamedGroup::ffdhe6144, "DH", "ffdhe6144", 768, 128},
    {NamedGroup::ffdhe8192, "DH", "ffdhe8192", 1024, 192},
    {NamedGroup::sect163k1, "EC", "sect163k1", 43, 80},
    {NamedGroup::sect163r1, "EC", "sect163r1", 43, 80},
    {NamedGroup::sect163r2, "EC", "sect163r2", 43, 80},
    {NamedGroup::sect193r1, "EC", "sect193r1", 51, 80},
    {NamedGroup::sect193r2, "EC", "sect193r2", 51, 80},
    {NamedGroup::sect233k1, "EC", "sect233k1", 61, 112},
    {NamedGroup::sect233r1, "EC", "sect233r1", 61, 112},
    {NamedGroup::sect239k1, "EC", "sect239k1", 61, 112},
    {NamedGroup::sect283k1, "EC", "sect283k1", 73, 128},
    {NamedGroup::sect283r1, "EC", "sect283r1", 73, 128},
    {NamedGroup::sect409k1, "EC", "sect409k1", 105, 192},
    {NamedGroup::sect409r1, "EC", "sect409r1", 105, 192},
    {NamedGroup::sect571k1, "EC", "sect571k1", 145, 256},
    {NamedGroup::sect571r1, "EC", "sect571r1", 145, 256},
    {NamedGroup::secp160k1, "EC", "secp160k1", 41, 80},
    {NamedGroup::secp160r1, "EC", "secp160r1", 41, 80},
    {NamedGroup::secp160r2, "EC", "secp160r2", 41, 80},
    {NamedGroup::secp192k1, "EC", "secp192k1", 49, 80},
    {NamedGroup::secp192r1, "EC", "prime192v1", 49, 80},
    {NamedGroup::secp224k1, "EC", "secp224k1", 57, 112},
    {NamedGroup::secp224r1, "EC", "secp224r1", 57, 112},
    {NamedGroup::secp256k1, "EC", "secp256k1", 65, 128},
    {NamedGroup::brainpoolP256r1, "EC", "brainpoolP256r1", 65, 128},
    {NamedGroup::brainpoolP384r1, "EC", "brainpoolP384r1", 97, 192},
    {NamedGroup::brainpoolP512r1, "EC", "brainpoolP512r1", 129, 256},
};

constexpr Error kBadShare{Reason::bad_ecpoint, AlertDescription::illegal_parameter};

bool well_formed(const KeyExchangeGroup& info, ByteView value) {
  if (value.size() != info.share_size) return false;
  // RFC 8446 §4.2.8.2: legacy_form is 4, the uncompressed point.
  return info.group_name == nullptr || is_ffdhe(info.group) || value[0] == 4;
}

// key_exchange<1..2^16-1>
constexpr std::size_t kLongestShare = 0xffff;

// What libcrypto makes keys of a group by; `size` 0: the provider knows.
struct Generator {
  const char* key_type = nullptr;
  const char* group_name = nullptr;
  std::size_t size = 0;
};

Generator generator_of(const Algorithms& algorithms, NamedGroup group) {
  if (const KeyExchangeGroup* info = find_group(group)) {
    return {info->key_type, info->group_name, info->share_size};
  }
  const ProviderGroup* provided = algorithms.group(group);
  if (provided == nullptr) return {};
  return {provided->key_type.c_str(), provided->group_name.c_str(), 0};
}

// A peer's public value in a provider's group: parameters first, as OpenSSL does it.
EVP_PKEY* provider_key(const Algorithms& algorithms, const ProviderGroup& group, ByteView value) {
  const EvpPkeyContextPtr context(EVP_PKEY_CTX_new_from_name(
      algorithms.libctx(), group.key_type.c_str(), algorithms.properties()));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_paramgen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_group_name(context.get(), group.group_name.c_str()) != 1 ||
      EVP_PKEY_paramgen(context.get(), &key) != 1) {
    return nullptr;
  }
  EvpPkeyPtr owner(key);
  if (EVP_PKEY_set1_encoded_public_key(key, value.data(), value.size()) != 1) return nullptr;
  return owner.release();
}

}  // namespace

const KeyExchangeGroup* find_group(NamedGroup group) {
  for (const KeyExchangeGroup& info : kGroups) {
    if (info.group == group) return &info;
  }
  return nullptr;
}

bool usable_in_tls13(const Algorithms& algorithms, NamedGroup group) {
  switch (group) {
    case NamedGroup::secp256r1:
    case NamedGroup::secp384r1:
    case NamedGroup::secp521r1:
    case NamedGroup::x25519:
    case NamedGroup::x448: return true;
    default:
      return (is_ffdhe(group) && find_group(group) != nullptr) ||
             algorithms.group(group) != nullptr;
  }
}

std::vector<NamedGroup> known_groups(const Algorithms& algorithms,
                                     std::span<const NamedGroup> listed) {
  return known_once(listed, [&](NamedGroup group) {
    return find_group(group) != nullptr || algorithms.group(group) != nullptr;
  });
}

NamedGroup curve_by_name(std::string_view name) {
  if (name == "prime256v1") return NamedGroup::secp256r1;
  if (name == "secp384r1") return NamedGroup::secp384r1;
  if (name == "secp521r1") return NamedGroup::secp521r1;
  for (const KeyExchangeGroup& info : kGroups) {
    if (info.group_name != nullptr && name == info.group_name) return info.group;
  }
  return NamedGroup::none;
}

Result<KeyShare> KeyShare::generate(const Algorithms& algorithms, NamedGroup group) {
  const Generator generator = generator_of(algorithms, group);
  if (generator.key_type == nullptr) return crypto_failure();
  const EvpPkeyContextPtr context(
      EVP_PKEY_CTX_new_from_name(algorithms.libctx(), generator.key_type, algorithms.properties()));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      (generator.group_name != nullptr &&
       EVP_PKEY_CTX_set_group_name(context.get(), generator.group_name) != 1) ||
      EVP_PKEY_generate(context.get(), &key) != 1) {
    return crypto_failure();
  }
  KeyShare share(group, key);
  std::size_t size = generator.size;
  if (size == 0) {
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, nullptr, 0,
                                        &size) != 1 ||
        size == 0 || size > kLongestShare) {
      return crypto_failure();
    }
  }
  share.public_.resize(size);
  std::size_t written = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, share.public_.data(),
                                      share.public_.size(), &written) != 1 ||
      written != size) {
    return crypto_failure();
  }
  return share;
}

Result<KeyShare> KeyShare::answer(const Algorithms& algorithms, NamedGroup group, ByteView peer) {
  const ProviderGroup* provided = algorithms.group(group);
  if (provided == nullptr || !provided->encapsulates) return generate(algorithms, group);
  return encapsulate(algorithms, group, peer);
}

Result<KeyShare> KeyShare::encapsulate(const Algorithms& algorithms, NamedGroup group,
                                       ByteView peer) {
  ERR_set_mark();
  const EvpPkeyPtr key(public_value_to_key(algorithms, group, peer));
  ERR_pop_to_mark();
  if (!key) return kBadShare;
  const EvpPkeyContextPtr context(
      EVP_PKEY_CTX_new_from_pkey(algorithms.libctx(), key.get(), algorithms.properties()));
  std::size_t ciphertext_size = 0;
  std::size_t secret_size = 0;
  if (!context || EVP_PKEY_encapsulate_init(context.get(), nullptr) != 1 ||
      EVP_PKEY_encapsulate(context.get(), nullptr, &ciphertext_size, nullptr, &secret_size) != 1 ||
      ciphertext_size == 0 || ciphertext_size > kLongestShare || secret_size == 0) {
    return crypto_failure();
  }
  KeyShare share(group, nullptr);
  share.public_.resize(ciphertext_size);
  share.encapsulated_ = SecretBytes(secret_size);
  if (EVP_PKEY_encapsulate(context.get(), share.public_.data(), &ciphertext_size,
                           share.encapsulated_.bytes().data(), &secret_size) != 1) {
    return crypto_failure();
  }
  share.public_.resize(ciphertext_size);
  share.encapsulated_.shrink(secret_size);
  return share;
}

Result<SecretBytes> KeyShare::decapsulate(const Algorithms& algorithms, ByteView ciphertext) const {
  ERR_set_mark();
  const EvpPkeyContextPtr context(
      EVP_PKEY_CTX_new_from_pkey(algorithms.libctx(), key_, algorithms.properties()));
  std::size_t size = 0;
  if (!context || EVP_PKEY_decapsulate_init(context.get(), nullptr) != 1 ||
      EVP_PKEY_decapsulate(context.get(), nullptr, &size, ciphertext.data(), ciphertext.size()) !=
          1 ||
      size == 0) {
    ERR_pop_to_mark();
    return kBadShare;
  }
  SecretBytes secret(size);
  const bool opened = EVP_PKEY_decapsulate(context.get(), secret.bytes().data(), &size,
                                           ciphertext.data(), ciphertext.size()) == 1;
  ERR_pop_to_mark();
  if (!opened) return kBadShare;
  secret.shrink(size);
  return secret;
}

Result<SecretBytes> KeyShare::derive(const Algorithms& algorithms, ByteView peer) const {
  if (!encapsulated_.empty()) return encapsulated_.clone();
  const ProviderGroup* provided = algorithms.group(group_);
  if (provided != nullptr && provided->encapsulates) return decapsulate(algorithms, peer);
  ERR_set_mark();
  const EvpPkeyPtr peer_key(public_value_to_key(algorithms, group_, peer));
  if (!peer_key) {
    ERR_pop_to_mark();
    return kBadShare;
  }
  const EvpPkeyContextPtr context(
      EVP_PKEY_CTX_new_from_pkey(algorithms.libctx(), key_, algorithms.properties()));
  std::size_t size = 0;
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer_key.get()) != 1 ||
      // RFC 8446 §7.4.1: Z is "left-padded with zeros up to the size of the prime".
      (is_ffdhe(group_) && EVP_PKEY_CTX_set_dh_pad(context.get(), 1) != 1) ||
      EVP_PKEY_derive(context.get(), nullptr, &size) != 1 || size == 0) {
    ERR_clear_last_mark();
    return crypto_failure();
  }
  SecretBytes secret(size);
  // RFC 8446 §7.4.2: an all-zero X25519 or X448 result MUST abort; libcrypto refuses to compute it.
  if (EVP_PKEY_derive(context.get(), secret.bytes().data(), &size) != 1) {
    ERR_pop_to_mark();
    return kBadShare;
  }
  ERR_clear_last_mark();
  secret.shrink(size);
  return secret;
}

EVP_PKEY* public_value_to_key(const Algorithms& algorithms, NamedGroup group, ByteView value) {
  const KeyExchangeGroup* info = find_group(group);
  if (info == nullptr) {
    const ProviderGroup* provided = algorithms.group(group);
    return provided != nullptr ? provider_key(algorithms, *provided, value) : nullptr;
  }
  if (!well_formed(*info, value)) return nullptr;
  if (info->group_name == nullptr) {
    return EVP_PKEY_new_raw_public_key_ex(algorithms.libctx(), info->key_type,
                                          algorithms.properties(), value.data(), value.size());
  }
  const EvpPkeyContextPtr context(
      EVP_PKEY_CTX_new_from_name(algorithms.libctx(), info->key_type, algorithms.properties()));
  const bool with_value = !is_ffdhe(group);  // for DH fromdata wants a number, not its encoding
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                       const_cast<char*>(info->group_name), 0),
      with_value
          ? OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                              const_cast<std::uint8_t*>(value.data()), value.size())
          : OSSL_PARAM_construct_end(),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key,
                        with_value ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEY_PARAMETERS,
                        const_cast<OSSL_PARAM*>(parameters)) != 1) {
    return nullptr;
  }
  EvpPkeyPtr owner(key);
  // Refuses what is not in 1 < Y < p-1 (RFC 8446 §4.2.8.1).
  if (!with_value && EVP_PKEY_set1_encoded_public_key(key, value.data(), value.size()) != 1) {
    return nullptr;
  }
  return owner.release();
}

}  // namespace ciao::tls
