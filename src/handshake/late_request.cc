#include "handshake/late_request.h"

#include "crypto/random.h"

namespace ciao::tls {

Result<void> LateRequest::send() {
  // RFC 8446 §4.3.2: "The context string MUST be unique within the scope of this connection": a
  // client must not know it before.
  constexpr std::size_t kContextSize = 32;
  request_context_.resize(kContextSize);
  TRY(random_bytes(context_.algorithms, request_context_));
  return send_certificate_request(context_, request_context_);
}

Result<void> LateRequest::begin_answer(const HandshakeMessage& message) {
  context_.writing = false;
  if (TRY(read_client_certificate(context_, message, request_context_))) {
    state_ = State::verify;
    return {};
  }
  authenticated_ = TRY(PeerAuthenticated::without_certificate(context_));
  state_ = State::wait_finished;
  return {};
}

Result<Wait> LateRequest::go_on(ByteView base_key) {
  for (;;) {
    const Step result = TRY(step(base_key));
    if (result.next == Step::Next::wait) return result.wait;
    if (state_ == State::connected) return Wait::none;
  }
}

Result<Step> LateRequest::step(ByteView base_key) {
  switch (state_) {
    case State::verify: {
      if (const auto stop = TRY(ask_verifier(context_))) return *stop;
      state_ = State::wait_cv;
      return Step::again();
    }
    case State::wait_cv: return read_certificate_verify();
    case State::wait_finished: return read_finished(base_key);
    case State::wait_cert:
    case State::connected: break;
  }
  return internal_error();
}

Result<Step> LateRequest::read_certificate_verify() {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context_, message))) return *stop;
  authenticated_ = TRY(read_client_verify(context_, message));
  state_ = State::wait_finished;
  return Step::again();
}

Result<Step> LateRequest::read_finished(ByteView base_key) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context_, message))) return *stop;
  if (message.type != HandshakeType::finished) return unexpected_message();
  context_.stages.read(HandshakeStage::server_read_finished, message);
  finished_ = TRY(FinishedVerified::check(context_, facts_.suite->hash, base_key, message.body));
  state_ = State::connected;
  return Step::again();
}

}  // namespace ciao::tls
