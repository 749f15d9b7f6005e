// Key material that is wiped when it goes away.
#pragma once

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace ciao::tls {

// At most N bytes, held in place. Copying is allowed (a snapshot of a secret is a secret); every
// copy wipes itself.
template <std::size_t N>
class Secret {
  static_assert(N <= 255);

 public:
  Secret() = default;
  explicit Secret(ByteView bytes) { assign(bytes); }
  Secret(const Secret& other) { assign(other.view()); }
  Secret(Secret&& other) noexcept {
    assign(other.view());
    other.clear();
  }
  Secret& operator=(const Secret& other) {
    if (this != &other) assign(other.view());
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      assign(other.view());
      other.clear();
    }
    return *this;
  }
  ~Secret() { clear(); }

  ByteView view() const { return {bytes_.data(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Makes the secret `size` bytes long and returns them to be filled in; `size` is at most N.
  MutableBytes resize(std::size_t size) {
    size_ = static_cast<std::uint8_t>(std::min(size, N));
    return {bytes_.data(), size_};
  }
  void assign(ByteView bytes) {
    MutableBytes to = resize(bytes.size());
    copy_bytes(to.data(), bytes.first(to.size()));
  }
  void clear() {
    wipe(bytes_.data(), N);
    size_ = 0;
  }

 private:
  std::array<std::uint8_t, N> bytes_{};
  std::uint8_t size_ = 0;
};

// The length of the longest hash that a TLS suite uses (SHA-512 is the longest that a PSK may
// name).
constexpr std::size_t kMaxHashSize = 64;
using HashSecret = Secret<kMaxHashSize>;

// A secret of any length: Diffie-Hellman results, passwords.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  SecretBytes(SecretBytes&&) noexcept = default;
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    wipe(MutableBytes(bytes_));
    bytes_ = std::move(other.bytes_);
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(MutableBytes(bytes_)); }

  explicit SecretBytes(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  SecretBytes clone() const { return SecretBytes(view()); }

  ByteView view() const { return bytes_; }
  MutableBytes bytes() { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  // Only ever shorter: growing would leave a copy behind in freed memory.
  void shrink(std::size_t size) {
    const std::size_t kept = std::min(size, bytes_.size());
    wipe(MutableBytes(bytes_).subspan(kept));
    bytes_.resize(kept);
  }

 private:
  Bytes bytes_;
};

}  // namespace ciao::tls
