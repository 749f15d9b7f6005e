// Messages after the handshake of TLS 1.3 (RFC 8446 §4.6), both ways. To those who watch, each is a
// small handshake, with the stages and the order of OpenSSL's.
#include "config/observer.h"
#include "connection/connection.h"
#include "messages/key_update.h"
#include "session/session_store.h"

namespace ciao::tls {

// --- what comes ---

Result<void> Connection::post_handshake(const HandshakeMessage& message) {
  if (tls12()) return read_renegotiation_request(message);
  // As in OpenSSL, no other message is read before the answer to a KeyUpdate has gone: but one
  // answers many. (Nor behind what a blocked transport does not take.)
  const bool answered_later = message.type == HandshakeType::key_update || !output().empty();
  if (key_update_owed_ && !answered_later) TRY(send_owed_key_update());
  stages_.begin_exchange();
  stages_.tell(Progress::moved);
  // OpenSSL turns to reading in a move of its own.
  stages_.tell(Progress::moved);
  TRY(read_post_handshake(message));
  // The answer to a late CertificateRequest may have to wait, and goes on in advance().
  if (late_authentication_ || (late_request_ && late_request_->answer_begun())) return {};
  if (stages_.in_exchange()) {
    stages_.tell(Progress::moved);
    stages_.end_exchange();
  }
  stages_.tell(Progress::left);
  return {};
}

Result<void> Connection::read_post_handshake(const HandshakeMessage& message) {
  switch (message.type) {
    case HandshakeType::new_session_ticket:
      if (role_ == Role::client) return read_ticket(message);
      break;
    case HandshakeType::key_update: return read_key_update(message);
    case HandshakeType::certificate_request:
      if (role_ == Role::client && transcript_) return read_late_request(message);
      break;
    case HandshakeType::certificate:
      if (late_request_) return begin_late_answer(message);
      break;
    default: break;
  }
  return unexpected_message();
}

Result<void> Connection::read_ticket(const HandshakeMessage& message) {
  stages_.read(HandshakeStage::client_read_session_ticket, message);
  // The application may have taken the session away (SSL_set_session): a ticket needs what it
  // holds.
  if (!session_) return {};
  Ref<Session> session =
      TRY(read_new_session_ticket(post_handshake_facts(), message.body, *session_));
  if (!session) return {};
  ++traffic_.tickets;
  session_ = session;
  hooks_.sessions->add(session);
  return {};
}

Result<void> Connection::read_key_update(const HandshakeMessage& message) {
  const bool client = role_ == Role::client;
  stages_.read(
      client ? HandshakeStage::client_read_key_update : HandshakeStage::server_read_key_update,
      message);
  const KeyUpdate update = TRY(KeyUpdate::parse(message.body));
  if (++key_updates_read_ > static_cast<int>(limits::kMaxKeyUpdates)) {
    return Error{Reason::too_many_key_updates, AlertDescription::unexpected_message};
  }
  TRY(update_traffic_key(Direction::open));
  // RFC 8446 §4.6.3: "If the request_update field is set to "update_requested", then the receiver
  // MUST send a KeyUpdate of its own with request_update set to "update_not_requested" prior to
  // sending its next Application Data record": one answers them all.
  if (update.request_update == KeyUpdateRequest::update_requested) key_update_owed_ = true;
  return {};
}

// --- KeyUpdate of ours ---

// One that was asked for, or the answer to the peer's.
KeyUpdateState Connection::own_key_update() const {
  const bool answers = own_key_update_ == KeyUpdateState::none && key_update_owed_;
  return answers ? KeyUpdateState::not_requested : own_key_update_;
}

bool Connection::request_key_update(KeyUpdateRequest request) {
  if (phase_ != Phase::established || tls12() || !close_.may_send_control()) return false;
  own_key_update_ = request == KeyUpdateRequest::update_requested ? KeyUpdateState::requested
                                                                  : KeyUpdateState::not_requested;
  return true;
}

Result<void> Connection::send_requested_key_update() {
  const bool requested = own_key_update_ == KeyUpdateState::requested;
  own_key_update_ = KeyUpdateState::none;
  key_update_owed_ = false;  // whatever we send answers the peer's request, too
  // Who only sends gets nothing but the answers.
  if (requested) --key_updates_read_;
  return send_key_update(requested ? KeyUpdateRequest::update_requested
                                   : KeyUpdateRequest::update_not_requested);
}

// Before application data: the answer to the peer's KeyUpdate, or one of our own because the key is
// used up (RFC 8446 §5.5).
Result<void> Connection::send_owed_key_update() {
  const RecordWriter& writer = channel().writer();
  // TLS 1.2 has no KeyUpdate; its records end with the sequence numbers.
  const bool used_up = phase_ == Phase::established && !tls12() &&
                       writer.sequence() >= confidentiality_limit(writer.aead());
  if (!key_update_owed_ && !used_up) return {};
  const Calls::Scope call(calls_, Calls::Kind::drives);
  key_update_owed_ = false;
  if (!close_.may_send_control()) return {};
  TRY(send_key_update(KeyUpdateRequest::update_not_requested));
  stages_.tell(Progress::left);
  return {};
}

Result<void> Connection::send_key_update(KeyUpdateRequest request) {
  if (!close_.may_send_control()) return {};
  flight_is_tickets_ = false;
  const bool client = role_ == Role::client;
  stages_.begin_exchange();
  stages_.move_to(client ? HandshakeStage::client_write_key_update
                         : HandshakeStage::server_write_key_update);
  TRY(tls::send_key_update(channel(), request));
  TRY(update_traffic_key(Direction::seal));
  stages_.tell(Progress::moved);
  stages_.end_exchange();
  return {};
}

// RFC 8446 §7.2
Result<void> Connection::update_traffic_key(Direction direction) {
  const Suite& suite = *negotiated_.suite;
  const bool of_client = (role_ == Role::client) == (direction == Direction::seal);
  HashSecret& secret = of_client ? secrets_.client_traffic : secrets_.server_traffic;
  secret = TRY(next_traffic_secret(*algorithms_, suite.hash, secret.view()));
  TRY(direction == Direction::seal
          ? channel().install_write(Level::application, suite, secret.view())
          : channel().install_read(Level::application, suite, secret.view()));
  if (hooks_.observer->wants_keys()) {
    hooks_.observer->key_log(of_client ? "CLIENT_TRAFFIC_SECRET_N" : "SERVER_TRAFFIC_SECRET_N",
                             negotiated_.client_random, secret.view());
  }
  return {};
}

// --- tickets of ours ---

PostHandshake Connection::post_handshake_facts() const {
  return {*algorithms_, hooks_, negotiated_, resumption_master_.view(), config_->max_early_data};
}

// How many go with the end of the handshake.
std::uint32_t Connection::tickets_due(const Outcome& outcome) const {
  if (role_ == Role::client || tls12() || !outcome.issue_tickets || !session_) return 0;
  if (session_->not_resumable && !negotiated_.resumed) return 0;
  return tickets_at_once();
}

// After a resumption one new ticket replaces the one that was used up.
std::uint32_t Connection::tickets_at_once() const {
  return negotiated_.resumed ? std::min<std::uint32_t>(config_->num_tickets, 1)
                             : config_->num_tickets;
}

Result<void> Connection::send_tickets(std::uint32_t count) {
  flight_is_tickets_ = true;
  for (; count != 0 && close_.may_send_control(); --count) {
    TRY(send_ticket());
    stages_.tell(Progress::moved);
  }
  return {};
}

// Sends none when the store has none to give.
Result<void> Connection::send_ticket() {
  const Ref<Session> current = session_;
  if (!current) return {};
  Ref<Session> issued =
      TRY(send_new_session_ticket(post_handshake_facts(), channel(), *current, tickets_sent_));
  if (!issued) return {};
  ++tickets_sent_;
  ++traffic_.tickets;
  session_ = std::move(issued);
  return {};
}

bool Connection::may_request_ticket() const {
  const bool established = phase_ == Phase::established && role_ == Role::server;
  if (!established || (in_init() && tickets_requested_ == 0)) return false;
  return negotiated_.version == ProtocolVersion::tls1_3 && close_.may_send_control();
}

bool Connection::request_ticket() {
  if (!may_request_ticket()) return false;
  ++tickets_requested_;
  return true;
}

Result<void> Connection::send_requested_tickets() {
  // A close_notify may have come in between: nothing follows it.
  if (!close_.may_send_control()) {
    tickets_requested_ = 0;
    return {};
  }
  // As in OpenSSL, whatever is sent takes the answer to the peer's KeyUpdate along.
  TRY(send_owed_key_update());
  stages_.begin_exchange();
  stages_.move_to(HandshakeStage::server_write_session_ticket);
  // A callback may ask for more.
  while (tickets_requested_ != 0) {
    --tickets_requested_;
    TRY(send_tickets(1));
  }
  stages_.end_exchange();
  return channel().flush_flight();
}

}  // namespace ciao::tls
