#include "record/record_reader.h"

#include <algorithm>
#include <string_view>

namespace ciao::tls {
namespace {

ContentType content_type(std::uint8_t value) { return static_cast<ContentType>(value); }

constexpr Error unexpected(Reason reason) { return {reason, AlertDescription::unexpected_message}; }

// What a browser or proxy that speaks plain HTTP to a TLS port sends first.
Reason reason_for_foreign_bytes(ByteView header) {
  const std::string_view text = as_text(header);
  for (const std::string_view method : {"GET ", "POST ", "HEAD ", "PUT "}) {
    if (text.starts_with(method)) return Reason::http_request;
  }
  return text == "CONNE" ? Reason::https_proxy_request : Reason::wrong_version_number;
}

}  // namespace

void RecordReader::set_read_ahead(std::size_t size) {
  constexpr std::size_t kRecord = limits::kRecordHeader + limits::kMaxCiphertext13;
  read_ahead_ =
      size == 0 ? 0 : static_cast<std::uint32_t>(std::clamp(size, kRecord, limits::kMaxReadAhead));
}

MutableBytes RecordReader::space() {
  if (read_ahead_ != 0) return buffer_.reserve(read_ahead_).first(read_ahead_);
  if (fills_header()) return MutableBytes(header_).subspan(header_size_);
  return buffer_.reserve(needed()).first(needed());
}

void RecordReader::received(std::size_t size) {
  if (fills_header()) {
    header_size_ = static_cast<std::uint8_t>(header_size_ + size);
  } else {
    buffer_.commit(size);
  }
}

Result<std::optional<Record>> RecordReader::open() {
  if (needed() != 0) {
    // A wrong length is refused before memory is taken for it.
    if (header_size_ == limits::kRecordHeader) TRY(check_header());
    return std::nullopt;
  }
  if (awaits_header_bytes()) {
    const std::size_t missing = limits::kRecordHeader - header_size_;
    copy_bytes(header_.data() + header_size_, buffer_.view().first(missing));
    buffer_.consume(missing);
    header_size_ = limits::kRecordHeader;
  }
  TRY(check_header());
  if (needed() != 0) return std::nullopt;
  const MutableBytes body = buffer_.bytes().first(body_size());
  held_ = static_cast<std::uint16_t>(body_size());
  header_size_ = 0;
  header_checked_ = false;
  Result<std::optional<Record>> record =
      protector_.active() ? open_protected(body) : open_plaintext(body);
  bool lent = false;
  if (record) {
    const std::optional<Record>& opened = *record;
    lent = opened && opened->content.size() <= max_plaintext_;
    if (opened && !lent) {
      record = Error{Reason::data_length_too_long, AlertDescription::record_overflow};
    }
  }
  // libcrypto decrypts before it compares: whoever spoils a tag on the way must not make us leave
  // behind what was under it.
  if (!record && protector_.active()) wipe(body);
  if (!lent) release();
  return record;
}

void RecordReader::release() {
  buffer_.consume(held_);
  held_ = 0;
  buffer_.release_if_empty();
}

Result<void> RecordReader::check_header() {
  if (header_checked_) return {};
  if (header_[1] != 3) {
    if (first_record_) return silent_error(reason_for_foreign_bytes(header_));
    return Error{Reason::wrong_version_number, AlertDescription::protocol_version};
  }
  // RFC 5246 §6.2.1: "{ 3, 3 }", which RFC 8446 §5.1 leaves open only before the version is known.
  if (tls12_ && header_[2] != 3) {
    return Error{Reason::wrong_version_number, AlertDescription::protocol_version};
  }
  if (protector_.active()) {
    TRY(check_protected_header());
  } else if (body_size() > (skip_budget_ ? limits::kMaxCiphertext13 : limits::kMaxPlaintext)) {
    return Error{Reason::data_length_too_long, AlertDescription::record_overflow};
  }
  header_checked_ = true;
  first_record_ = false;
  return {};
}

Result<void> RecordReader::check_protected_header() const {
  const ContentType type = content_type(header_[0]);
  if (!protector_.hides_type()) {
    if (type < ContentType::change_cipher_spec || type > ContentType::application_data) {
      return unexpected(Reason::bad_record_type);
    }
    if (body_size() > limits::kMaxCiphertext12) {
      return Error{Reason::encrypted_length_too_long, AlertDescription::record_overflow};
    }
    return {};
  }
  const bool plain_ccs = type == ContentType::change_cipher_spec && ccs_allowed_;
  const bool plain_alert = type == ContentType::alert && plain_alerts_allowed_;
  if (type != ContentType::application_data && !plain_ccs && !plain_alert) {
    return unexpected(Reason::bad_record_type);
  }
  // RFC 8446 §5.2: "legacy_record_version: MUST be 0x0303"
  if (header_[2] != 3) return Error{Reason::wrong_version_number, AlertDescription::decode_error};
  if (body_size() > limits::kMaxCiphertext13) {
    return Error{Reason::encrypted_length_too_long, AlertDescription::record_overflow};
  }
  return {};
}

Result<void> RecordReader::set_tls12() {
  if (ccs_dropped_) return unexpected(Reason::unexpected_ccs_message);
  ccs_allowed_ = false;
  tls12_ = true;
  return {};
}

Result<std::optional<Record>> RecordReader::open_plaintext(MutableBytes body) {
  const ContentType type = content_type(header_[0]);
  switch (type) {
    case ContentType::handshake:
      // RFC 8446 §5.1: "Implementations MUST NOT send zero-length fragments of Handshake types"
      if (body.empty()) return unexpected(Reason::bad_length);
      // The second ClientHello has begun: all early data was sent before it.
      skip_budget_.reset();
      return Record{type, body};
    case ContentType::alert: return Record{type, body};
    case ContentType::change_cipher_spec:
      if (tls12_) return Record{type, body};
      if (ccs_allowed_) return drop_change_cipher_spec(body);
      return unexpected(Reason::unexpected_message);
    case ContentType::application_data:
      // After a HelloRetryRequest the client's early data is still under way.
      if (TRY(skips_early_data(body.size()))) return std::nullopt;
      return unexpected(Reason::unexpected_message);
    default: return unexpected(Reason::bad_record_type);
  }
}

Result<std::optional<Record>> RecordReader::open_protected(MutableBytes body) {
  if (!protector_.hides_type()) return open_protected12(body);
  const ContentType outer = content_type(header_[0]);
  if (outer == ContentType::change_cipher_spec) return drop_change_cipher_spec(body);
  if (outer == ContentType::alert) return Record{outer, body};

  Result<MutableBytes> opened = protector_.open(header_, body);
  if (!opened) {
    if (TRY(skips_early_data(body.size()))) return std::nullopt;
    return opened.error();
  }
  skip_budget_.reset();
  plain_alerts_allowed_ = false;
  MutableBytes inner = *opened;
  if (inner.size() > limits::kMaxPlaintext + 1) {
    // Padding counts: the inner plaintext as a whole is limited.
    return Error{Reason::data_length_too_long, AlertDescription::record_overflow};
  }
  // struct { opaque content[TLSPlaintext.length]; ContentType type; uint8 zeros[length_of_padding];
  // } TLSInnerPlaintext
  std::size_t size = inner.size();
  while (size > 0 && inner[size - 1] == 0) --size;
  if (size == 0) return unexpected(Reason::bad_record_type);
  const ContentType type = content_type(inner[size - 1]);
  const MutableBytes content = inner.first(size - 1);
  switch (type) {
    case ContentType::application_data: TRY(count_empty(content.empty())); break;
    case ContentType::handshake:
    case ContentType::alert:
      // RFC 8446 §5.4: handshake and alert records of zero-length content are refused
      if (content.empty()) return unexpected(Reason::bad_length);
      break;
    default: return unexpected(Reason::bad_record_type);
  }
  return Record{type, content};
}

Result<std::optional<Record>> RecordReader::open_protected12(MutableBytes body) {
  const ContentType type = content_type(header_[0]);
  const MutableBytes content = TRY(protector_.open(header_, body));
  if (content.size() > limits::kMaxPlaintext) {
    return Error{Reason::data_length_too_long, AlertDescription::record_overflow};
  }
  // RFC 5246 §6.2.1: "Implementations MUST NOT send zero-length fragments of Handshake, Alert, or
  // ChangeCipherSpec content types."
  if (content.empty() && type != ContentType::application_data) {
    return unexpected(type == ContentType::alert ? Reason::invalid_alert : Reason::bad_length);
  }
  if (type == ContentType::application_data) TRY(count_empty(content.empty()));
  return Record{type, content};
}

Result<std::optional<Record>> RecordReader::drop_change_cipher_spec(ByteView body) {
  // RFC 8446 §5: "a change_cipher_spec record consisting of the single byte value 0x01 ... MUST
  // simply drop it"
  if (body.size() != 1 || body[0] != 1) {
    return Error{Reason::invalid_ccs_message, AlertDescription::unexpected_message};
  }
  ccs_dropped_ = true;
  if (++empty_records_ > limits::kMaxEmptyRecords)
    return unexpected(Reason::unexpected_ccs_message);
  return std::nullopt;
}

// Only data ends a run of empty records, or new keys, of which there are few without data
// (kMaxKeyUpdates): other messages cost the peer next to nothing.
Result<void> RecordReader::count_empty(bool empty) {
  if (!empty) {
    empty_records_ = 0;
  } else if (++empty_records_ > limits::kMaxEmptyRecords) {
    return unexpected(Reason::record_too_small);
  }
  return {};
}

Result<bool> RecordReader::skips_early_data(std::size_t size) {
  if (!skip_budget_) return false;
  // One without content takes nothing of what may be skipped.
  if (size == 0) TRY(count_empty(true));
  if (size > *skip_budget_) return unexpected(Reason::too_much_early_data);
  *skip_budget_ -= static_cast<std::uint32_t>(size);
  return true;
}

Result<void> RecordReader::install(const Algorithms& algorithms, AeadId aead, ByteView key,
                                   ByteView iv) {
  // A header that is already here was checked by the rules of the old epoch.
  header_checked_ = false;
  empty_records_ = 0;
  return protector_.install(algorithms, aead, Direction::open, key, iv);
}

Result<void> RecordReader::install(const Algorithms& algorithms, const Suite& suite,
                                   const RecordKeys12& keys) {
  header_checked_ = false;
  empty_records_ = 0;
  return protector_.install(algorithms, suite, Direction::open, keys);
}

}  // namespace ciao::tls
