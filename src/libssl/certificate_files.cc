#include "libssl/certificate_files.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <limits>

namespace ciao::tls {
namespace {

X509Ptr new_certificate(const Loading& how) {
  return X509Ptr(X509_new_ex(how.libctx, how.properties));
}

// libcrypto's readers free what they were given when they fail.
template <class Read>
Result<X509Ptr> read_into_new(const Loading& how, Reason reason, Read read) {
  X509Ptr certificate = new_certificate(how);
  if (!certificate) return silent_error(Reason::malloc_failure);
  X509* raw = certificate.release();
  if (read(&raw) == nullptr) {
    X509_free(raw);
    return silent_error(reason);
  }
  return X509Ptr(raw);
}

bool fits_long(ByteView der) { return der.size() <= std::numeric_limits<long>::max(); }

}  // namespace

Result<BioPtr> open_file(const char* path) {
  if (path == nullptr) return silent_error(Reason::passed_null_parameter);
  BioPtr bio(BIO_new(BIO_s_file()));
  if (!bio) return silent_error(Reason::err_buf_lib);
  if (BIO_read_filename(bio.get(), path) <= 0) return silent_error(Reason::err_sys_lib);
  return bio;
}

Result<X509Ptr> load_certificate(const Loading& how, const char* path, int type) {
  const BioPtr bio = TRY(open_file(path));
  if (type == SSL_FILETYPE_ASN1) {
    return read_into_new(how, Reason::asn1_lib,
                         [&](X509** to) { return d2i_X509_bio(bio.get(), to); });
  }
  if (type == SSL_FILETYPE_PEM) {
    return read_into_new(how, Reason::err_pem_lib, [&](X509** to) {
      return PEM_read_bio_X509(bio.get(), to, how.password.fn, how.password.arg);
    });
  }
  return silent_error(Reason::bad_ssl_filetype);
}

Result<EvpPkeyPtr> load_private_key(const Loading& how, const char* path, int type) {
  const BioPtr bio = TRY(open_file(path));
  EVP_PKEY* key = nullptr;
  Reason reason = Reason::err_pem_lib;
  if (type == SSL_FILETYPE_PEM) {
    key = PEM_read_bio_PrivateKey_ex(bio.get(), nullptr, how.password.fn, how.password.arg,
                                     how.libctx, how.properties);
  } else if (type == SSL_FILETYPE_ASN1) {
    reason = Reason::asn1_lib;
    key = d2i_PrivateKey_ex_bio(bio.get(), nullptr, how.libctx, how.properties);
  } else {
    return silent_error(Reason::bad_ssl_filetype);
  }
  if (key == nullptr) return silent_error(reason);
  return EvpPkeyPtr(key);
}

Result<EvpPkeyPtr> load_rsa_key(const Loading& how, const char* path, int type) {
  const BioPtr bio = TRY(open_file(path));
  RSA* rsa = nullptr;
  Reason reason = Reason::err_pem_lib;
  if (type == SSL_FILETYPE_ASN1) {
    reason = Reason::asn1_lib;
    rsa = d2i_RSAPrivateKey_bio(bio.get(), nullptr);
  } else if (type == SSL_FILETYPE_PEM) {
    rsa = PEM_read_bio_RSAPrivateKey(bio.get(), nullptr, how.password.fn, how.password.arg);
  } else {
    return silent_error(Reason::bad_ssl_filetype);
  }
  if (rsa == nullptr) return silent_error(reason);
  Result<EvpPkeyPtr> key = wrap_rsa_key(rsa);
  RSA_free(rsa);
  return key;
}

Result<X509Ptr> parse_certificate(const Loading& how, ByteView der) {
  if (!fits_long(der)) return silent_error(Reason::asn1_lib);
  const unsigned char* cursor = der.data();
  return read_into_new(how, Reason::asn1_lib, [&](X509** to) {
    return d2i_X509(to, &cursor, static_cast<long>(der.size()));
  });
}

Result<EvpPkeyPtr> parse_private_key(const Loading& how, int type, ByteView der) {
  if (!fits_long(der)) return silent_error(Reason::asn1_lib);
  const unsigned char* cursor = der.data();
  EVP_PKEY* key = d2i_PrivateKey_ex(type, nullptr, &cursor, static_cast<long>(der.size()),
                                    how.libctx, how.properties);
  if (key == nullptr) return silent_error(Reason::asn1_lib);
  return EvpPkeyPtr(key);
}

Result<EvpPkeyPtr> parse_rsa_key(ByteView der) {
  if (!fits_long(der)) return silent_error(Reason::asn1_lib);
  const unsigned char* cursor = der.data();
  RSA* rsa = d2i_RSAPrivateKey(nullptr, &cursor, static_cast<long>(der.size()));
  if (rsa == nullptr) return silent_error(Reason::asn1_lib);
  Result<EvpPkeyPtr> key = wrap_rsa_key(rsa);
  RSA_free(rsa);
  return key;
}

Result<EvpPkeyPtr> wrap_rsa_key(RSA* rsa) {
  if (rsa == nullptr) return silent_error(Reason::passed_null_parameter);
  EvpPkeyPtr key(EVP_PKEY_new());
  if (!key || EVP_PKEY_set1_RSA(key.get(), rsa) != 1) return silent_error(Reason::evp_lib);
  return key;
}

Result<ChainFile> ChainFile::open(const Loading& how, const char* path) {
  return ChainFile(how, TRY(open_file(path)));
}

Result<X509Ptr> ChainFile::leaf() {
  return read_into_new(how_, Reason::err_pem_lib, [&](X509** to) {
    return PEM_read_bio_X509_AUX(bio_.get(), to, how_.password.fn, how_.password.arg);
  });
}

Result<X509Ptr> ChainFile::next() {
  Result<X509Ptr> certificate = read_into_new(how_, Reason::none, [&](X509** to) {
    return PEM_read_bio_X509(bio_.get(), to, how_.password.fn, how_.password.arg);
  });
  if (certificate) return certificate;
  const unsigned long last = ERR_peek_last_error();
  const bool at_end =
      ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
  if (!at_end) return certificate;
  ERR_clear_error();
  return X509Ptr();
}

}  // namespace ciao::tls
