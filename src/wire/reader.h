// A cursor over received bytes that fails closed: a read past the end is an error, never a short
// value.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "wire/codepoints.h"

namespace ciao::tls {

// Does not own the bytes. Every view that it returns lies inside them. The Reason is the word for a
// malformed structure; readers made from this one (the body of a vector) inherit it.
class Reader {
 public:
  Reader() = default;
  explicit Reader(ByteView bytes, Reason malformed = Reason::length_mismatch)
      : bytes_(bytes), malformed_(malformed) {}

  bool empty() const { return bytes_.empty(); }
  std::size_t remaining() const { return bytes_.size(); }
  ByteView rest() const { return bytes_; }
  Error malformed() const { return {malformed_, AlertDescription::decode_error}; }

  Result<std::uint8_t> u8() { return static_cast<std::uint8_t>(TRY(number(1))); }
  Result<std::uint16_t> u16() { return static_cast<std::uint16_t>(TRY(number(2))); }
  Result<std::uint32_t> u24() { return TRY(number(3)); }
  Result<std::uint32_t> u32() { return TRY(number(4)); }
  Result<ByteView> bytes(std::size_t size) {
    if (size > bytes_.size()) return malformed();
    const ByteView taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  // opaque<0..2^8-1>, <0..2^16-1>, <0..2^24-1>
  Result<ByteView> vector8() { return bytes(TRY(u8())); }
  Result<ByteView> vector16() { return bytes(TRY(u16())); }
  Result<ByteView> vector24() { return bytes(TRY(u24())); }
  // The same as a reader over the vector's content.
  Result<Reader> reader8() { return Reader(TRY(vector8()), malformed_); }
  Result<Reader> reader16() { return Reader(TRY(vector16()), malformed_); }
  Result<Reader> reader24() { return Reader(TRY(vector24()), malformed_); }

  // Call when a structure is complete: bytes left over are as malformed as bytes missing.
  Result<void> finish() const {
    if (!bytes_.empty()) return malformed();
    return {};
  }

 private:
  Result<std::uint32_t> number(std::size_t size) {
    if (size > bytes_.size()) return malformed();
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes_[i];
    bytes_ = bytes_.subspan(size);
    return value;
  }

  ByteView bytes_;
  Reason malformed_ = Reason::length_mismatch;
};

}  // namespace ciao::tls
