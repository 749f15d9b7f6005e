// A TLS 1.2 server after the decision of the version (RFC 5246 §7.3).
#pragma once

#include "handshake/key_exchange12.h"
#include "handshake/secrets12.h"
#include "messages/client_hello.h"

namespace ciao::tls {

//      (hello_server)
//            v
//       CLIENT_HELLO ------------------------------> RESUME (Send ServerHello)
//            v                                         |
//       CERTIFICATE (the application sets one)         |
//            v                                         |
//       SEND_SERVER_HELLO, [Certificate, CertificateStatus]
//            v                                         |
//       SEND_SERVER_KEY_EXCHANGE [(EC)DHE, a hint]     |
//            v                                         |
//       SEND_SERVER_HELLO_DONE, [CertificateRequest]   |
//            v                                         |
//       WAIT_CERTIFICATE -> VERIFY [if asked]          |
//            v                                         |
//       WAIT_CLIENT_KEY_EXCHANGE                       |
//            v                                         |
//       WAIT_CERTIFICATE_VERIFY [with a certificate]   |
//            v                                         |
//       WAIT_CHANGE_CIPHER_SPEC                        |
//            v                                         |
//       WAIT_NEXT_PROTOCOL [if announced]              |
//            v                                         |
//       WAIT_FINISHED                                  |
//            v                                         v
//       SEND_FINISHED ([NewSessionTicket], ChangeCipherSpec, Finished)
//            v                                         v
//          DONE                        WAIT_CHANGE_CIPHER_SPEC -> [WAIT_NEXT_PROTOCOL] ->
//                                            WAIT_FINISHED -> DONE
class Server12 {
 public:
  enum class State : std::uint8_t {
    client_hello,
    resume,
    certificate,
    send_server_hello,
    send_server_key_exchange,
    send_server_hello_done,
    wait_certificate,
    verify,
    wait_client_key_exchange,
    wait_certificate_verify,
    wait_change_cipher_spec,
    wait_next_protocol,
    wait_finished,
    send_finished,
    done,
  };

  Result<Step> step(HandshakeContext& context);
  const std::optional<FinishedVerified>& finished() const { return finished_; }
  const std::optional<PeerAuthenticated>& authenticated() const { return authenticated_; }

 private:
  Result<Step> accept_client_hello(HandshakeContext& context);
  Result<void> read_signalling(HandshakeContext& context, const ClientHello& hello) const;
  Result<void> take_external_secret(HandshakeContext& context);
  Result<Step> resume(HandshakeContext& context);
  Result<Step> ask_for_certificate(HandshakeContext& context);
  Result<void> choose_parameters(HandshakeContext& context);
  bool usable(HandshakeContext& context, const Suite& suite);
  const Credential* credential_for(HandshakeContext& context, const Suite& suite);
  Result<void> take_current_credential(HandshakeContext& context);
  Result<Step> send_server_hello(HandshakeContext& context);
  Result<void> write_server_hello(HandshakeContext& context);
  Result<Step> send_server_key_exchange(HandshakeContext& context);
  Result<void> send_certificate_request(HandshakeContext& context);
  Result<Step> send_server_hello_done(HandshakeContext& context);
  Result<Step> read_certificate(HandshakeContext& context);
  Result<Step> verify_peer(HandshakeContext& context);
  Result<Step> read_client_key_exchange(HandshakeContext& context);
  Result<Step> read_certificate_verify(HandshakeContext& context);
  Result<Step> read_change_cipher_spec(HandshakeContext& context);
  Result<Step> read_next_protocol(HandshakeContext& context);
  Result<Step> read_finished(HandshakeContext& context);
  Result<void> send_ticket(HandshakeContext& context);
  Result<Step> send_finished(HandshakeContext& context);
  Result<Step> complete(HandshakeContext& context);

  State state_ = State::client_hello;
  bool request_sent_ = false;
  Secrets12 secrets_;
  const Credential* credential_ = nullptr;
  ServerKeys12 keys_;
  std::optional<FinishedVerified> finished_;
  std::optional<PeerAuthenticated> authenticated_;
};

}  // namespace ciao::tls
