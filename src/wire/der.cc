#include "wire/der.h"

#include <limits>

namespace ciao::tls {

Result<ByteView> DerReader::element(std::uint8_t tag) {
  if (bytes_.size() < 2 || bytes_[0] != tag) return der::malformed();
  std::size_t header = 2;
  std::size_t length = bytes_[1];
  if (length >= 0x80) {
    // X.690 §10.1: "The definite form of length encoding shall be used, encoded in the minimum
    // number of octets." Four of them say more than memory holds.
    const std::size_t octets = length & 0x7f;
    if (octets == 0 || octets > 4 || bytes_.size() < header + octets) return der::malformed();
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) length = length << 8 | bytes_[header + i];
    if (length < 0x80 || length >> (8 * (octets - 1)) == 0) return der::malformed();
    header += octets;
  }
  if (length > bytes_.size() - header) return der::malformed();
  const ByteView content = bytes_.subspan(header, length);
  bytes_ = bytes_.subspan(header + length);
  return content;
}

Result<std::optional<ByteView>> DerReader::optional_element(std::uint8_t tag) {
  if (bytes_.empty() || bytes_[0] != tag) return std::optional<ByteView>();
  return std::optional<ByteView>(TRY(element(tag)));
}

Result<std::int64_t> DerReader::integer() {
  const ByteView content = TRY(element(der::kInteger));
  if (content.empty() || content.size() > sizeof(std::int64_t)) return der::malformed();
  // X.690 §8.3.2: the first nine bits shall not all be equal.
  if (content.size() > 1 &&
      ((content[0] == 0x00 && content[1] < 0x80) || (content[0] == 0xff && content[1] >= 0x80))) {
    return der::malformed();
  }
  std::uint64_t value = content[0] >= 0x80 ? std::numeric_limits<std::uint64_t>::max() : 0;
  for (const std::uint8_t octet : content) value = value << 8 | octet;
  return static_cast<std::int64_t>(value);
}

Result<std::uint64_t> DerReader::unsigned_integer() {
  // A value with the top bit set is nine octets long.
  if (bytes_.size() >= 3 && bytes_[0] == der::kInteger && bytes_[1] == 9 && bytes_[2] == 0) {
    const ByteView content = TRY(element(der::kInteger));
    if (content[1] < 0x80) return der::malformed();
    std::uint64_t value = 0;
    for (const std::uint8_t octet : content.subspan(1)) value = value << 8 | octet;
    return value;
  }
  const std::int64_t value = TRY(integer());
  if (value < 0) return der::malformed();
  return static_cast<std::uint64_t>(value);
}

Result<void> DerReader::finish() const {
  if (!bytes_.empty()) return der::malformed();
  return {};
}

void DerWriter::element(std::uint8_t tag, ByteView content) {
  out_.push_back(tag);
  const std::size_t length = content.size();
  if (length < 0x80) {
    out_.push_back(static_cast<std::uint8_t>(length));
  } else {
    std::size_t octets = 1;
    while (octets < sizeof length && length >> (8 * octets) != 0) ++octets;
    out_.push_back(static_cast<std::uint8_t>(0x80 | octets));
    for (std::size_t i = octets; i > 0; --i) {
      out_.push_back(static_cast<std::uint8_t>(length >> (8 * (i - 1))));
    }
  }
  out_.insert(out_.end(), content.begin(), content.end());
}

void DerWriter::integer(std::int64_t value) {
  big_endian(static_cast<std::uint64_t>(value), value < 0);
}

void DerWriter::unsigned_integer(std::uint64_t value) { big_endian(value, false); }

void DerWriter::big_endian(std::uint64_t value, bool negative) {
  std::uint8_t content[9];
  const std::uint8_t filler = negative ? 0xff : 0x00;
  content[0] = filler;
  for (unsigned i = 0; i < 8; ++i)
    content[1 + i] = static_cast<std::uint8_t>(value >> (8 * (7 - i)));
  std::size_t first = 0;
  while (first < 8 && content[first] == filler && ((content[first + 1] ^ filler) & 0x80) == 0) {
    ++first;
  }
  element(der::kInteger, ByteView(content).subspan(first));
}

}  // namespace ciao::tls
