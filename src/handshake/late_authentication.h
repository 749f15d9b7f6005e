// A client's answer to a CertificateRequest after the handshake (RFC 8446 §4.6.2).
#pragma once

#include "handshake/authentication.h"

namespace ciao::tls {

//   START -> CERTIFICATE (the application sets one) -> Send Certificate
//         -> SIGN -> Send CertificateVerify -> FINISHED -> Send Finished
class LateAuthentication {
 public:
  // `transcript` is that of the handshake, up to the client's Finished. All else is borrowed from
  // the connection.
  LateAuthentication(Channel& channel, const Algorithms& algorithms, const ConfigRef& config,
                     const Hooks& hooks, Negotiated& negotiated, Ref<Session>& session,
                     Stages& stages, const Transcript& transcript)
      : context_(Role::client, channel, algorithms, config, hooks, negotiated, session,
                 kNoSessionContext, stages, nullptr) {
    context_.transcript = transcript;
  }

  // The request as it came.
  Result<void> read_request(const HandshakeMessage& message);
  // Queues the answer; anything but Wait::none is to be called again. `base_key` is the client's
  // traffic secret in use.
  Result<Wait> answer(ByteView base_key);

 private:
  enum class State : std::uint8_t { certificate, sign, finished };

  HandshakeContext context_;
  Bytes request_context_;
  State state_ = State::certificate;
  const Credential* credential_ = nullptr;
};

}  // namespace ciao::tls
