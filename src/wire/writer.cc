#include "wire/writer.h"

namespace ciao::tls {

void Writer::vector8(ByteView content) {
  const Scope scope = scope8();
  bytes(content);
}

void Writer::vector16(ByteView content) {
  const Scope scope = scope16();
  bytes(content);
}

void Writer::vector24(ByteView content) {
  const Scope scope = scope24();
  bytes(content);
}

Result<void> Writer::finish() const {
  if (!ok_) return internal_error();
  return {};
}

void Writer::number(std::uint32_t value, std::size_t width) {
  for (std::size_t i = width; i > 0; --i) {
    out_.push_back(static_cast<std::uint8_t>(value >> (8 * (i - 1))));
  }
}

Writer::Scope::Scope(Writer& writer, std::size_t width)
    : writer_(writer), at_(writer.out_.size()), width_(width) {
  writer_.zeros(width);
}

Writer::Scope::~Scope() {
  std::size_t length = writer_.out_.size() - at_ - width_;
  if (length >= std::size_t{1} << (8 * width_)) writer_.ok_ = false;
  for (std::size_t i = width_; i > 0; --i) {
    writer_.out_[at_ + i - 1] = static_cast<std::uint8_t>(length);
    length >>= 8;
  }
}

}  // namespace ciao::tls
