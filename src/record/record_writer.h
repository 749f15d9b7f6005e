// The sending half of the record layer: from plaintext to sealed bytes for the transport.
#pragma once

#include "base/buffer.h"
#include "record/limits.h"
#include "record/protector.h"

namespace ciao::tls {

// What has been sealed is kept until the transport takes it: plaintext is sealed once, whatever the
// transport does.
class RecordWriter {
 public:
  // Seals one record and queues it. `content` is at most kMaxPlaintext bytes and is read in place;
  // `padding` zeros are added behind the inner content type (RFC 8446 §5.4) as far as the record
  // size allows.
  Result<void> seal(ContentType type, ByteView content, std::size_t padding = 0);
  // Queues an unprotected record whatever keys are installed: change_cipher_spec, and alerts to a
  // peer without keys.
  void queue_plaintext(ContentType type, ByteView content);

  // Sealed bytes that the transport has not taken.
  ByteView output() const { return buffer_.view(); }
  void sent(std::size_t size);
  // Takes back the only queued record, of which not a byte has left: nobody has seen its
  // ciphertext, so that its sequence number can serve the record that takes its place.
  void take_back();
  // The header of the record queued last.
  ByteView last_header() const { return header_; }

  Result<void> install(const Algorithms& algorithms, AeadId aead, ByteView key, ByteView iv);
  Result<void> install(const Algorithms& algorithms, const Suite& suite, const RecordKeys12& keys);
  void remove_protection() { protector_.remove(); }
  bool encrypted() const { return protector_.active(); }
  // TLS 1.3: records do not show their content type.
  bool hides_type() const { return protector_.hides_type(); }
  std::size_t overhead() const { return limits::kRecordHeader + protector_.overhead(); }
  std::uint64_t sequence() const { return protector_.sequence(); }
  AeadId aead() const { return protector_.aead(); }
  // RFC 8446 §5.1: 0x0301 is allowed in the record of an initial ClientHello, for servers that
  // stumble over anything newer.
  void set_initial_version(bool initial) { initial_version_ = initial; }

 private:
  Result<void> seal13(ContentType type, ByteView content, std::size_t padding);
  Result<void> seal12(ContentType type, ByteView content);
  void put_header(ContentType type, std::size_t size);

  Buffer buffer_;
  Protector protector_;
  std::array<std::uint8_t, limits::kRecordHeader> header_{};
  bool initial_version_ = false;
};

}  // namespace ciao::tls
