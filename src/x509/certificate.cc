#include "x509/certificate.h"

#include <limits>

namespace ciao::tls {

Result<Ref<PeerCertificates>> PeerCertificates::parse(const Algorithms& algorithms,
                                                      const std::vector<ByteView>& certificates) {
  STACK_OF(X509)* chain = sk_X509_new_null();
  if (chain == nullptr) return crypto_failure();
  Ref<PeerCertificates> parsed = Ref<PeerCertificates>::adopt(new PeerCertificates(chain));
  for (const ByteView der : certificates) {
    // The message that held it is shorter than 2^24 bytes, so that the length fits a long.
    const std::uint8_t* cursor = der.data();
    X509* certificate = X509_new_ex(algorithms.libctx(), algorithms.properties());
    if (certificate == nullptr) return crypto_failure();
    // On failure d2i_X509 frees what it was given and clears the pointer.
    if (d2i_X509(&certificate, &cursor, static_cast<long>(der.size())) == nullptr) {
      X509_free(certificate);
      return Error{Reason::asn1_lib, AlertDescription::decode_error};
    }
    if (cursor != der.data() + der.size()) {
      X509_free(certificate);
      return Error{Reason::cert_length_mismatch, AlertDescription::decode_error};
    }
    if (sk_X509_push(chain, certificate) == 0) {
      X509_free(certificate);
      return crypto_failure();
    }
  }
  return parsed;
}

Result<Ref<PeerCertificates>> PeerCertificates::from_leaf(const Algorithms* algorithms,
                                                          ByteView der) {
  constexpr std::size_t kMaxSize = std::numeric_limits<int>::max();
  STACK_OF(X509)* chain = sk_X509_new_null();
  if (chain == nullptr) return crypto_failure();
  Ref<PeerCertificates> parsed = Ref<PeerCertificates>::adopt(new PeerCertificates(chain));
  X509* certificate = algorithms == nullptr
                          ? X509_new()
                          : X509_new_ex(algorithms->libctx(), algorithms->properties());
  if (certificate == nullptr) return crypto_failure();
  const std::uint8_t* cursor = der.data();
  // On failure d2i_X509 frees what it was given and clears the pointer.
  if (der.size() > kMaxSize ||
      d2i_X509(&certificate, &cursor, static_cast<long>(der.size())) == nullptr ||
      cursor != der.data() + der.size() || sk_X509_push(chain, certificate) == 0) {
    X509_free(certificate);
    return Error{Reason::asn1_lib, AlertDescription::bad_certificate};
  }
  return parsed;
}

Result<Bytes> PeerCertificates::leaf_der() const {
  const int size = i2d_X509(leaf(), nullptr);
  if (size <= 0) return crypto_failure();
  Bytes der(static_cast<std::size_t>(size));
  std::uint8_t* cursor = der.data();
  if (i2d_X509(leaf(), &cursor) != size) return crypto_failure();
  return der;
}

Ref<PeerCertificates> PeerCertificates::adopt(STACK_OF(X509) * chain) {
  return Ref<PeerCertificates>::adopt(new PeerCertificates(chain));
}

PeerCertificates::~PeerCertificates() { sk_X509_pop_free(chain_, X509_free); }

}  // namespace ciao::tls
