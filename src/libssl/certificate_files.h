// Certificates and keys from files and DER, with OpenSSL's reasons for what goes wrong.
#pragma once

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/bytes.h"
#include "libssl/callback.h"
#include "libssl/handles.h"
#include "x509/credential.h"

namespace ciao::tls {

// The library context that objects are made in, and who knows the password.
struct Loading {
  OSSL_LIB_CTX* libctx;
  const char* properties;
  Callback<pem_password_cb*> password;
};

Result<BioPtr> open_file(const char* path);
// `type`: SSL_FILETYPE_PEM or SSL_FILETYPE_ASN1.
Result<X509Ptr> load_certificate(const Loading& how, const char* path, int type);
Result<EvpPkeyPtr> load_private_key(const Loading& how, const char* path, int type);
Result<EvpPkeyPtr> load_rsa_key(const Loading& how, const char* path, int type);
Result<X509Ptr> parse_certificate(const Loading& how, ByteView der);
Result<EvpPkeyPtr> parse_private_key(const Loading& how, int type, ByteView der);
Result<EvpPkeyPtr> parse_rsa_key(ByteView der);
Result<EvpPkeyPtr> wrap_rsa_key(RSA* rsa);

// The certificates of a PEM file, one after the other.
class ChainFile {
 public:
  static Result<ChainFile> open(const Loading& how, const char* path);
  // The first one, which may be a "TRUSTED CERTIFICATE".
  Result<X509Ptr> leaf();
  // The next one; null at the end of the file.
  Result<X509Ptr> next();

 private:
  ChainFile(const Loading& how, BioPtr bio) : how_(how), bio_(std::move(bio)) {}

  Loading how_;
  BioPtr bio_;
};

}  // namespace ciao::tls
