#include "record/record_writer.h"

#include <algorithm>

namespace ciao::tls {

Result<void> RecordWriter::seal(ContentType type, ByteView content, std::size_t padding) {
  if (content.size() > limits::kMaxPlaintext) return internal_error();
  if (!protector_.active()) {
    queue_plaintext(type, content);
    return {};
  }
  return protector_.hides_type() ? seal13(type, content, padding) : seal12(type, content);
}

Result<void> RecordWriter::seal12(ContentType type, ByteView content) {
  const std::size_t size = protector_.sealed_size(content.size());
  const MutableBytes out = buffer_.reserve(limits::kRecordHeader + size);
  put_header(type, size);
  TRY(protector_.seal(header_, content, {}, out.subspan(limits::kRecordHeader, size)));
  copy_bytes(out.data(), header_);
  buffer_.commit(limits::kRecordHeader + size);
  return {};
}

Result<void> RecordWriter::seal13(ContentType type, ByteView content, std::size_t padding) {
  // The padded inner plaintext must not be longer than a full record's.
  padding = std::min(padding, limits::kMaxPlaintext - content.size());
  const std::size_t size = protector_.sealed_size(content.size() + padding);
  const MutableBytes out = buffer_.reserve(limits::kRecordHeader + size);
  put_header(ContentType::application_data, size);
  const MutableBytes body = out.subspan(limits::kRecordHeader, size);

  const std::uint8_t inner_type = code(type);
  if (padding == 0) {
    TRY(protector_.seal(header_, content, {&inner_type, 1}, body));
  } else {
    Bytes trailer(1 + padding);
    trailer[0] = inner_type;
    TRY(protector_.seal(header_, content, trailer, body));
  }
  copy_bytes(out.data(), header_);
  buffer_.commit(limits::kRecordHeader + size);
  return {};
}

void RecordWriter::queue_plaintext(ContentType type, ByteView content) {
  put_header(type, content.size());
  buffer_.append(header_);
  buffer_.append(content);
}

void RecordWriter::put_header(ContentType type, std::size_t size) {
  header_[0] = code(type);
  header_[1] = 3;
  header_[2] = initial_version_ ? 1 : 3;
  header_[3] = static_cast<std::uint8_t>(size >> 8);
  header_[4] = static_cast<std::uint8_t>(size);
}

void RecordWriter::sent(std::size_t size) {
  buffer_.consume(size);
  buffer_.release_if_empty();
}

void RecordWriter::take_back() {
  buffer_.release();
  if (protector_.active()) protector_.step_back();
}

Result<void> RecordWriter::install(const Algorithms& algorithms, AeadId aead, ByteView key,
                                   ByteView iv) {
  return protector_.install(algorithms, aead, Direction::seal, key, iv);
}

Result<void> RecordWriter::install(const Algorithms& algorithms, const Suite& suite,
                                   const RecordKeys12& keys) {
  return protector_.install(algorithms, suite, Direction::seal, keys);
}

}  // namespace ciao::tls
