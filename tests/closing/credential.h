// A self-signed P-256 certificate, made in memory when the runner starts.
#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace ciao::closing {

class Credential {
 public:
  Credential();
  // False when the context refuses the pair.
  bool install(SSL_CTX* ctx) const;

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

}  // namespace ciao::closing
