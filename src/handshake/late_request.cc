#include "handshake/late_request.h"

#include "config/peer_verifier.h"
#include "crypto/random.h"
#include "extensions/registry.h"

namespace ciao::tls {

Result<void> LateRequest::send() {
  // "The context string MUST be unique within the scope of this connection": a client must not
  // know it before.
  constexpr std::size_t kContextSize = 32;
  request_context_.resize(kContextSize);
  TRY(random_bytes(context_.algorithms, request_context_));
  Bytes out;
  MessageBuilder message(out, HandshakeType::certificate_request);
  message.body().vector8(request_context_);
  TRY(write_extensions(context_.exchange, In::certificate_request, message.body()));
  return context_.send(TRY(message.finish()));
}

Result<void> LateRequest::begin_answer(const HandshakeMessage& message) {
  if (message.type != HandshakeType::certificate) return unexpected_message();
  TRY(tls::read_certificate(context_, message.body, request_context_));
  context_.transcript.add(message.raw);
  if (!facts_.peer->empty()) {
    state_ = State::verify;
    return {};
  }
  if (context_.config->peer_authentication == PeerAuthentication::required) {
    return Error{Reason::peer_did_not_return_a_certificate, AlertDescription::certificate_required};
  }
  authenticated_ = PeerAuthenticated::not_required();
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
      const Answer answer = TRY(context_.hooks.verifier->verify(*facts_.peer));
      if (answer == Answer::pending) return Step::stop(Wait::verification);
      state_ = State::wait_cv;
      return Step::again();
    }
    case State::wait_cv: return read_certificate_verify();
    case State::wait_finished: return read_finished(base_key);
    case State::wait_cert:
    case State::connected: break;
  }
  return crypto_failure();
}

Result<Step> LateRequest::read_certificate_verify() {
  HandshakeMessage message;
  NEXT_MESSAGE(context_, message);
  if (message.type != HandshakeType::certificate_verify) return unexpected_message();
  authenticated_ = TRY(PeerAuthenticated::by_signature(context_, Role::client, message.body));
  context_.transcript.add(message.raw);
  state_ = State::wait_finished;
  return Step::again();
}

Result<Step> LateRequest::read_finished(ByteView base_key) {
  HandshakeMessage message;
  NEXT_MESSAGE(context_, message);
  if (message.type != HandshakeType::finished) return unexpected_message();
  finished_ = TRY(FinishedVerified::check(context_, facts_.suite->hash, base_key, message.body));
  state_ = State::connected;
  return Step::again();
}

}  // namespace ciao::tls
