// The certificates that a peer sent.
#pragma once

#include <openssl/x509.h>

#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/ref.h"
#include "crypto/algorithms.h"
#include "x509/x509_ptr.h"

namespace ciao::tls {

// The one certificate that `der` has to be; `algorithms` null stands for libcrypto's default
// context. What is none could not be decoded (asn1_lib), or ends too early (cert_length_mismatch).
Result<X509Ptr> decode_certificate(const Algorithms* algorithms, ByteView der);

// A chain as received, leaf first. Immutable and shared: by the connection, its session, the
// application.
class PeerCertificates : public RefCounted<PeerCertificates> {
 public:
  // Parses each certificate; an empty list is allowed. What is not a certificate
  // could not be decoded.
  static Result<Ref<PeerCertificates>> parse(const Algorithms& algorithms,
                                             const std::vector<ByteView>& certificates);
  // The leaf alone, as a stored session has it. `algorithms` null stands for libcrypto's default
  // context. What is not exactly one certificate is an error.
  static Result<Ref<PeerCertificates>> from_leaf(const Algorithms* algorithms, ByteView der);

  bool empty() const { return sk_X509_num(chain()) <= 0; }
  // Whether it is all that the peer sent: a stored session has the leaf alone.
  bool whole() const { return whole_; }
  // Borrowed; leaf first. Never null.
  STACK_OF(X509) * chain() const { return chain_.get(); }
  // Borrowed; null when the chain is empty.
  X509* leaf() const { return empty() ? nullptr : sk_X509_value(chain(), 0); }
  // Whether both have a leaf, and it is the same certificate.
  bool same_leaf(const PeerCertificates& other) const;
  // The leaf's encoding. There must be a leaf.
  Result<Bytes> leaf_der() const;
  // Borrowed; null when there is no leaf or its key cannot be decoded.
  EVP_PKEY* leaf_key() const { return leaf() ? X509_get0_pubkey(leaf()) : nullptr; }

 private:
  PeerCertificates(X509StackPtr chain, bool whole) : chain_(std::move(chain)), whole_(whole) {}

  X509StackPtr chain_;
  bool whole_;
};

}  // namespace ciao::tls
