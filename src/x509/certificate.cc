#include "x509/certificate.h"

#include <limits>

namespace ciao::tls {

namespace {

bool push(const X509StackPtr& chain, X509Ptr certificate) {
  X509* object = certificate.release();
  if (sk_X509_push(chain.get(), object) != 0) return true;
  X509_free(object);
  return false;
}

}  // namespace

Result<X509Ptr> decode_certificate(const Algorithms* algorithms, ByteView der) {
  constexpr std::size_t kMaxSize = std::numeric_limits<int>::max();
  if (der.size() > kMaxSize) return Error{Reason::asn1_lib, AlertDescription::decode_error};
  X509* object = algorithms == nullptr
                     ? X509_new()
                     : X509_new_ex(algorithms->libctx(), algorithms->properties());
  if (object == nullptr) return crypto_failure();
  const std::uint8_t* cursor = der.data();
  const bool decoded = d2i_X509(&object, &cursor, static_cast<long>(der.size())) != nullptr;
  // After bad DER the object is freed and null; after a bad extension it is still there.
  X509Ptr certificate(object);
  if (!decoded) return Error{Reason::asn1_lib, AlertDescription::decode_error};
  if (cursor != der.data() + der.size()) {
    return Error{Reason::cert_length_mismatch, AlertDescription::decode_error};
  }
  return certificate;
}

Result<Ref<PeerCertificates>> PeerCertificates::parse(const Algorithms& algorithms,
                                                      const std::vector<ByteView>& certificates) {
  X509StackPtr chain(sk_X509_new_null());
  if (chain == nullptr) return crypto_failure();
  for (const ByteView der : certificates) {
    if (!push(chain, TRY(decode_certificate(&algorithms, der)))) return crypto_failure();
  }
  return Ref<PeerCertificates>::adopt(new PeerCertificates(std::move(chain), true));
}

Result<Ref<PeerCertificates>> PeerCertificates::from_leaf(const Algorithms* algorithms,
                                                          ByteView der) {
  X509StackPtr chain(sk_X509_new_null());
  if (chain == nullptr) return crypto_failure();
  if (!push(chain, TRY(decode_certificate(algorithms, der)))) return crypto_failure();
  return Ref<PeerCertificates>::adopt(new PeerCertificates(std::move(chain), false));
}

bool PeerCertificates::same_leaf(const PeerCertificates& other) const {
  return !empty() && !other.empty() && X509_cmp(leaf(), other.leaf()) == 0;
}

Result<Bytes> PeerCertificates::leaf_der() const {
  const int size = i2d_X509(leaf(), nullptr);
  if (size <= 0) return crypto_failure();
  Bytes der(static_cast<std::size_t>(size));
  std::uint8_t* cursor = der.data();
  if (i2d_X509(leaf(), &cursor) != size) return crypto_failure();
  return der;
}

}  // namespace ciao::tls
