// A TLS 1.2 client after ServerHello (RFC 5246 §7.3).
#pragma once

#include "handshake/key_exchange12.h"
#include "handshake/secrets12.h"
#include "messages/server_hello.h"

namespace ciao::tls {

//      (hello_client)
//            v
//       SERVER_HELLO ------------------------------+ resumed
//            v                                     |
//     WAIT_CERTIFICATE -> VERIFY (the application's verdict) [not with PSK suites]
//            |     +- Recv ChangeCipherSpec [EAP-FAST]: as if resumed, to WAIT_FINISHED
//            v                                     |
//     WAIT_CERTIFICATE_STATUS [if announced]       |
//            v                                     |
//     WAIT_SERVER_KEY_EXCHANGE [(EC)DHE, a hint]   |
//            v                                     |
//     WAIT_REQUEST_OR_DONE <-> CHOOSE_CERTIFICATE [if asked] (the application sets one)
//            v                                     |
//     CHECK_STATUS (the application looks at the OCSP staple)
//            v                                     |
//     SEND_CERTIFICATE [if asked]                  |
//            v                                     |
//     SEND_CLIENT_KEY_EXCHANGE                     |
//            v                                     |
//     SEND_CERTIFICATE_VERIFY [if asked]           |
//            v                                     |
//     SEND_FINISHED (ChangeCipherSpec,             |
//            |       [NextProtocol], Finished) ----+
//            v                                     v
//     WAIT_TICKET [if announced]  <----------------+
//            v
//     WAIT_CHANGE_CIPHER_SPEC -> WAIT_FINISHED -> [resumed: SEND_FINISHED] -> DONE
class Client12 {
 public:
  enum class State : std::uint8_t {
    server_hello,
    wait_certificate,
    verify,
    wait_certificate_status,
    wait_server_key_exchange,
    wait_request_or_done,
    choose_certificate,
    check_status,
    send_certificate,
    send_client_key_exchange,
    send_certificate_verify,
    send_finished,
    wait_ticket,
    wait_change_cipher_spec,
    wait_finished,
    done,
  };

  Result<Step> step(HandshakeContext& context);
  const std::optional<FinishedVerified>& finished() const { return finished_; }
  const std::optional<PeerAuthenticated>& authenticated() const { return authenticated_; }

 private:
  // What a ServerHello has decided.
  struct Chosen {
    const Suite* suite = nullptr;
    bool resumed = false;
  };

  Result<Step> accept_server_hello(HandshakeContext& context);
  Result<Chosen> check_server_hello(const HandshakeContext& context,
                                    const ServerHello& hello) const;
  Result<void> resume(HandshakeContext& context);
  Result<void> take_external_secret(HandshakeContext& context);
  Result<Step> resume_externally(HandshakeContext& context);
  Result<Step> read_certificate(HandshakeContext& context);
  Result<Step> verify_peer(HandshakeContext& context);
  Result<Step> read_certificate_status(HandshakeContext& context);
  Result<Step> read_server_key_exchange(HandshakeContext& context);
  Result<Step> accept_server_key_exchange(HandshakeContext& context,
                                          const HandshakeMessage& message);
  Result<Step> read_request_or_done(HandshakeContext& context);
  Result<Step> accept_request_or_done(HandshakeContext& context, const HandshakeMessage& message);
  Result<Step> read_request(HandshakeContext& context, const HandshakeMessage& message);
  Result<Step> ask_for_certificate(HandshakeContext& context);
  Result<Step> check_status(HandshakeContext& context);
  Result<Step> send_certificate(HandshakeContext& context);
  Result<Step> send_client_key_exchange(HandshakeContext& context);
  Result<Step> send_certificate_verify(HandshakeContext& context);
  Result<void> send_next_protocol(HandshakeContext& context);
  Result<Step> send_finished(HandshakeContext& context);
  Result<Step> read_ticket(HandshakeContext& context);
  Result<Step> read_change_cipher_spec(HandshakeContext& context);
  Result<Step> read_finished(HandshakeContext& context);
  Result<Step> complete(HandshakeContext& context);

  State state_ = State::server_hello;
  bool request_received_ = false;
  ClientKeys12 keys_;
  Secrets12 secrets_;
  std::optional<ExternalSecret> external_;
  Ref<Session> ticket_session_;  // the session that a ticket came for
  const Credential* credential_ = nullptr;
  std::optional<FinishedVerified> finished_;
  std::optional<PeerAuthenticated> authenticated_;
};

}  // namespace ciao::tls
