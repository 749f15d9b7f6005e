// Ephemeral key exchange in a named group (RFC 8446 §4.2.8, RFC 8422 §5.4): each side generates a
// share and derives the secret from the other's.
#pragma once

#include <openssl/evp.h>

#include <string_view>
#include <utility>

#include "base/secret.h"
#include "crypto/algorithms.h"

namespace ciao::tls {

struct KeyExchangeGroup {
  NamedGroup group;
  const char* key_type;      // libcrypto's algorithm name
  const char* group_name;    // libcrypto's; null where the key type says it all
  std::uint16_t share_size;  // bytes of a public value on the wire
  std::uint16_t security_bits;
};

// RFC 7919 §2: the finite-field groups, known or not, have the codes 256 to 511.
constexpr bool is_ffdhe(NamedGroup group) { return code(group) >> 8 == 1; }

// Null for a group that ciao does not have. All of RFC 8422's curves and Brainpool's are there for
// TLS 1.2, if an application names them.
const KeyExchangeGroup* find_group(NamedGroup group);
// Whether TLS 1.3 has a place for it (RFC 8446 §4.2.7) and ciao or a provider has it.
bool usable_in_tls13(const Algorithms& algorithms, NamedGroup group);
// Those of a peer's list that can be had, each once: it may repeat one thousands of times.
std::vector<NamedGroup> known_groups(const Algorithms& algorithms,
                                     std::span<const NamedGroup> listed);
// The group by its name in libcrypto; none if there is no such.
NamedGroup curve_by_name(std::string_view name);

// The private half of one key exchange. Made for one handshake and never used again.
class KeyShare {
 public:
  KeyShare(KeyShare&& other) noexcept
      : group_(other.group_),
        key_(std::exchange(other.key_, nullptr)),
        public_(std::move(other.public_)),
        encapsulated_(std::move(other.encapsulated_)) {}
  KeyShare& operator=(KeyShare&& other) noexcept {
    group_ = other.group_;
    std::swap(key_, other.key_);
    std::swap(public_, other.public_);
    std::swap(encapsulated_, other.encapsulated_);
    return *this;
  }
  ~KeyShare() { EVP_PKEY_free(key_); }

  static Result<KeyShare> generate(const Algorithms& algorithms, NamedGroup group);
  // Server: the share that answers the client's. Where the group is a KEM the secret is made with
  // it.
  static Result<KeyShare> answer(const Algorithms& algorithms, NamedGroup group, ByteView peer);

  NamedGroup group() const { return group_; }
  // key_exchange of the KeyShareEntry
  ByteView public_value() const { return public_; }
  // The shared secret with the peer's key_exchange. A value that is not in the group, or whose
  // result everybody knows (RFC 7748 §6), is illegal_parameter.
  Result<SecretBytes> derive(const Algorithms& algorithms, ByteView peer) const;

 private:
  KeyShare(NamedGroup group, EVP_PKEY* key) : group_(group), key_(key) {}

  static Result<KeyShare> encapsulate(const Algorithms& algorithms, NamedGroup group,
                                      ByteView peer);
  Result<SecretBytes> decapsulate(const Algorithms& algorithms, ByteView ciphertext) const;

  NamedGroup group_;
  EVP_PKEY* key_;
  Bytes public_;
  SecretBytes encapsulated_;  // server, KEM
};

// A public value as a libcrypto key, for the interfaces that show it; null if it is not valid. The
// caller owns it.
EVP_PKEY* public_value_to_key(const Algorithms& algorithms, NamedGroup group, ByteView value);

}  // namespace ciao::tls
