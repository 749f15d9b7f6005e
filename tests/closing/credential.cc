#include "credential.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <iostream>

namespace ciao::closing {

namespace {

constexpr long kDay = 24 * 60 * 60;

[[noreturn]] void give_up(const char* what) {
  std::cerr << "closing_runner: cannot make the certificate: " << what << "\n";
  std::exit(2);
}

}  // namespace

Credential::Credential()
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
  if (!key_) give_up("P-256 key");
  X509* certificate = certificate_.get();
  if (certificate == nullptr) give_up("X509_new");
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* host = reinterpret_cast<const unsigned char*>("closing.test");
  const bool built = X509_set_version(certificate, X509_VERSION_3) == 1 &&
                     ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
                     X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay) != nullptr &&
                     X509_gmtime_adj(X509_getm_notAfter(certificate), kDay) != nullptr &&
                     X509_set_pubkey(certificate, key_.get()) == 1 &&
                     X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0) == 1 &&
                     X509_set_issuer_name(certificate, name) == 1;
  if (!built || X509_sign(certificate, key_.get(), EVP_sha256()) == 0) give_up("X509_sign");
}

bool Credential::install(SSL_CTX* ctx) const {
  return SSL_CTX_use_certificate(ctx, certificate_.get()) == 1 &&
         SSL_CTX_use_PrivateKey(ctx, key_.get()) == 1;
}

}  // namespace ciao::closing
