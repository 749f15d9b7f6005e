#include "crypto/rsa_premaster.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "crypto/evp_ptr.h"
#include "crypto/random.h"

namespace ciao::tls {

Result<SecretBytes> make_rsa_premaster(const Algorithms& algorithms,
                                       ProtocolVersion client_version) {
  SecretBytes premaster(kRsaPremasterSize);
  TRY(random_secret(algorithms, premaster.bytes()));
  premaster.bytes()[0] = static_cast<std::uint8_t>(code(client_version) >> 8);
  premaster.bytes()[1] = static_cast<std::uint8_t>(code(client_version));
  return premaster;
}

Result<Bytes> encrypt_rsa_premaster(const Algorithms& algorithms, EVP_PKEY* key,
                                    ByteView premaster) {
  const EvpPkeyContextPtr context(
      EVP_PKEY_CTX_new_from_pkey(algorithms.libctx(), key, algorithms.properties()));
  std::size_t size = 0;
  if (!context || EVP_PKEY_is_a(key, "RSA") != 1 || EVP_PKEY_encrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1 ||
      EVP_PKEY_encrypt(context.get(), nullptr, &size, premaster.data(), premaster.size()) != 1) {
    return Error{Reason::evp_lib, AlertDescription::internal_error};
  }
  Bytes encrypted(size);
  if (EVP_PKEY_encrypt(context.get(), encrypted.data(), &size, premaster.data(),
                       premaster.size()) != 1) {
    return Error{Reason::bad_rsa_encrypt, AlertDescription::internal_error};
  }
  encrypted.resize(size);
  return encrypted;
}

Result<SecretBytes> decrypt_rsa_premaster(const Algorithms& algorithms, EVP_PKEY* key,
                                          ProtocolVersion client_version, ByteView encrypted) {
  // Made beforehand and always, so that its cost is no difference.
  SecretBytes fallback(kRsaPremasterSize);
  TRY(random_secret(algorithms, fallback.bytes()));
  const EvpPkeyContextPtr context(
      EVP_PKEY_CTX_new_from_pkey(algorithms.libctx(), key, algorithms.properties()));
  unsigned int version = code(client_version);
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_uint(OSSL_ASYM_CIPHER_PARAM_TLS_CLIENT_VERSION, &version),
      OSSL_PARAM_construct_end()};
  if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_WITH_TLS_PADDING) != 1 ||
      EVP_PKEY_CTX_set_params(context.get(), parameters) != 1) {
    return Error{Reason::evp_lib, AlertDescription::internal_error};
  }
  SecretBytes premaster(std::max<std::size_t>(
      kRsaPremasterSize, static_cast<std::size_t>(std::max(EVP_PKEY_get_size(key), 0))));
  std::size_t size = premaster.view().size();
  ERR_set_mark();
  // With this padding libcrypto fails for nothing that is secret: only for a ciphertext that is
  // longer than the modulus or not below it. The peer learns no more from that than it knew, and is
  // answered like all others.
  const bool decrypted = EVP_PKEY_decrypt(context.get(), premaster.bytes().data(), &size,
                                          encrypted.data(), encrypted.size()) == 1 &&
                         size == kRsaPremasterSize;
  ERR_pop_to_mark();
  if (!decrypted) return fallback;
  premaster.shrink(kRsaPremasterSize);
  return premaster;
}

}  // namespace ciao::tls
