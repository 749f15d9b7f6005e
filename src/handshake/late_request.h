// A server's CertificateRequest after the handshake, and the client's answer (RFC 8446 §4.6.2).
#pragma once

#include <optional>

#include "handshake/authentication.h"

namespace ciao::tls {

//   WAIT_CERT -> Recv Certificate -> VERIFY -> WAIT_CV -> Recv CertificateVerify
//             -> (empty Certificate) -> WAIT_FINISHED -> Recv Finished
class LateRequest {
 public:
  // `transcript` is that of the handshake, up to the client's Finished. All else is borrowed from
  // the connection, whose facts stay as they are until the answer is complete.
  LateRequest(Channel& channel, const Algorithms& algorithms, const ConfigRef& config,
              const Hooks& hooks, const Negotiated& negotiated, Stages& stages,
              const Transcript& transcript)
      : facts_(negotiated),
        context_(Role::server, channel, algorithms, config, hooks, facts_, session_,
                 kNoSessionContext, stages, nullptr) {
    context_.transcript = transcript;
  }

  // Queues the request.
  Result<void> send();
  // The first message of the answer. The others follow it at once, RFC 8446 §4.6.2: "All of the
  // client's messages for a given response MUST appear consecutively on the wire".
  Result<void> begin_answer(const HandshakeMessage& message);
  bool answer_begun() const { return state_ != State::wait_cert; }
  // Goes on with the answer; Wait::none when it is complete. `base_key` is the client's traffic
  // secret in use.
  Result<Wait> go_on(ByteView base_key);

  // Once the answer is complete: what completion is proven by, and what it says.
  const std::optional<FinishedVerified>& finished() const { return finished_; }
  const std::optional<PeerAuthenticated>& authenticated() const { return authenticated_; }
  const Negotiated& facts() const { return facts_; }

 private:
  enum class State : std::uint8_t { wait_cert, verify, wait_cv, wait_finished, connected };

  Result<Step> read_certificate_verify();
  Result<Step> read_finished(ByteView base_key);
  Result<Step> step(ByteView base_key);

  Negotiated facts_;
  Ref<Session> session_;
  HandshakeContext context_;
  Bytes request_context_;
  State state_ = State::wait_cert;
  std::optional<FinishedVerified> finished_;
  std::optional<PeerAuthenticated> authenticated_;
};

}  // namespace ciao::tls
