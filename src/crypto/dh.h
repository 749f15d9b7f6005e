// Finite-field Diffie-Hellman in TLS 1.2, whose server sends the group's p and g along instead of
// naming a group (RFC 5246 §7.4.3, RFC 7919).
#pragma once

#include "base/secret.h"
#include "crypto/algorithms.h"
#include "crypto/evp_ptr.h"

namespace ciao::tls {

class DhGroup {
 public:
  // Takes over a DH key of libcrypto's, of which the parameters count alone.
  explicit DhGroup(EvpPkeyPtr parameters) : parameters_(std::move(parameters)) {}

  // A group of RFC 7919.
  static Result<DhGroup> named(const Algorithms& algorithms, NamedGroup group);
  // The smallest of the MODP groups (RFC 2409, RFC 3526) that has this strength, as OpenSSL
  // chooses.
  static Result<DhGroup> modp(const Algorithms& algorithms, int security_bits);
  // As a server sent it. What cannot be a group is illegal_parameter; whether it is strong enough,
  // and whether p is a safe prime, is not looked at.
  static Result<DhGroup> received(const Algorithms& algorithms, ByteView p, ByteView g);

  int security_bits() const { return EVP_PKEY_get_security_bits(parameters_.get()); }
  // Borrowed.
  EVP_PKEY* key() const { return parameters_.get(); }

 private:
  EvpPkeyPtr parameters_;
};

// dh_p, dh_g and dh_Ys of ServerDHParams.
struct DhPublic {
  Bytes p;
  Bytes g;
  Bytes value;  // as long as p: some implementations rely on it
};

// The private half of one key exchange. Made for one handshake and never used again: with a reused
// one the timing of a premaster secret without its leading zeros tells about it (the Raccoon
// attack).
class DhShare {
 public:
  static Result<DhShare> generate(const Algorithms& algorithms, const DhGroup& group);

  Result<DhPublic> public_values() const;
  // RFC 5246 §8.1.2: "Leading bytes of Z that contain all zero bits are stripped". A peer's value
  // outside of 1 < Y < p-1 (RFC 7919 §5.1) is illegal_parameter.
  Result<SecretBytes> derive(const Algorithms& algorithms, ByteView peer) const;

 private:
  explicit DhShare(EvpPkeyPtr key) : key_(std::move(key)) {}

  EvpPkeyPtr key_;
};

// The group with a peer's public value, as a libcrypto key; null if the value is not valid.
EvpPkeyPtr dh_public_key(const Algorithms& algorithms, const DhGroup& group, ByteView value);

}  // namespace ciao::tls
