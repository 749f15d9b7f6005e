#include "record/protector.h"

#include <bit>
#include <cstring>

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
  constexpr std::size_t kPadding = kAeadNonceSize - sizeof sequence_;
  std::array<std::uint8_t, kAeadNonceSize> nonce = iv_;
  std::uint64_t part = 0;
  std::memcpy(&part, nonce.data() + kPadding, sizeof part);
  part ^= std::endian::native == std::endian::little ? std::byteswap(sequence_) : sequence_;
  std::memcpy(nonce.data() + kPadding, &part, sizeof part);
  return nonce;
}

}  // namespace ciao::tls
