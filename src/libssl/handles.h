// Owners of the libcrypto objects that the C interface keeps.
#pragma once

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <memory>
#include <utility>

namespace ciao::tls {

// Gives up an object that somebody else owns from here on.
template <class Pointer>
void disown(Pointer& pointer) {
  [[maybe_unused]] auto* object = pointer.release();
}

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioFree>;

struct X509NameFree {
  void operator()(X509_NAME* name) const { X509_NAME_free(name); }
};
using X509NamePtr = std::unique_ptr<X509_NAME, X509NameFree>;

struct X509NameStackFree {
  void operator()(STACK_OF(X509_NAME) * names) const {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
  }
};
using X509NameStackPtr = std::unique_ptr<STACK_OF(X509_NAME), X509NameStackFree>;

struct VerifyParamFree {
  void operator()(X509_VERIFY_PARAM* param) const { X509_VERIFY_PARAM_free(param); }
};
using VerifyParamPtr = std::unique_ptr<X509_VERIFY_PARAM, VerifyParamFree>;

struct StoreContextFree {
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, StoreContextFree>;

// The profiles themselves are constants.
struct SrtpProfilesFree {
  void operator()(STACK_OF(SRTP_PROTECTION_PROFILE) * profiles) const {
    sk_SRTP_PROTECTION_PROFILE_free(profiles);
  }
};
using SrtpProfilesPtr = std::unique_ptr<STACK_OF(SRTP_PROTECTION_PROFILE), SrtpProfilesFree>;

struct OpensslFree {
  void operator()(void* memory) const { OPENSSL_free(memory); }
};
template <class T>
using OpensslPtr = std::unique_ptr<T, OpensslFree>;

// A counted reference to a certificate store, copied by counting up.
class StoreRef {
 public:
  StoreRef() = default;
  // Takes over a count that the caller owns.
  static StoreRef adopt(X509_STORE* store) { return StoreRef(store); }
  static StoreRef share(X509_STORE* store) {
    if (store != nullptr) X509_STORE_up_ref(store);
    return StoreRef(store);
  }
  StoreRef(const StoreRef& other) : StoreRef(share(other.store_)) {}
  StoreRef(StoreRef&& other) noexcept : store_(std::exchange(other.store_, nullptr)) {}
  StoreRef& operator=(StoreRef other) noexcept {
    std::swap(store_, other.store_);
    return *this;
  }
  ~StoreRef() { X509_STORE_free(store_); }

  X509_STORE* get() const { return store_; }
  explicit operator bool() const { return store_ != nullptr; }

 private:
  explicit StoreRef(X509_STORE* store) : store_(store) {}
  X509_STORE* store_ = nullptr;
};

// The same for a key.
class KeyRef {
 public:
  KeyRef() = default;
  static KeyRef adopt(EVP_PKEY* key) { return KeyRef(key); }
  KeyRef(const KeyRef& other) : key_(other.key_) {
    if (key_ != nullptr) EVP_PKEY_up_ref(key_);
  }
  KeyRef(KeyRef&& other) noexcept : key_(std::exchange(other.key_, nullptr)) {}
  KeyRef& operator=(KeyRef other) noexcept {
    std::swap(key_, other.key_);
    return *this;
  }
  ~KeyRef() { EVP_PKEY_free(key_); }

  EVP_PKEY* get() const { return key_; }

 private:
  explicit KeyRef(EVP_PKEY* key) : key_(key) {}
  EVP_PKEY* key_ = nullptr;
};

}  // namespace ciao::tls
