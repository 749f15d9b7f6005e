#include "handshake/late_authentication.h"

#include "extensions/registry.h"
#include "messages/certificate_request.h"

namespace ciao::tls {

Result<void> LateAuthentication::read_request(const HandshakeMessage& message) {
  const CertificateRequest request = TRY(CertificateRequest::parse(message.body));
  TRY(parse_extensions(context_.exchange, In::certificate_request, request.extensions));
  request_context_ = to_bytes(request.certificate_request_context);
  context_.transcript.add(message.raw);
  return {};
}

Result<Wait> LateAuthentication::answer(ByteView base_key) {
  if (state_ == State::certificate) {
    if (TRY(context_.hooks.certificates->certificate_wanted()) == Answer::pending) {
      return Wait::certificate;
    }
    credential_ = choose_credential(context_);
    context_.writes(HandshakeStage::client_write_certificate);
    TRY(send_certificate(context_, credential_, request_context_));
    state_ = credential_ != nullptr ? State::sign : State::finished;
  }
  if (state_ == State::sign) {
    context_.writes(HandshakeStage::client_write_certificate_verify);
    if (TRY(send_certificate_verify(context_, *credential_)) == Answer::pending) {
      return Wait::signature;
    }
    state_ = State::finished;
  }
  context_.writes(HandshakeStage::client_write_finished);
  TRY(send_finished(context_, context_.negotiated.suite->hash, base_key));
  return Wait::none;
}

}  // namespace ciao::tls
