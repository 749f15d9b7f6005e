// Authenticated encryption with one key: the seam behind which records are sealed and opened.
#pragma once

#include <openssl/evp.h>

#include <utility>

#include "base/bytes.h"
#include "crypto/algorithms.h"

namespace ciao::tls {

constexpr std::size_t kAeadNonceSize = 12;
constexpr std::size_t kMaxAeadKeySize = 32;

constexpr std::size_t aead_key_size(AeadId id) {
  switch (id) {
    case AeadId::aes_256_gcm:
    case AeadId::chacha20_poly1305:
    case AeadId::aes_256_ccm:
    case AeadId::aes_256_ccm_8: return 32;
    default: return 16;
  }
}
constexpr std::size_t aead_tag_size(AeadId id) {
  return id == AeadId::aes_128_ccm_8 || id == AeadId::aes_256_ccm_8 ? 8 : 16;
}

enum class Direction : std::uint8_t { seal, open };

// Holds one keyed libcrypto cipher context. For one direction of one connection: not shared between
// threads.
class Aead {
 public:
  Aead() = default;
  Aead(Aead&& other) noexcept : context_(std::exchange(other.context_, nullptr)), id_(other.id_) {}
  Aead& operator=(Aead&& other) noexcept {
    std::swap(context_, other.context_);
    std::swap(id_, other.id_);
    return *this;
  }
  ~Aead() { EVP_CIPHER_CTX_free(context_); }

  AeadId id() const { return id_; }
  std::size_t tag_size() const { return aead_tag_size(id_); }

  // Sets the key; the context of an earlier key of the same algorithm is used again.
  Result<void> set_key(const Algorithms& algorithms, AeadId id, Direction direction, ByteView key);

  // Seals `plaintext` followed by `trailer` (the inner content type and padding of TLS 1.3) into
  // `out`, which holds exactly both and the tag. `plaintext` may lie anywhere outside `out`.
  Result<void> seal(ByteView nonce, ByteView aad, ByteView plaintext, ByteView trailer,
                    MutableBytes out);

  // Opens `sealed` (ciphertext and tag) in place and returns the plaintext within it. A wrong tag
  // is the error decryption_failed_or_bad_record_mac with bad_record_mac; the content of `sealed`
  // is then undefined and must not be used.
  Result<MutableBytes> open(ByteView nonce, ByteView aad, MutableBytes sealed);

 private:
  bool is_ccm() const {
    return id_ == AeadId::aes_128_ccm || id_ == AeadId::aes_128_ccm_8 ||
           id_ == AeadId::aes_256_ccm || id_ == AeadId::aes_256_ccm_8;
  }
  bool seal_ccm(ByteView nonce, ByteView aad, ByteView plaintext, ByteView trailer,
                MutableBytes out);
  bool open_ccm(ByteView nonce, ByteView aad, MutableBytes ciphertext, MutableBytes tag);
  bool seal_stream(ByteView nonce, ByteView aad, ByteView plaintext, ByteView trailer,
                   MutableBytes out);
  bool open_stream(ByteView nonce, ByteView aad, MutableBytes ciphertext, MutableBytes tag);

  EVP_CIPHER_CTX* context_ = nullptr;
  AeadId id_ = AeadId::none;
};

}  // namespace ciao::tls
