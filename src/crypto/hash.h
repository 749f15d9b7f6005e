// SHA-256 and SHA-384 as running hashes, and HMAC over them.
#pragma once

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <initializer_list>

#include "base/secret.h"
#include "crypto/algorithms.h"

namespace ciao::tls {

// A hash value, at most kMaxHashSize bytes. Not wiped: what is secret goes into a HashSecret.
class Digest {
 public:
  ByteView view() const { return {bytes_, size_}; }
  MutableBytes resize(std::size_t size) {
    size_ = static_cast<std::uint8_t>(size);
    return {bytes_, size};
  }

 private:
  std::uint8_t bytes_[kMaxHashSize];
  std::uint8_t size_ = 0;
};

// A running hash. Copying takes a snapshot. A failure inside libcrypto is remembered and reported
// by digest().
class Hash {
 public:
  Hash(const Algorithms& algorithms, HashId id);
  Hash(const Hash& other);
  Hash& operator=(const Hash& other);
  ~Hash();

  HashId id() const { return id_; }
  void update(ByteView bytes);
  // The hash of everything so far; the running hash can go on.
  Result<Digest> digest() const;

 private:
  void copy_from(const Hash& other);

  HashId id_;
  bool direct_;
  bool failed_ = false;
  union State {
    SHA256_CTX sha256;
    SHA512_CTX sha512;
    EVP_MD_CTX* evp;
  } state_;
};

// The hash of the concatenation of `parts`.
Result<Digest> hash_of(const Algorithms& algorithms, HashId id,
                       std::initializer_list<ByteView> parts);

// RFC 2104 over the concatenation of `parts`.
Result<HashSecret> hmac(const Algorithms& algorithms, HashId id, ByteView key,
                        std::initializer_list<ByteView> parts);

}  // namespace ciao::tls
