// Renegotiation of TLS 1.2 (RFC 5246 §7.4.1.1, RFC 5746): when another handshake begins on an
// established connection, and when it is refused.
#include "config/observer.h"
#include "connection/connection.h"

namespace ciao::tls {

void Connection::request_renegotiation(bool full) {
  renegotiation_.pending = true;
  renegotiation_.full = full;
  renegotiation_.wanted = phase_ != Phase::no_role;
}

bool Connection::renegotiation_due() const {
  if (phase_ != Phase::established || in_init() || !tls12()) return false;
  if (renegotiation_.hello_waiting) return true;
  // The first record of the new handshake comes behind whole records of ours, and what the peer
  // sent before it is read first, as in OpenSSL.
  return renegotiation_.wanted && output().empty() && !has_unprocessed_input();
}

Result<void> Connection::start_renegotiation() {
  // RFC 8446 §6.1, RFC 5246 §7.2.1: nothing may follow our close_notify.
  if (!close_.may_send_control()) return silent_error(Reason::protocol_is_shutdown);
  const Calls::Scope call(calls_, Calls::Kind::drives);
  if (renegotiation_.hello_waiting) {
    renegotiation_.hello_waiting = false;
  } else {
    renegotiation_.wanted = false;
    ++renegotiation_.count;
    ++renegotiation_.total;
    if (role_ == Role::server) {
      const Result<void> sent = send_hello_request();
      if (!sent) return fail(sent.error());
      return {};
    }
  }
  renegotiated_ = std::make_unique<Negotiated>();
  renegotiated_->version = negotiated_.version;
  renegotiated_->alpn = negotiated_.alpn;
  renegotiated_->next_protocol = negotiated_.next_protocol;
  renegotiated_->extended_master_secret = negotiated_.extended_master_secret;
  // Those in force until the new ones are there (SSL_get_finished).
  renegotiated_->own_finished = negotiated_.own_finished;
  renegotiated_->peer_finished = negotiated_.peer_finished;
  renegotiated_->renegotiation = negotiated_.renegotiation;
  renegotiated_->renegotiation.active = true;
  renegotiated_->renegotiation.full = renegotiation_.full;
  renegotiated_->renegotiation.certificate_requested =
      negotiated_.certificate_requested || negotiated_.renegotiation.certificate_requested;
  if (role_ == Role::client) renegotiated_->renegotiation.server = negotiated_.peer;
  // As in OpenSSL, a client's answer to SSL_session_reused is that of the handshake under way.
  if (role_ == Role::client) negotiated_.resumed = false;
  handshake_ = make_handshake(*renegotiated_);
  channel().allow_data(role_ == Role::client);
  // A HelloRequest that is followed at once is where it began.
  if (stage() != HandshakeStage::client_read_hello_request) {
    stages_.tell(Progress::restarted);
  }
  return {};
}

// RFC 5246 §7.4.1.1: "Servers SHOULD NOT send a HelloRequest immediately upon the client's initial
// connection"; when else is the application's affair.
Result<void> Connection::send_hello_request() {
  stages_.begin_exchange();
  stages_.tell(Progress::restarted);
  stages_.move_to(HandshakeStage::server_write_hello_request);
  Bytes out;
  MessageBuilder message(out, HandshakeType::hello_request);
  TRY(channel().send(TRY(message.finish())));
  TRY(channel().flush_flight());
  stages_.tell(Progress::moved);
  stages_.end_exchange();
  stages_.tell(Progress::idle);
  return {};
}

// Whether the message that comes next is a ClientHello that begins a handshake: it stays where it
// is for that handshake to read.
bool Connection::takes_client_hello() {
  if (!tls12() || role_ != Role::server || !close_.may_send_control()) return false;
  if (channel().messages().next_type() != HandshakeType::client_hello) return false;
  if (renegotiation_.pending) return true;
  // RFC 5746 §4.4: whoever sent the data before may not be who sends this, unless the two
  // handshakes are bound. (SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION is named after it.)
  const bool bound =
      negotiated_.renegotiation.secure || config_->has(option::kAllowUnsafeLegacyRenegotiation);
  if (!bound || config_->has(option::kNoRenegotiation) ||
      !config_->has(option::kAllowClientRenegotiation)) {
    return false;
  }
  // As in OpenSSL: the client's own idea counts for one that asks for a session of its own.
  renegotiation_.pending = true;
  renegotiation_.full = true;
  return true;
}

Result<void> Connection::count_renegotiation_request() {
  if (++renegotiation_.in_row > limits::kMaxRenegotiations) {
    return Error{Reason::no_renegotiation, AlertDescription::unexpected_message};
  }
  return {};
}

// HelloRequest at a client, or at a server a ClientHello that is not followed.
Result<void> Connection::read_renegotiation_request(const HandshakeMessage& message) {
  const bool client = role_ == Role::client;
  const bool follows = follows_hello_request();
  // Else the handshake begins later.
  const bool at_once = follows && output().empty() && !has_unprocessed_input();
  stages_.begin_exchange();
  stages_.tell(client && !at_once ? Progress::asked : Progress::restarted);
  stages_.tell(Progress::moved);
  stages_.tell(Progress::moved);
  if (message.type != (client ? HandshakeType::hello_request : HandshakeType::client_hello)) {
    return unexpected_message();
  }
  stages_.read(
      client ? HandshakeStage::client_read_hello_request : HandshakeStage::server_read_client_hello,
      message);
  if (client && !message.body.empty()) {
    return Error{Reason::length_mismatch, AlertDescription::decode_error};
  }
  TRY(count_renegotiation_request());
  // After our close_notify there is nothing to be said.
  if (!follows && close_.may_send_control()) TRY(refuse_renegotiation());
  if (follows && !renegotiation_.wanted) request_renegotiation(false);
  if (at_once) {
    stages_.end_exchange(stage());
    return {};
  }
  stages_.tell(Progress::moved);
  stages_.end_exchange();
  stages_.tell(Progress::idle);
  stages_.tell(Progress::left);
  return {};
}

// RFC 5746 §4.2: without the extension a client had better not renegotiate. An application that
// connects to such servers on purpose is taken at its word, as in OpenSSL.
bool Connection::follows_hello_request() const {
  const bool bound =
      negotiated_.renegotiation.secure ||
      config_->has(option::kLegacyServerConnect | option::kAllowUnsafeLegacyRenegotiation);
  return role_ == Role::client && bound && !config_->has(option::kNoRenegotiation) &&
         close_.may_send_control();
}

// RFC 5246 §7.4.1.1: "If the client does not wish to renegotiate a session, ... the client may
// also, if it wishes, respond with a no_renegotiation alert"; a server may do the same.
Result<void> Connection::refuse_renegotiation() {
  // One refusal waits for its way out at a time: a peer that asks and does not read would fill our
  // memory.
  if (output().empty()) TRY(channel().send_warning(AlertDescription::no_renegotiation));
  return {};
}

}  // namespace ciao::tls
