// A TLS 1.3 client after ServerHello (RFC 8446 §A.1).
#pragma once

#include "handshake/authentication.h"

namespace ciao::tls {

//    (hello_client)
//          | K_recv = handshake
//          v
//       WAIT_EE -------------------+ Using PSK
//          | Recv EncryptedExtensions
//          v                       |
//     WAIT_CERT_CR                 |
//  Recv    |       | Recv CertificateRequest
//  Certif. |       v               |
//          |   WAIT_CERT           |
//          |       | Recv Certificate
//          v       v               |
//        VERIFY (the application's verdict)
//          v                       |
//       WAIT_CV                    |
//          | Recv CertificateVerify|
//     CHOOSE_CERTIFICATE [if asked] (the application sets one, now that it knows the server)
//          v                       v
//       WAIT_FINISHED <------------+
//          | Recv Finished
//          v
//     CHECK_STATUS (the application looks at the OCSP staple)
//          v
//   END_OF_EARLY_DATA [if any was taken] (when the application has written it all)
//          v K_send = handshake
//   SEND_CERTIFICATE [if asked] -> SEND_CERTIFICATE_VERIFY -> SEND_FINISHED
//          | K_send = K_recv = application
//          v
//      CONNECTED
class Client13 {
 public:
  enum class State : std::uint8_t {
    start,
    wait_ee,
    wait_cert_cr,
    wait_cert,
    verify,
    wait_cv,
    choose_certificate,
    wait_finished,
    check_status,
    end_of_early_data,
    send_certificate,
    send_certificate_verify,
    send_finished,
  };

  Result<Step> step(HandshakeContext& context);
  // The proofs that the connection demands; present once the phase is done.
  const std::optional<FinishedVerified>& finished() const { return finished_; }
  const std::optional<PeerAuthenticated>& authenticated() const { return authenticated_; }

 private:
  Result<Step> derive_handshake_keys(HandshakeContext& context);
  Result<Step> read_encrypted_extensions(HandshakeContext& context);
  Result<Step> read_certificate_or_request(HandshakeContext& context, bool request_allowed);
  Result<Step> read_request(HandshakeContext& context, const HandshakeMessage& message);
  Result<Step> verify_peer(HandshakeContext& context);
  Result<Step> read_certificate_verify(HandshakeContext& context);
  Result<Step> ask_for_certificate(HandshakeContext& context);
  Result<Step> read_finished(HandshakeContext& context);
  Result<Step> check_status(HandshakeContext& context);
  Result<Step> finish_early_data(HandshakeContext& context);
  Result<Step> answer_request(HandshakeContext& context);
  Result<Step> sign(HandshakeContext& context);
  Result<Step> finish(HandshakeContext& context);

  State state_ = State::start;
  bool request_received_ = false;
  HandshakeTraffic traffic_;
  std::optional<MasterSecrets> master_;
  const Credential* credential_ = nullptr;
  std::optional<FinishedVerified> finished_;
  std::optional<PeerAuthenticated> authenticated_;
};

}  // namespace ciao::tls
