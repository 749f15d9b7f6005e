#include "connection/message_reader.h"

#include "messages/next_protocol.h"
#include "record/limits.h"

namespace ciao::tls {
namespace {

std::size_t max_body(HandshakeType type, std::size_t max_certificate_list) {
  switch (type) {
    case HandshakeType::client_hello: return limits::kMaxClientHello;
    case HandshakeType::server_hello: return limits::kMaxServerHello;
    case HandshakeType::encrypted_extensions: return limits::kMaxEncryptedExtensions;
    case HandshakeType::certificate: return max_certificate_list;
    case HandshakeType::certificate_request: return limits::kMaxCertificateRequest;
    case HandshakeType::certificate_verify: return limits::kMaxCertificateVerify;
    case HandshakeType::certificate_status: return limits::kMaxPlaintext;
    case HandshakeType::server_key_exchange: return limits::kMaxServerKeyExchange;
    case HandshakeType::client_key_exchange: return limits::kMaxClientKeyExchange;
    case HandshakeType::finished: return limits::kMaxFinished;
    case HandshakeType::new_session_ticket: return limits::kMaxNewSessionTicket;
    case HandshakeType::next_proto: return NextProtocol::kMaxSize;
    case HandshakeType::key_update: return limits::kMaxKeyUpdate;
    // Refused when it is complete: what is empty by definition (HelloRequest, ServerHelloDone,
    // EndOfEarlyData) is malformed with a body, and what else there is no state expects.
    default: return limits::kMaxPlaintext;
  }
}

}  // namespace

Result<bool> MessageReader::next(HandshakeMessage& message, std::size_t max_certificate_list) {
  release();
  Reader reader(buffer_.view());
  if (reader.remaining() < kHandshakeHeaderSize) return false;
  const HandshakeType type = static_cast<HandshakeType>(TRY(reader.u8()));
  const std::size_t size = TRY(reader.u24());
  if (size > max_body(type, max_certificate_list)) {
    return Error{Reason::excessive_message_size, AlertDescription::illegal_parameter};
  }
  if (reader.remaining() < size) return false;
  message.type = type;
  message.body = TRY(reader.bytes(size));
  message.raw = buffer_.view().first(kHandshakeHeaderSize + size);
  held_ = static_cast<std::uint32_t>(message.raw.size());
  return true;
}

std::optional<HandshakeType> MessageReader::next_type() const {
  const ByteView next = buffer_.view().subspan(held_);
  if (next.size() < kHandshakeHeaderSize) return std::nullopt;
  return static_cast<HandshakeType>(next[0]);
}

void MessageReader::release() {
  buffer_.consume(held_);
  held_ = 0;
  buffer_.release_if_empty();
}

}  // namespace ciao::tls
