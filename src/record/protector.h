// Record protection of one direction and one epoch (RFC 8446 §5.2, §5.3).
#pragma once

#include <array>

#include "crypto/aead.h"
#include "wire/codepoints.h"

namespace ciao::tls {

// Without a key, records travel as they are.
class Protector {
 public:
  bool active() const { return aead_.id() != AeadId::none; }
  // Bytes that protection adds to a record's plaintext, the inner content type included.
  std::size_t overhead() const { return active() ? 1 + aead_.tag_size() : 0; }
  std::size_t tag_size() const { return aead_.tag_size(); }
  AeadId aead() const { return aead_.id(); }
  // Records protected with the current key.
  std::uint64_t sequence() const { return sequence_; }

  // New keys start a new sequence. `key` and `iv` have the sizes of the AEAD.
  Result<void> install(const Algorithms& algorithms, AeadId aead, Direction direction, ByteView key,
                       ByteView iv);

  // The record sealed last was destroyed unseen; see RecordWriter::take_back.
  void step_back() { --sequence_; }

  // `out` holds exactly plaintext, trailer and tag. `header` is the record header as it will be
  // sent.
  Result<void> seal(ByteView header, ByteView plaintext, ByteView trailer, MutableBytes out);
  // In place; the inner plaintext with its content type and padding.
  Result<MutableBytes> open(ByteView header, MutableBytes sealed);

 private:
  // "The per-record nonce for the AEAD construction": the sequence number, padded and XORed with
  // the IV.
  std::array<std::uint8_t, kAeadNonceSize> nonce() const;

  Aead aead_;
  std::array<std::uint8_t, kAeadNonceSize> iv_{};
  std::uint64_t sequence_ = 0;
};

}  // namespace ciao::tls
