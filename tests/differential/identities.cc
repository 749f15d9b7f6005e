#include "identities.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstdio>
#include <cstdlib>

namespace ciao::differential {
namespace {

// The first ones are for servers of ordinary sequences.
constexpr const char* kNames[] = {"ec",   "ed25519", "rsa",    "ec384",     "pss", "ed448",
                                  "weak", "sha1",    "x25519", "other_rsa", "ca",  "middle"};

template <class T>
T* read(const std::string& path, T* (*function)(BIO*, T**, pem_password_cb*, void*)) {
  BIO* file = BIO_new_file(path.c_str(), "r");
  if (file == nullptr) return nullptr;
  T* object = function(file, nullptr, nullptr, nullptr);
  BIO_free(file);
  return object;
}

template <class T>
std::string der_of(const T* object, int (*encode)(const T*, unsigned char**)) {
  unsigned char* der = nullptr;
  const int size = encode(object, &der);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

Identities::Identities(const std::string& folder) : folder_(folder), roots_(X509_STORE_new()) {
  for (const char* name : kNames) {
    Identity made{.name = name, .certificate_der = {}, .key_der = {}};
    made.certificate = read<X509>(file(made.name + ".pem"), PEM_read_bio_X509);
    made.key = read<EVP_PKEY>(file(made.name + ".key"), PEM_read_bio_PrivateKey);
    if (made.key == nullptr) {
      std::fprintf(stderr, "no key %s in %s\n", name, folder.c_str());
      std::exit(2);
    }
    if (made.certificate != nullptr) made.certificate_der = der_of(made.certificate, i2d_X509);
    made.key_der = der_of(made.key, i2d_PrivateKey);
    all_.push_back(std::move(made));
  }
  X509_STORE_add_cert(roots_, of("ca").certificate);
  X509_STORE_add_cert(roots_, of("middle").certificate);
  ERR_clear_error();  // of the certificates that are not there
}

Identities::~Identities() {
  for (const Identity& each : all_) {
    X509_free(each.certificate);
    EVP_PKEY_free(each.key);
  }
  X509_STORE_free(roots_);
}

const Identity& Identities::of(const std::string& name) const {
  for (const Identity& each : all_) {
    if (each.name == name) return each;
  }
  std::abort();
}

}  // namespace ciao::differential
