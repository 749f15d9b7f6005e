// As much of DER (X.690 §10) as OpenSSL's SSL_SESSION structure needs.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/codepoints.h"

namespace ciao::tls {

namespace der {
constexpr std::uint8_t kInteger = 0x02;
constexpr std::uint8_t kOctetString = 0x04;
constexpr std::uint8_t kSequence = 0x30;
// A field's own context-specific tags; only the short form, numbers up to 30.
constexpr std::uint8_t explicit_tag(unsigned number) {
  return static_cast<std::uint8_t>(0xa0 | number);
}
constexpr std::uint8_t implicit_tag(unsigned number) {
  return static_cast<std::uint8_t>(0x80 | number);
}
constexpr Error malformed() { return {Reason::asn1_lib, AlertDescription::internal_error}; }
}  // namespace der

// A cursor over DER elements that fails closed. Does not own the bytes; every view lies inside
// them.
class DerReader {
 public:
  explicit DerReader(ByteView bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  std::size_t remaining() const { return bytes_.size(); }
  // The content of the next element, which must have this tag.
  Result<ByteView> element(std::uint8_t tag);
  // The same, or nothing if the next element has another tag or there is none.
  Result<std::optional<ByteView>> optional_element(std::uint8_t tag);
  Result<std::int64_t> integer();
  // Refuses negative values.
  Result<std::uint64_t> unsigned_integer();
  Result<ByteView> octet_string() { return element(der::kOctetString); }
  Result<void> finish() const;

 private:
  ByteView bytes_;
};

// Appends DER elements to a byte vector.
class DerWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit DerWriter(Bytes& out) : out_(out) {}

  void element(std::uint8_t tag, ByteView content);
  void integer(std::int64_t value);
  void unsigned_integer(std::uint64_t value);
  void octet_string(ByteView content) { element(der::kOctetString, content); }

 private:
  void big_endian(std::uint64_t value, bool negative);

  Bytes& out_;
};

}  // namespace ciao::tls
