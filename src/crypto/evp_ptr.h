// Owners of libcrypto's EVP objects.
#pragma once

#include <openssl/evp.h>

#include <memory>

namespace ciao::tls {

struct EvpPkeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using EvpPkeyPtr = std::unique_ptr<EVP_PKEY, EvpPkeyFree>;

struct EvpPkeyContextFree {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using EvpPkeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, EvpPkeyContextFree>;

struct EvpMdContextFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using EvpMdContextPtr = std::unique_ptr<EVP_MD_CTX, EvpMdContextFree>;

struct EvpCipherFree {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};
using EvpCipherPtr = std::unique_ptr<EVP_CIPHER, EvpCipherFree>;

struct EvpCipherContextFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using EvpCipherContextPtr = std::unique_ptr<EVP_CIPHER_CTX, EvpCipherContextFree>;

}  // namespace ciao::tls
