#include "record/protector.h"

namespace ciao::tls {

Result<void> Protector::install(const Algorithms& algorithms, AeadId aead, Direction direction,
                                ByteView key, ByteView iv) {
  if (iv.size() != iv_.size()) return crypto_failure();
  TRY(aead_.set_key(algorithms, aead, direction, key));
  copy_bytes(iv_.data(), iv);
  sequence_ = 0;
  return {};
}

Result<void> Protector::seal(ByteView header, ByteView plaintext, ByteView trailer,
                             MutableBytes out) {
  // RFC 8446 §5.3: "Because the size of sequence numbers is 64-bit, they should not wrap."
  if (sequence_ == UINT64_MAX) return crypto_failure();
  TRY(aead_.seal(nonce(), header, plaintext, trailer, out));
  ++sequence_;
  return {};
}

Result<MutableBytes> Protector::open(ByteView header, MutableBytes sealed) {
  if (sequence_ == UINT64_MAX) return crypto_failure();
  const MutableBytes inner = TRY(aead_.open(nonce(), header, sealed));
  ++sequence_;
  return inner;
}

std::array<std::uint8_t, kAeadNonceSize> Protector::nonce() const {
  std::array<std::uint8_t, kAeadNonceSize> nonce = iv_;
  for (std::size_t i = 0; i < 8; ++i) {
    nonce[kAeadNonceSize - 1 - i] ^= static_cast<std::uint8_t>(sequence_ >> (8 * i));
  }
  return nonce;
}

}  // namespace ciao::tls
