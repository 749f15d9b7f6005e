// Owners of the C interface's objects, for tests: of libssl as it is called, whoever's it is.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstddef>
#include <memory>

namespace ciao::tls::testing {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Free<SSL_free>>;
using Session = std::unique_ptr<SSL_SESSION, Free<SSL_SESSION_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

// A certificate for this key that it signed itself, valid now.
inline Certificate make_certificate(EVP_PKEY* key, const char* name = "localhost") {
  Certificate made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 86400);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
  X509_set_pubkey(made.get(), key);
  X509_sign(made.get(), key, EVP_sha256());
  return made;
}

// True when the context has taken a certificate of its own for this key.
inline bool use_certificate_for(SSL_CTX* ctx, EVP_PKEY* key) {
  return SSL_CTX_use_certificate(ctx, make_certificate(key).get()) == 1 &&
         SSL_CTX_use_PrivateKey(ctx, key) == 1;
}

// The same for a new P-256 key.
inline bool use_new_certificate(SSL_CTX* ctx) {
  return use_certificate_for(ctx, Key(EVP_EC_gen("P-256")).get());
}

// A copy that knows nothing of what became of the original: a client that has used a session of TLS
// 1.3 does not use it again.
inline Session copy_of(SSL_SESSION* session) {
  unsigned char* der = nullptr;
  const int size = i2d_SSL_SESSION(session, &der);
  const unsigned char* at = der;
  Session copy(d2i_SSL_SESSION(nullptr, &at, size));
  OPENSSL_free(der);
  return copy;
}

// Joins the two by a pipe, and gives them their roles. `capacity` in bytes each way; 0: libcrypto's
// own idea.
inline void join(SSL* client, SSL* server, std::size_t capacity = 0) {
  BIO* near = nullptr;
  BIO* far = nullptr;
  BIO_new_bio_pair(&near, capacity, &far, capacity);
  SSL_set_bio(client, near, near);
  SSL_set_bio(server, far, far);
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
}

}  // namespace ciao::tls::testing
