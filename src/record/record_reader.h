// The receiving half of the record layer: from transport bytes to opened records.
#pragma once

#include <array>
#include <optional>

#include "base/buffer.h"
#include "record/limits.h"
#include "record/protector.h"

namespace ciao::tls {

struct Record {
  ContentType type{};
  MutableBytes content;  // inside the reader, until release()
};

// Records are opened where they were received. Nothing is allocated until a header has arrived.
class RecordReader {
 public:
  // --- filling ---
  // Bytes that must still arrive before open() can make progress.
  std::size_t needed() const {
    const std::size_t here = buffer_.size() - held_;
    const std::size_t wanted =
        awaits_header_bytes() ? limits::kRecordHeader - header_size_ : body_size();
    return wanted > here ? wanted - here : 0;
  }
  // The next record has not even a header: open() has nothing to do.
  bool awaits_header() const { return awaits_header_bytes() && needed() != 0; }
  // Where to put received bytes: never more than needed(), unless reading ahead. Valid until the
  // next call.
  MutableBytes space();
  void received(std::size_t size);
  // How much to ask for at a time, in bytes; 0: nothing beyond the record under work. No less than
  // the longest record, and no more than one allocation is good for.
  void set_read_ahead(std::size_t size);
  std::size_t read_ahead() const { return read_ahead_; }
  // True when part of a record is here, or (reading ahead) anything behind the current one.
  bool holds_input() const { return header_size_ != 0 || buffer_.size() > held_; }

  // --- opening ---
  // The next record, or nothing while needed() is not 0 (or a record was to be dropped). The
  // previous record must have been released.
  Result<std::optional<Record>> open();
  // The record returned last is done with.
  void release();
  ByteView header() const { return header_; }

  // --- keys ---
  Result<void> install(const Algorithms& algorithms, AeadId aead, ByteView key, ByteView iv);
  Result<void> install(const Algorithms& algorithms, const Suite& suite, const RecordKeys12& keys);
  bool encrypted() const { return protector_.active(); }
  // TLS 1.3: records do not show their content type.
  bool hides_type() const { return protector_.hides_type(); }

  // --- rules that depend on the handshake ---
  // From the first ClientHello to the peer's Finished a change_cipher_spec record may appear and is
  // dropped (RFC 8446 §5).
  void set_ccs_allowed(bool on) { ccs_allowed_ = on; }
  // TLS 1.2 was negotiated: change_cipher_spec is a message of its own again. An error when one was
  // dropped before: it had no business there.
  Result<void> set_tls12();
  // Until the first record of the peer's that opened: an alert may come unprotected, as the peer
  // may fail before it has keys.
  void set_plain_alerts_allowed(bool on) { plain_alerts_allowed_ = on; }
  // RFC 6066 §4: what was negotiated, or limits::kMaxPlaintext.
  void set_max_plaintext(std::size_t size) { max_plaintext_ = static_cast<std::uint16_t>(size); }
  // Refused early data: records that do not open are dropped, up to `budget` bytes (RFC 8446
  // §4.2.10).
  void skip_early_data(std::uint32_t budget) { skip_budget_ = budget; }

 private:
  Result<void> check_header();
  Result<std::optional<Record>> open_plaintext(MutableBytes body);
  Result<void> check_protected_header() const;
  Result<std::optional<Record>> open_protected(MutableBytes body);
  Result<std::optional<Record>> open_protected12(MutableBytes body);
  Result<std::optional<Record>> drop_change_cipher_spec(ByteView body);
  Result<void> count_empty(bool empty);
  Result<bool> skips_early_data(std::size_t size);
  bool awaits_header_bytes() const { return header_size_ < limits::kRecordHeader; }
  // Whether the next bytes go straight into header_: not behind others that were read ahead, also
  // when reading ahead has been switched off since.
  bool fills_header() const {
    return read_ahead_ == 0 && awaits_header_bytes() && buffer_.size() == held_;
  }
  std::size_t body_size() const { return static_cast<std::size_t>(header_[3] << 8 | header_[4]); }

  Buffer buffer_;
  Protector protector_;
  std::array<std::uint8_t, limits::kRecordHeader> header_{};
  std::uint8_t header_size_ = 0;    // bytes of header_ that have arrived
  std::uint8_t empty_records_ = 0;  // in a row
  std::uint16_t held_ = 0;          // bytes of buffer_ that belong to the record returned last
  std::uint16_t max_plaintext_ = limits::kMaxPlaintext;
  std::uint32_t read_ahead_ = 0;
  std::optional<std::uint32_t> skip_budget_;  // while refused early data may come
  bool header_checked_ = false;
  bool first_record_ = true;
  bool ccs_allowed_ = false;
  bool ccs_dropped_ = false;
  bool tls12_ = false;
  bool plain_alerts_allowed_ = true;
};

}  // namespace ciao::tls
