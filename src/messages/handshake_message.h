// The frame of every handshake message (RFC 8446 §4).
#pragma once

#include "base/bytes.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ciao::tls {

//  struct {
//      HandshakeType msg_type;    /* handshake type */
//      uint24 length;             /* remaining bytes in message */
//      select (Handshake.msg_type) ...
//  } Handshake;
constexpr std::size_t kHandshakeHeaderSize = 4;

// A received message. The views live until the next one is asked for.
struct HandshakeMessage {
  HandshakeType type{};
  ByteView body;
  ByteView raw;  // with the header: what the transcript hashes
};

// Builds a message; finish() writes the length into its header.
class MessageBuilder {
 public:
  MessageBuilder(Bytes& out, HandshakeType type) : start_(out.size()), out_(out), writer_(out) {
    writer_.put(type);
    writer_.zeros(3);
  }
  Writer& body() { return writer_; }
  // Completes the message and returns it.
  Result<ByteView> finish() {
    TRY(writer_.finish());
    const std::size_t size = out_.size() - start_ - kHandshakeHeaderSize;
    if (size >= std::size_t{1} << 24) return internal_error();
    out_[start_ + 1] = static_cast<std::uint8_t>(size >> 16);
    out_[start_ + 2] = static_cast<std::uint8_t>(size >> 8);
    out_[start_ + 3] = static_cast<std::uint8_t>(size);
    return ByteView(out_).subspan(start_);
  }

 private:
  std::size_t start_;
  Bytes& out_;
  Writer writer_;
};

}  // namespace ciao::tls
