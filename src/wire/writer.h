// Appends wire structures to a byte vector; vectors write their own length when their scope ends.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "wire/codepoints.h"

namespace ciao::tls {

class Writer {
 public:
  // Appends to `out`, which must outlive the Writer.
  explicit Writer(Bytes& out) : out_(out) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void u8(std::uint32_t value) { number(value, 1); }
  void u16(std::uint32_t value) { number(value, 2); }
  void u24(std::uint32_t value) { number(value, 3); }
  void u32(std::uint32_t value) { number(value, 4); }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void put(Enum value) {
    number(static_cast<std::uint32_t>(value), sizeof(Enum));
  }
  void bytes(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void zeros(std::size_t size) { out_.resize(out_.size() + size); }
  void vector8(ByteView content);
  void vector16(ByteView content);
  void vector24(ByteView content);

  std::size_t size() const { return out_.size(); }
  // False once a vector was longer than its length field can say: the bytes written are then
  // useless.
  bool ok() const { return ok_; }
  Result<void> finish() const;

  // Writes the length of what follows it when it is destroyed.
  class Scope {
   public:
    Scope(Writer& writer, std::size_t width);
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope();

   private:
    Writer& writer_;
    std::size_t at_;
    std::size_t width_;
  };
  Scope scope8() { return {*this, 1}; }
  Scope scope16() { return {*this, 2}; }
  Scope scope24() { return {*this, 3}; }

 private:
  void number(std::uint32_t value, std::size_t width);

  Bytes& out_;
  bool ok_ = true;
};

}  // namespace ciao::tls
