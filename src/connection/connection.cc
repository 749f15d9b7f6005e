#include "connection/connection.h"

#include <algorithm>

#include "base/copy_on_write.h"
#include "config/observer.h"
#include "session/session_store.h"

namespace ciao::tls {

Connection::Connection(Ref<Algorithms> algorithms, ConfigRef config, const Hooks& hooks)
    : algorithms_(std::move(algorithms)), config_(std::move(config)), hooks_(hooks) {
  reset();
}

Connection::~Connection() { cleanse_unread(); }

// SSL_CTX_set_options(3): "Data is also cleansed when releasing the connection".
void Connection::cleanse_unread() {
  if (config_->has(option::kCleansePlaintext)) wipe(readable_);
}

void Connection::start_over(Role role) {
  if (calls_.any()) return;
  role_ = role;
  phase_ = Phase::before;
  const bool asked = renegotiation_.pending;
  reset();
  renegotiation_.pending = asked;
}

void Connection::start_over() {
  if (calls_.any()) return;
  if (phase_ != Phase::no_role) phase_ = Phase::before;
  reset();
}

void Connection::reset() {
  cleanse_unread();
  late_authentication_.reset();
  late_request_.reset();
  late_request_wanted_ = false;
  transcript_.reset();
  handshake_.reset();
  renegotiated_.reset();
  early_.reset();
  in_early_data_ = false;
  renegotiation_ = RenegotiationState();
  const std::size_t read_ahead = channel_ ? channel().reader().read_ahead() : 0;
  channel_.emplace(*algorithms_, config_, hooks_, close_);
  set_read_ahead(read_ahead);
  close_.reset();
  negotiated_ = Negotiated();
  secrets_ = ApplicationSecrets();
  resumption_master_.clear();
  readable_ = {};
  traffic_ = Traffic();
  error_.reset();
  alert_in_output_.reset();
  tickets_sent_ = 0;
  tickets_requested_ = 0;
  flight_is_tickets_ = false;
  stages_.end_exchange(HandshakeStage::before);
  own_key_update_ = KeyUpdateState::none;
  key_update_owed_ = false;
  key_updates_read_ = 0;
}

bool Connection::in_init() const {
  const bool owed = own_key_update_ != KeyUpdateState::none || tickets_requested_ != 0 ||
                    late_authentication_ || late_request_wanted_ ||
                    (late_request_ && late_request_->answer_begun());
  const bool under_way = renegotiated_ != nullptr || stages_.in_exchange();
  return !in_early_data_ && (phase_ != Phase::established || owed || under_way);
}

Config& Connection::edit_config() { return edit(config_); }

const Negotiated& Connection::negotiated() const {
  const HandshakeStage stage = stages_.now();
  const bool hello_read = stage != HandshakeStage::ok &&
                          stage != HandshakeStage::client_read_hello_request &&
                          stage != HandshakeStage::client_write_client_hello;
  return renegotiated_ && hello_read ? *renegotiated_ : negotiated_;
}

void Connection::give_up_unclosed_session() {
  // Where early data may flow a connection is as open as after the handshake.
  const bool open = (phase_ == Phase::established || in_early_data_) && !in_init();
  if (session_ && open && !close_.sent_flag()) hooks_.sessions->remove(session_);
}

// --- driving ---

Result<Wait> Connection::advance() {
  if (phase_ == Phase::no_role) return silent_error(Reason::connection_type_not_set);
  if (phase_ == Phase::dead) return died_of();
  if (calls_.driving()) return internal_error();
  const Calls::Scope call(calls_, Calls::Kind::drives);
  const Result<Wait> wait = advance_once();
  if (!wait) return fail(wait.error());
  return wait;
}

Result<Wait> Connection::advance_once() {
  if (phase_ == Phase::before) start_handshake();
  if (phase_ == Phase::handshaking) {
    // Early data that the application has read half of: the record holds the place of the next.
    if (!readable_.empty()) return Wait::data;
    resume_handshake();
    return run_handshake();
  }
  if (renegotiated_) return readable_.empty() ? run_handshake() : Wait::data;
  if (own_key_update_ != KeyUpdateState::none) TRY(send_requested_key_update());
  if (tickets_requested_ != 0) TRY(send_requested_tickets());
  if (late_request_wanted_) TRY(send_late_request());
  if (late_authentication_) return answer_late_request();
  if (late_request_ && late_request_->answer_begun()) return go_on_with_late_answer();
  return Wait::none;
}

void Connection::start_handshake() {
  close_.handshake_started();
  phase_ = Phase::handshaking;
  channel().writer().set_initial_version(role_ == Role::client);
  handshake_ = make_handshake(negotiated_);
  if (early_ && early_->stateless_retry) handshake_->retry_statelessly();
  stages_.tell(Progress::started);
}

std::unique_ptr<Handshake> Connection::make_handshake(Negotiated& facts) {
  return std::make_unique<Handshake>(role_, channel(), *algorithms_, config_, hooks_, facts,
                                     session_, session_context_, stages_,
                                     facts.renegotiation.active ? nullptr : early_.get());
}

Result<Wait> Connection::run_handshake() {
  const Wait wait = TRY(handshake_->run());
  if (wait == Wait::data) {
    readable_ = channel().data();
    ++traffic_.records_read;
    return wait;
  }
  if (wait == Wait::none) {
    const std::optional<FinishedVerified>& finished = handshake_->finished();
    const std::optional<PeerAuthenticated>& peer = handshake_->authenticated();
    if (!finished || !peer) return internal_error();
    TRY(establish(handshake_->outcome(), *finished, *peer));
  } else {
    TRY(channel().flush_flight());
    if (wait == Wait::early_data) pause_for_early_data();
  }
  return wait;
}

// The gate for application data. The proofs say that the peer's Finished was compared and the peer
// is who it had to be.
Result<void> Connection::establish(Outcome& outcome, const FinishedVerified&,
                                   const PeerAuthenticated&) {
  // The handshake refers to them until it is gone.
  const std::unique_ptr<Negotiated> facts = std::move(renegotiated_);
  if (facts) negotiated_ = std::move(*facts);
  secrets_ = std::move(outcome.secrets);
  resumption_master_ = std::move(outcome.resumption_master);
  if (negotiated_.late_request_allowed && !tls12()) {
    transcript_ = std::make_unique<const Transcript>(handshake_->transcript());
  }
  TRY(channel().flush_flight());
  stages_.begin_exchange();
  const std::uint32_t tickets = tickets_due(outcome);
  stages_.move_to(tickets != 0 ? HandshakeStage::server_write_session_ticket : HandshakeStage::ok);
  if (role_ == Role::client && negotiated_.resumed) hooks_.sessions->resumed(session_);
  phase_ = Phase::established;
  renegotiation_.pending = false;
  // RFC 8446 §4.1.2: there is no renegotiation in TLS 1.3.
  if (!tls12()) renegotiation_.wanted = false;
  if (tls12() && outcome.new_session && session_) hooks_.sessions->add(session_);
  // As in OpenSSL the handshake is over before the tickets, though they go out with it.
  stages_.end_exchange(stage());
  stages_.tell(Progress::done);
  if (tickets != 0) {
    stages_.begin_exchange();
    // As in OpenSSL, these are those that a callback has just asked for, too.
    tickets_requested_ -= std::min(tickets_requested_, tickets);
    TRY(send_tickets(tickets));
    TRY(channel().flush_flight());
    stages_.end_exchange();
  }
  handshake_.reset();
  return {};
}

Result<Received> Connection::receive() {
  if (phase_ == Phase::dead) return died_of();
  if (calls_.driving()) return internal_error();
  const Calls::Scope call(calls_, Calls::Kind::drives);
  // One object from there to the caller: a copy costs as much as the rest of this function.
  Result<Received> received = receive_once();
  if (!received) received = fail(received.error());
  return received;
}

Result<Received> Connection::receive_once() {
  if (!readable_.empty()) return Received::data;
  for (;;) {
    if (in_early_data_ && (channel().messages().holds_input() || !takes_early_data())) {
      resume_handshake();
      return Received::control;
    }
    if (!channel().messages().empty()) {
      if (takes_client_hello()) {
        if (!renegotiation_.hello_waiting) TRY(count_renegotiation_request());
        renegotiation_.hello_waiting = true;
        return Received::control;
      }
      HandshakeMessage message;
      if (TRY(channel().post_handshake_message(message))) {
        TRY(post_handshake(message));
        return Received::control;
      }
    }
    if (channel().reader().awaits_header()) return Received::input_wanted;
    switch (TRY(channel().receive())) {
      case Arrival::input_wanted: return Received::input_wanted;
      case Arrival::handshake: break;
      case Arrival::close_notify: return Received::close_notify;
      case Arrival::warning: return Received::control;
      case Arrival::change_cipher_spec:
        return Error{Reason::ccs_received_early, AlertDescription::unexpected_message};
      case Arrival::data:
        if (in_early_data_ && role_ == Role::server) {
          TRY(early_->add(channel().data().size(), AlertDescription::unexpected_message));
        }
        readable_ = channel().data();
        ++traffic_.records_read;
        if (readable_.empty()) {
          channel().release_data();
        } else {
          key_updates_read_ = std::min(key_updates_read_, 0);
          renegotiation_.in_row = 0;
        }
        return Received::data;
    }
  }
}

// --- input and output ---

MutableBytes Connection::input_space() { return channel().reader().space(); }

void Connection::input_received(std::size_t size) { channel().reader().received(size); }

Result<void> Connection::input_ended() {
  if (config_->has(option::kIgnoreUnexpectedEof)) {
    close_.end_of_file_assumed_closed();
    return {};
  }
  close_.truncated();
  return fail({Reason::unexpected_eof_while_reading, AlertDescription::decode_error});
}

bool Connection::has_unprocessed_input() const {
  return !readable_.empty() || channel().reader().holds_input() ||
         channel().messages().holds_input();
}

void Connection::set_read_ahead(std::size_t size) { channel().reader().set_read_ahead(size); }

void Connection::output_sent(std::size_t size) {
  if (size == 0) return;
  channel().writer().sent(size);
  if (output().empty()) {
    if (alert_in_output_) alert_left();
  } else if (alert_in_output_ && close_.close_notify_pending()) {
    close_.close_notify_begun();
  }
}

void Connection::alert_left() {
  const Alert alert = alert_in_output_.value_or(Alert());
  alert_in_output_.reset();
  if (alert.description == AlertDescription::close_notify) close_.close_notify_sent();
  const std::uint8_t content[] = {code(alert.level), code(alert.description)};
  hooks_.observer->message(Flow::sent, ContentType::alert, content);
  hooks_.observer->alert(Flow::sent, alert.level, alert.description);
}

// --- application data ---

void Connection::consume_readable(std::size_t size) {
  traffic_.bytes_read += size;
  if (config_->has(option::kCleansePlaintext)) wipe(readable_.first(size));
  readable_ = readable_.subspan(size);
  if (readable_.empty()) channel().release_data();
}

Result<void> Connection::write_owed() {
  if (phase_ == Phase::dead) return died_of();
  const Result<void> updated = send_owed_key_update();
  if (!updated) return fail(updated.error());
  return {};
}

Result<std::size_t> Connection::write(ByteView data) {
  TRY(write_owed());
  return write_record(data);
}

Result<std::size_t> Connection::write_record(ByteView data) {
  const Calls::Scope call(calls_, Calls::Kind::sends);
  const ByteView part = data.first(std::min(data.size(), channel().max_fragment()));
  const Result<void> sealed = channel().write_data(part);
  if (!sealed) return fail(sealed.error());
  traffic_.bytes_written += part.size();
  ++traffic_.records_written;
  return part.size();
}

// --- closing ---

Result<void> Connection::seal_close_notify() {
  if (close_.write_side() != CloseState::WriteSide::queued || alert_in_output_) return {};
  const Calls::Scope call(calls_, Calls::Kind::sends);
  const Alert alert{AlertLevel::warning, AlertDescription::close_notify};
  const Result<void> sealed = channel().write_alert(alert.level, alert.description);
  if (!sealed) return fail(sealed.error());
  alert_in_output_ = alert;
  return {};
}

void Connection::set_close_flags(int flags) {
  close_.set_flags(flags);
  if (!close_.withdraw_close_notify() || !alert_in_output_) return;
  alert_in_output_.reset();
  channel().writer().take_back();
}

Result<void> Connection::export_keying_material(std::string_view label,
                                                std::optional<ByteView> context,
                                                MutableBytes out) const {
  // TLS 1.3: there from the server's Finished on, which early data may follow.
  const bool early = secrets_.exporter_master.view().empty() && handshake_ && !tls12();
  const ApplicationSecrets& secrets = early ? handshake_->outcome().secrets : secrets_;
  const ByteView secret = secrets.exporter_master.view();
  if (secret.empty()) return internal_error();
  const HashId hash = negotiated_.suite->hash;
  if (tls12()) {
    return export_keying_material12(*algorithms_, hash, secret, negotiated_.client_random,
                                    negotiated_.server_random, label, context, out);
  }
  return tls::export_keying_material(*algorithms_, hash, secret, label,
                                     context.value_or(ByteView()), out);
}

Error Connection::fail(Error error) {
  if (phase_ == Phase::dead) return died_of();
  const Calls::Scope call(calls_, Calls::Kind::sends);
  // A server has been spoken to, even if it has not looked.
  const bool nothing_sent =
      phase_ == Phase::no_role || (role_ == Role::client && stage() == HandshakeStage::before);
  // As in OpenSSL, of a handshake without a version the one of a record that has no place in it.
  if (phase_ == Phase::handshaking && negotiated_.version == ProtocolVersion::unset &&
      error.reason == Reason::unexpected_message) {
    negotiated_.version = channel().version_of_stray_record();
  }
  phase_ = Phase::dead;
  in_early_data_ = false;
  error_ = error;
  own_key_update_ = KeyUpdateState::none;
  tickets_requested_ = 0;
  channel().drop_flight();
  close_.failed();
  const bool from_peer = close_.read_side() == CloseState::ReadSide::peer_alert;
  const bool sends = error.on_wire == OnWire::send_alert && close_.may_send_control();
  // RFC 8446 §6.2: servers and clients MUST forget the secrets of a failed connection, "with the
  // exception of the PSKs associated with session tickets, which SHOULD be discarded if possible".
  if (session_ && (sends || from_peer)) hooks_.sessions->remove(session_);
  if (sends && !nothing_sent) {
    const Alert alert{AlertLevel::fatal, error.alert};
    // An alert that cannot be sealed cannot be sent: the connection is dead either way.
    if (channel().write_alert(alert.level, alert.description)) alert_in_output_ = alert;
    close_.aborted();
  }
  return error;
}

}  // namespace ciao::tls
