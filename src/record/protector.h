// Record protection of one direction and one epoch (RFC 8446 §5.2, §5.3; RFC 5246 §6.2.3).
#pragma once

#include <array>
#include <memory>

#include "crypto/aead.h"
#include "crypto/suites.h"
#include "record/cbc_protection.h"
#include "wire/codepoints.h"

namespace ciao::tls {

// One direction's part of a TLS 1.2 key block (RFC 5246 §6.3). Views: read while install() runs.
struct RecordKeys12 {
  ByteView mac_key;
  ByteView key;
  ByteView iv;
  bool encrypt_then_mac = false;
};

// Without a key, records travel as they are.
class Protector {
 public:
  bool active() const { return form_ != Form::none; }
  // TLS 1.3 hides the content type and the padding inside.
  bool hides_type() const { return form_ == Form::tls13; }
  // Bytes of a protected record's fragment for this much plaintext; the inner content type counts
  // as overhead, padding as plaintext.
  std::size_t sealed_size(std::size_t plaintext) const;
  // The most that protection adds to a record, its header not included.
  std::size_t overhead() const;
  std::size_t tag_size() const { return aead_.tag_size(); }
  AeadId aead() const { return aead_.id(); }
  // Records protected with the current key.
  std::uint64_t sequence() const { return sequence_; }

  // New keys start a new sequence. TLS 1.3: `key` and `iv` have the sizes of the AEAD.
  Result<void> install(const Algorithms& algorithms, AeadId aead, Direction direction, ByteView key,
                       ByteView iv);
  // TLS 1.2: the keys have the sizes that keys/key_block12 gives them for this suite.
  Result<void> install(const Algorithms& algorithms, const Suite& suite, Direction direction,
                       const RecordKeys12& keys);

  // Records travel as they are again (RFC 8446 §4.1.2: the ClientHello behind early data that a
  // HelloRetryRequest refused).
  void remove() {
    aead_ = Aead();
    iv_ = {};
    form_ = Form::none;
    sequence_ = 0;
  }

  // The record sealed last was destroyed unseen; see RecordWriter::take_back.
  void step_back() { --sequence_; }

  // `out` holds exactly sealed_size() bytes. `header` is the record header as it will be sent.
  // `trailer` (the inner content type and padding) is empty in TLS 1.2.
  Result<void> seal(ByteView header, ByteView plaintext, ByteView trailer, MutableBytes out);
  // In place. TLS 1.3: the inner plaintext with its content type and padding.
  Result<MutableBytes> open(ByteView header, MutableBytes sealed);

 private:
  // How nonce, additional data and fragment are made up.
  enum class Form : std::uint8_t {
    none,
    tls13,
    explicit_nonce,  // TLS 1.2 with GCM (RFC 5288) or CCM (RFC 6655): salt and 8 bytes in the
                     // record
    implicit_nonce,  // TLS 1.2 with ChaCha20-Poly1305 (RFC 7905)
    cbc,
  };
  using Nonce = std::array<std::uint8_t, kAeadNonceSize>;

  // "The per-record nonce for the AEAD construction": the sequence number, padded and XORed with
  // the IV.
  Nonce nonce() const;
  Nonce nonce_with(ByteView explicit_part) const;
  MacHeader mac_header(ByteView header, std::size_t size) const;
  Result<void> seal12(ByteView header, ByteView plaintext, MutableBytes out);
  Result<MutableBytes> open12(ByteView header, MutableBytes sealed);

  Aead aead_;
  std::unique_ptr<CbcProtection> cbc_;
  Nonce iv_{};
  Form form_ = Form::none;
  std::uint64_t sequence_ = 0;
};

}  // namespace ciao::tls
