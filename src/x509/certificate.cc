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
      return Error{Reason::asn1_lib, AlertDescription::bad_certificate};
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

Ref<PeerCertificates> PeerCertificates::adopt(STACK_OF(X509) * chain) {
  return Ref<PeerCertificates>::adopt(new PeerCertificates(chain));
}

PeerCertificates::~PeerCertificates() { sk_X509_pop_free(chain_, X509_free); }

}  // namespace ciao::tls
