// Authentication of the client after the handshake (RFC 8446 §4.6.2), in both roles.
#include "config/peer_verifier.h"
#include "connection/connection.h"
#include "session/session_store.h"

namespace ciao::tls {

// --- client ---

// RFC 8446 §6.1: after our close_notify nothing may be sent, so that the request is only read.
Result<void> Connection::read_late_request(const HandshakeMessage& message) {
  if (late_authentication_) return unexpected_message();
  stages_.read(HandshakeStage::client_read_certificate_request, message);
  auto late = std::make_unique<LateAuthentication>(channel(), *algorithms_, config_, hooks_,
                                                   negotiated_, session_, stages_, *transcript_);
  TRY(late->read_request(message));
  if (close_.may_send_control()) late_authentication_ = std::move(late);
  return {};
}

Result<Wait> Connection::answer_late_request() {
  const Wait wait = TRY(late_authentication_->answer(secrets_.client_traffic.view()));
  if (wait == Wait::none) {
    late_authentication_.reset();
    TRY(channel().flush_flight());
    stages_.tell(Progress::moved);
    stages_.end_exchange();
  }
  return wait;
}

// --- server ---

LateRequestState Connection::late_request() const {
  if (phase_ != Phase::established || role_ != Role::server || !transcript_) {
    return LateRequestState::impossible;
  }
  if (late_request_wanted_) return LateRequestState::wanted;
  return late_request_ ? LateRequestState::sent : LateRequestState::possible;
}

bool Connection::request_late_authentication() {
  const bool again = negotiated_.certificate_requested && config_->request_certificate_once;
  if (late_request() != LateRequestState::possible || !close_.may_send_control() || again ||
      config_->peer_authentication == PeerAuthentication::none) {
    return false;
  }
  late_request_wanted_ = true;
  return true;
}

Result<void> Connection::send_late_request() {
  late_request_wanted_ = false;
  // A close_notify may have come in between: nothing follows it.
  if (!close_.may_send_control()) return {};
  late_request_ = std::make_unique<LateRequest>(channel(), *algorithms_, config_, hooks_,
                                                negotiated_, stages_, *transcript_);
  flight_is_tickets_ = false;
  stages_.begin_exchange();
  TRY(late_request_->send());
  negotiated_.certificate_requested = true;
  TRY(channel().flush_flight());
  stages_.tell(Progress::moved);
  stages_.end_exchange();
  return {};
}

Result<void> Connection::begin_late_answer(const HandshakeMessage& message) {
  TRY(late_request_->begin_answer(message));
  const Wait wait = TRY(go_on_with_late_answer());
  static_cast<void>(wait);  // advance() says it again
  return {};
}

Result<Wait> Connection::go_on_with_late_answer() {
  const Wait wait = TRY(late_request_->go_on(secrets_.client_traffic.view()));
  if (wait != Wait::none) return wait;
  const std::unique_ptr<LateRequest> complete = std::move(late_request_);
  if (!complete->finished() || !complete->authenticated()) return internal_error();
  negotiated_.peer = complete->facts().peer;
  negotiated_.peer_scheme = complete->facts().peer_scheme;
  negotiated_.peer_finished = complete->facts().peer_finished;
  const std::uint32_t tickets = session_ && close_.may_send_control() ? tickets_at_once() : 0;
  stages_.move_to(tickets != 0 ? HandshakeStage::server_write_session_ticket : HandshakeStage::ok);
  TRY(renew_session(tickets));
  stages_.end_exchange();
  return wait;
}

// With what the client has shown: tickets are for it, too.
Result<void> Connection::renew_session(std::uint32_t tickets) {
  if (!session_) return {};
  // Others may have the session, which stays as it was; this one comes into being with its tickets.
  Ref<Session> session = hooks_.sessions->make_session();
  session->copy_from(*session_);
  session->peer = negotiated_.peer;
  session->verify_result = hooks_.verifier->result();
  session_ = std::move(session);
  TRY(send_tickets(tickets));
  return channel().flush_flight();
}

}  // namespace ciao::tls
