// Puts handshake messages together from the records that carry them (RFC 8446 §5.1).
#pragma once

#include <optional>

#include "base/buffer.h"
#include "messages/handshake_message.h"

namespace ciao::tls {

// Memory grows with the bytes that arrived, never with the length that a header announces.
class MessageReader {
 public:
  // The content of a handshake record.
  void append(ByteView content) { buffer_.append(content); }
  // The next complete message, or false while it is not all here. The one returned before is
  // dropped first. A message longer than its kind may be is refused as soon as its header is here.
  Result<bool> next(HandshakeMessage& message, std::size_t max_certificate_list);
  // The kind of the message behind the one returned last, as soon as its header is here.
  std::optional<HandshakeType> next_type() const;
  // The message returned last is done with.
  void release();
  // Not even the message returned last: next() has nothing to do.
  bool empty() const { return buffer_.empty(); }
  // Bytes behind the message returned last.
  bool holds_input() const { return buffer_.size() > held_; }

 private:
  Buffer buffer_;
  std::uint32_t held_ = 0;
};

}  // namespace ciao::tls
