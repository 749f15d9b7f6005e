#include "credential.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "fail.h"

namespace ciao::bench {
namespace {

constexpr long kDay = 24 * 60 * 60;

EVP_PKEY* new_key(KeyType type) {
  EVP_PKEY* key = type == KeyType::rsa_2048 ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
  return key != nullptr ? key : fail<EVP_PKEY*>("cannot make a key");
}

bool add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

X509* new_certificate(const char* common_name, EVP_PKEY* key, int serial) {
  X509* certificate = X509_new();
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>(common_name);
  const bool built = X509_set_version(certificate, X509_VERSION_3) == 1 &&
                     ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial) == 1 &&
                     X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay) != nullptr &&
                     X509_gmtime_adj(X509_getm_notAfter(certificate), kDay) != nullptr &&
                     X509_set_pubkey(certificate, key) == 1 &&
                     X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1;
  return built ? certificate : fail<X509*>("cannot make a certificate");
}

}  // namespace

Credential::Credential(KeyType type)
    : key_(new_key(type), EVP_PKEY_free), root_(nullptr, X509_free), leaf_(nullptr, X509_free) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> root_key(new_key(type), EVP_PKEY_free);
  root_.reset(new_certificate("bench root", root_key.get(), 1));
  leaf_.reset(new_certificate(kHost, key_.get(), 2));
  const X509_NAME* issuer = X509_get_subject_name(root_.get());
  const bool signed_both = X509_set_issuer_name(root_.get(), issuer) == 1 &&
                           X509_set_issuer_name(leaf_.get(), issuer) == 1 &&
                           add_extension(root_.get(), NID_basic_constraints, "critical,CA:TRUE") &&
                           add_extension(leaf_.get(), NID_subject_alt_name, "DNS:bench.test") &&
                           X509_sign(root_.get(), root_key.get(), EVP_sha256()) != 0 &&
                           X509_sign(leaf_.get(), root_key.get(), EVP_sha256()) != 0;
  if (!signed_both) fail("cannot sign the certificates");
}

bool Credential::install(SSL_CTX* ctx) const {
  return SSL_CTX_use_certificate(ctx, leaf_.get()) == 1 &&
         SSL_CTX_use_PrivateKey(ctx, key_.get()) == 1;
}

bool Credential::trust(SSL_CTX* ctx) const {
  return X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root_.get()) == 1;
}

}  // namespace ciao::bench
