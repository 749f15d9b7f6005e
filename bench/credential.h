// The certificates of the benches: a root of its own and a server's leaf below it.
#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace ciao::bench {

constexpr const char* kHost = "bench.test";

enum class KeyType { ecdsa_p256, rsa_2048 };

class Credential {
 public:
  // Ends the program when libcrypto cannot make it.
  explicit Credential(KeyType type);

  // The leaf and its key for a server.
  bool install(SSL_CTX* ctx) const;
  // The root for a client.
  bool trust(SSL_CTX* ctx) const;

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> root_;
  std::unique_ptr<X509, decltype(&X509_free)> leaf_;
};

}  // namespace ciao::bench
