#include "crypto/dh.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include <memory>

#include "crypto/key_share.h"

namespace ciao::tls {
namespace {

// libcrypto computes with nothing larger, but begins to work on it; refused first, it costs nothing
// (CVE-2023-3446, CVE-2023-3817).
constexpr int kMaxPrimeBits = 10000;

constexpr Error kBadValue{Reason::bad_dh_value, AlertDescription::illegal_parameter};

struct BnFree {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using BnPtr = std::unique_ptr<BIGNUM, BnFree>;

struct ParamBuilderFree {
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
};
struct ParamFree {
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
};

EvpPkeyPtr from_parameters(const Algorithms& algorithms, OSSL_PARAM* parameters) {
  const EvpPkeyContextPtr context(
      EVP_PKEY_CTX_new_from_name(algorithms.libctx(), "DH", algorithms.properties()));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEY_PARAMETERS, parameters) != 1) {
    return nullptr;
  }
  return EvpPkeyPtr(key);
}

EvpPkeyPtr from_numbers(const Algorithms& algorithms, const BIGNUM* p, const BIGNUM* g) {
  const std::unique_ptr<OSSL_PARAM_BLD, ParamBuilderFree> builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_P, p) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_G, g) != 1) {
    return nullptr;
  }
  const std::unique_ptr<OSSL_PARAM, ParamFree> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  return parameters ? from_parameters(algorithms, parameters.get()) : nullptr;
}

BnPtr modp_prime(int security_bits) {
  if (security_bits >= 192) return BnPtr(BN_get_rfc3526_prime_8192(nullptr));
  if (security_bits >= 152) return BnPtr(BN_get_rfc3526_prime_4096(nullptr));
  if (security_bits >= 128) return BnPtr(BN_get_rfc3526_prime_3072(nullptr));
  if (security_bits >= 112) return BnPtr(BN_get_rfc3526_prime_2048(nullptr));
  return BnPtr(BN_get_rfc2409_prime_1024(nullptr));
}

Result<Bytes> number_of(const EVP_PKEY* key, const char* name, std::size_t width = 0) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return crypto_failure();
  const BnPtr owner(number);
  const auto size = static_cast<std::size_t>(BN_num_bytes(number));
  Bytes bytes(std::max(size, width));
  if (BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size())) < 0) {
    return crypto_failure();
  }
  return bytes;
}

bool is_public_value(const Algorithms& algorithms, EVP_PKEY* key) {
  const EvpPkeyContextPtr check(
      EVP_PKEY_CTX_new_from_pkey(algorithms.libctx(), key, algorithms.properties()));
  return check && EVP_PKEY_public_check(check.get()) == 1;
}

}  // namespace

Result<DhGroup> DhGroup::named(const Algorithms& algorithms, NamedGroup group) {
  const KeyExchangeGroup* info = find_group(group);
  if (info == nullptr || !is_ffdhe(group)) return crypto_failure();
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                       const_cast<char*>(info->group_name), 0),
      OSSL_PARAM_construct_end()};
  EvpPkeyPtr key = from_parameters(algorithms, parameters);
  if (!key) return crypto_failure();
  return DhGroup(std::move(key));
}

Result<DhGroup> DhGroup::modp(const Algorithms& algorithms, int security_bits) {
  const BnPtr p = modp_prime(security_bits);
  const BnPtr g(BN_new());
  if (!p || !g || BN_set_word(g.get(), 2) != 1) return crypto_failure();
  EvpPkeyPtr key = from_numbers(algorithms, p.get(), g.get());
  if (!key) return crypto_failure();
  return DhGroup(std::move(key));
}

Result<DhGroup> DhGroup::received(const Algorithms& algorithms, ByteView p, ByteView g) {
  if (p.size() > kMaxPrimeBits / 8 || g.size() > p.size()) return kBadValue;
  const BnPtr prime(BN_bin2bn(p.data(), static_cast<int>(p.size()), nullptr));
  const BnPtr generator(BN_bin2bn(g.data(), static_cast<int>(g.size()), nullptr));
  if (!prime || !generator) return crypto_failure();
  ERR_set_mark();
  EvpPkeyPtr key = from_numbers(algorithms, prime.get(), generator.get());
  const EvpPkeyContextPtr check(
      key ? EVP_PKEY_CTX_new_from_pkey(algorithms.libctx(), key.get(), algorithms.properties())
          : nullptr);
  // The quick check leaves out that p is a safe prime: many servers' groups are not made of one,
  // and an ephemeral key loses nothing by it.
  const bool sound = check && EVP_PKEY_param_check_quick(check.get()) == 1;
  ERR_pop_to_mark();
  if (!sound) return kBadValue;
  return DhGroup(std::move(key));
}

Result<DhShare> DhShare::generate(const Algorithms& algorithms, const DhGroup& group) {
  const EvpPkeyContextPtr context(
      EVP_PKEY_CTX_new_from_pkey(algorithms.libctx(), group.key(), algorithms.properties()));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_keygen(context.get(), &key) != 1) {
    return crypto_failure();
  }
  return DhShare(EvpPkeyPtr(key));
}

Result<DhPublic> DhShare::public_values() const {
  DhPublic values;
  values.p = TRY(number_of(key_.get(), OSSL_PKEY_PARAM_FFC_P));
  values.g = TRY(number_of(key_.get(), OSSL_PKEY_PARAM_FFC_G));
  values.value = TRY(number_of(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, values.p.size()));
  return values;
}

Result<SecretBytes> DhShare::derive(const Algorithms& algorithms, ByteView peer) const {
  EVP_PKEY_up_ref(key_.get());
  const EvpPkeyPtr peer_key = dh_public_key(algorithms, DhGroup(EvpPkeyPtr(key_.get())), peer);
  if (!peer_key) return kBadValue;
  const EvpPkeyContextPtr context(
      EVP_PKEY_CTX_new_from_pkey(algorithms.libctx(), key_.get(), algorithms.properties()));
  std::size_t size = 0;
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer_key.get()) != 1 ||
      EVP_PKEY_derive(context.get(), nullptr, &size) != 1) {
    return crypto_failure();
  }
  SecretBytes secret(size);
  ERR_set_mark();
  const bool derived = EVP_PKEY_derive(context.get(), secret.bytes().data(), &size) == 1;
  ERR_pop_to_mark();
  if (!derived) return kBadValue;
  secret.shrink(size);
  return secret;
}

EvpPkeyPtr dh_public_key(const Algorithms& algorithms, const DhGroup& group, ByteView value) {
  ERR_set_mark();
  EvpPkeyPtr key(EVP_PKEY_new());
  // EVP_PKEY_public_check demands 1 < Y < p-1, and Y^q = 1 where q is known.
  const bool valid = key && EVP_PKEY_copy_parameters(key.get(), group.key()) == 1 &&
                     EVP_PKEY_set1_encoded_public_key(key.get(), value.data(), value.size()) == 1 &&
                     is_public_value(algorithms, key.get());
  ERR_pop_to_mark();
  return valid ? std::move(key) : nullptr;
}

}  // namespace ciao::tls
