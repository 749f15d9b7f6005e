// A TLS 1.3 server after ClientHello (RFC 8446 §A.2).
#pragma once

#include "handshake/authentication.h"

namespace ciao::tls {

//              (hello_server)
//                   v
//              CERTIFICATE (the application sets one; not when a PSK was selected)
//                   v
//               NEGOTIATED
//                   | Send ServerHello; K_send = handshake
//                   | Send EncryptedExtensions, [CertificateRequest], [Certificate]
//                   v
//                 SIGN (Send CertificateVerify)
//                   v
//             SEND_FINISHED
//                   | Send Finished; K_send = application
//                   v
//              EARLY_DATA [if asked for] (the application reads it; K_recv = early data)
//                   v
//        WAIT_END_OF_EARLY_DATA [if it is taken]
//                   | K_recv = handshake
//         No auth   +--------> Client-based auth
//                   |                v
//                   |             WAIT_CERT
//                   |        Recv    | Recv Certificate
//                   |        empty   v
//                   |        Cert.  VERIFY (the application's verdict)
//                   |          |     v
//                   |          |  WAIT_CV
//                   |          |     | Recv CertificateVerify
//                   +-> WAIT_FINISHED <----+
//                   | Recv Finished; K_recv = application
//                   v
//               CONNECTED
class Server13 {
 public:
  enum class State : std::uint8_t {
    certificate,
    negotiated,
    sign,
    send_finished,
    early_data,
    wait_end_of_early_data,
    wait_cert,
    verify,
    wait_cv,
    wait_finished,
  };

  explicit Server13(Bytes legacy_session_id) : legacy_session_id_(std::move(legacy_session_id)) {}

  Result<Step> step(HandshakeContext& context);
  const std::optional<FinishedVerified>& finished() const { return finished_; }
  const std::optional<PeerAuthenticated>& authenticated() const { return authenticated_; }

 private:
  State after_early_data() const { return request_sent_ ? State::wait_cert : State::wait_finished; }
  Result<Step> ask_for_certificate(HandshakeContext& context);
  Result<Step> send_server_hello(HandshakeContext& context);
  Result<void> derive_handshake_keys(HandshakeContext& context, const SecretBytes& shared);
  Result<void> send_encrypted_extensions(HandshakeContext& context);
  Result<Step> sign(HandshakeContext& context);
  Result<Step> send_finished(HandshakeContext& context);
  Result<Step> pause_for_early_data(HandshakeContext& context);
  Result<Step> read_end_of_early_data(HandshakeContext& context);
  Result<Step> read_certificate(HandshakeContext& context);
  Result<Step> verify_peer(HandshakeContext& context);
  Result<Step> read_certificate_verify(HandshakeContext& context);
  Result<Step> read_finished(HandshakeContext& context);

  State state_ = State::certificate;
  Bytes legacy_session_id_;
  bool request_sent_ = false;
  HandshakeTraffic traffic_;
  std::optional<MasterSecrets> master_;
  const Credential* credential_ = nullptr;
  std::optional<FinishedVerified> finished_;
  std::optional<PeerAuthenticated> authenticated_;
};

}  // namespace ciao::tls
