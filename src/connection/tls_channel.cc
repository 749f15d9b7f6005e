#include "connection/tls_channel.h"

#include "config/application.h"
#include "config/observer.h"
#include "handshake/context.h"
#include "keys/key_schedule13.h"

namespace ciao::tls {

Result<Incoming> TlsChannel::next_message(HandshakeMessage& message) {
  for (;;) {
    if (TRY(messages_.next(message, config_->max_certificate_list))) {
      if (!TRY(skips(message))) return Incoming::message;
      continue;
    }
    // Our answer goes out before we wait for the peer's.
    TRY(flush_flight());
    switch (TRY(receive())) {
      case Arrival::input_wanted: return Incoming::input_wanted;
      case Arrival::close_notify: return Incoming::closed;
      case Arrival::data:
        if (!data_allowed_) return data_in_handshake();
        if (!data_.empty()) return Incoming::data;
        release_data();
        break;
      case Arrival::change_cipher_spec:
        if (ccs_awaited_) return Incoming::change_cipher_spec;
        return unexpected_message();
      case Arrival::handshake:
      case Arrival::warning: break;
    }
  }
}

// The gate for application data opens with the peer's Finished and not before. (Without protection
// the reader lets none through.)
Error TlsChannel::data_in_handshake() const {
  return {Reason::unexpected_record, AlertDescription::unexpected_message};
}

// RFC 8446 §5.1: "Handshake messages MUST NOT be interleaved with other record types." TLS 1.2 says
// it of ChangeCipherSpec alone, after which other keys hold; ours lets only alerts pass.
Result<void> TlsChannel::check_interleaving(ContentType type) const {
  if (type == ContentType::handshake || !messages_.holds_input()) return {};
  if (tls12_ && type == ContentType::alert) return {};
  const Reason reason = tls12_ && type == ContentType::change_cipher_spec
                            ? Reason::bad_change_cipher_spec
                            : Reason::mixed_handshake_and_non_handshake_data;
  return Error{reason, AlertDescription::unexpected_message};
}

// A TLS 1.2 record of a type that may not come: after our close_notify OpenSSL has another reason
// for it.
Error TlsChannel::out_of_place(Error error) const {
  if (!tls12_) return error;
  if (close_.sent_flag() && error.reason == Reason::bad_record_type) {
    error.reason = Reason::application_data_after_close_notify;
  }
  // Data in the clear; before the version is known it has another reason.
  if (error.reason == Reason::unexpected_message) return data_in_handshake();
  return error;
}

ProtocolVersion TlsChannel::version_of_stray_record() const {
  const ByteView header = reader_.header();
  if (header[0] == code(ContentType::handshake)) return ProtocolVersion::unset;
  return static_cast<ProtocolVersion>(header[1] << 8 | header[2]);
}

Result<Arrival> TlsChannel::receive() {
  std::optional<Record> record;
  for (;;) {
    Result<std::optional<Record>> opened = reader_.open();
    if (!opened) return out_of_place(opened.error());
    record = *opened;
    if (record) break;
    // Either more has to come, or a record was dropped and the next one is here already.
    if (reader_.needed() != 0) return Arrival::input_wanted;
  }
  // The application declared the peer's side closed: what comes is checked, and thrown away.
  if (close_.received_flag()) {
    reader_.release();
    return Arrival::close_notify;
  }
  hooks_.observer->record(Flow::received, reader_.header());
  if (reader_.hides_type()) hooks_.observer->inner_content_type(Flow::received, record->type);
  const Result<void> placed = check_interleaving(record->type);
  if (!placed) {
    reader_.release();
    return placed.error();
  }
  if (record->type != ContentType::alert && !record->content.empty()) warnings_ = 0;
  switch (record->type) {
    case ContentType::handshake:
      messages_.append(record->content);
      reader_.release();
      return Arrival::handshake;
    case ContentType::application_data: data_ = record->content; return Arrival::data;
    case ContentType::change_cipher_spec: {
      //  struct { enum { change_cipher_spec(1), (255) } type; } ChangeCipherSpec;
      const bool valid = record->content.size() == 1 && record->content[0] == 1;
      reader_.release();
      if (!valid)
        return Error{Reason::bad_change_cipher_spec, AlertDescription::unexpected_message};
      if (tls12_ && close_.sent_flag() && !ccs_awaited_) {
        return out_of_place({Reason::bad_record_type, AlertDescription::unexpected_message});
      }
      return Arrival::change_cipher_spec;
    }
    default: break;
  }
  const Result<Arrival> arrival = receive_alert(record->content);
  reader_.release();
  return arrival;
}

Result<Arrival> TlsChannel::receive_alert(ByteView content) {
  hooks_.observer->message(Flow::received, ContentType::alert, content);
  const Alert alert = TRY(Alert::parse(content));
  hooks_.observer->alert(Flow::received, alert.level, alert.description);
  // RFC 8446 §6: in TLS 1.3 "the severity is implicit in the type of alert being sent", and
  // user_canceled is the one beside close_notify that is not fatal. In TLS 1.2 (RFC 5246 §7.2), and
  // as long as it may be the version, the level decides.
  const bool by_level = !reader_.hides_type();
  if (by_level && alert.level != AlertLevel::warning && alert.level != AlertLevel::fatal) {
    return Error{Reason::unknown_alert_type, AlertDescription::illegal_parameter};
  }
  const bool warning = by_level ? alert.level == AlertLevel::warning
                                : alert.description == AlertDescription::user_canceled;
  if (alert.description == AlertDescription::close_notify && (warning || !by_level)) {
    close_.close_notify_received();
    return Arrival::close_notify;
  }
  if (warning) return receive_warning(alert.description);
  peer_alert_ = alert.description;
  close_.peer_alert_received();
  // OpenSSL reports a received alert d as reason 1000 + d.
  return silent_error(static_cast<Reason>(1000 + code(alert.description)));
}

Result<Arrival> TlsChannel::receive_warning(AlertDescription description) {
  // RFC 5746 and OpenSSL: who asked for a renegotiation cannot go on without.
  if (description == AlertDescription::no_renegotiation) {
    return Error{Reason::no_renegotiation, AlertDescription::handshake_failure};
  }
  if (++warnings_ > limits::kMaxWarningAlerts) {
    return Error{Reason::too_many_warn_alerts, AlertDescription::unexpected_message};
  }
  return Arrival::warning;
}

void TlsChannel::release_data() {
  data_ = {};
  reader_.release();
}

Result<bool> TlsChannel::post_handshake_message(HandshakeMessage& message) {
  return messages_.next(message, config_->max_certificate_list);
}

// Messages that are protected share records (RFC 8446 §5.1), each of which costs a tag. In the
// clear each has its own, as with OpenSSL: there are tools that look for one message in a record.
Result<void> TlsChannel::send(ByteView message) {
  if (!writer_.encrypted()) TRY(flush_flight());
  hooks_.observer->message(Flow::sent, ContentType::handshake, message);
  flight_.append(message);
  return {};
}

Result<void> TlsChannel::flush_flight() {
  if (flight_.empty()) return {};
  // Whoever hears of a record may send, or fail, in the middle: what leaves is out of its reach.
  Buffer leaving = std::move(flight_);
  const std::size_t fragment = max_fragment();
  while (!leaving.empty()) {
    const ByteView next = leaving.view().first(std::min(leaving.size(), fragment));
    TRY(seal(ContentType::handshake, next));
    leaving.consume(next.size());
  }
  writer_.set_initial_version(false);
  return {};
}

Result<void> TlsChannel::send_change_cipher_spec() {
  TRY(flush_flight());
  ccs_owed_ = false;
  const std::uint8_t content[] = {1};
  if (tls12_) {
    TRY(seal(ContentType::change_cipher_spec, content));
  } else {
    writer_.queue_plaintext(ContentType::change_cipher_spec, content);
    hooks_.observer->record(Flow::sent, writer_.last_header());
  }
  hooks_.observer->message(Flow::sent, ContentType::change_cipher_spec, content);
  return {};
}

Result<void> TlsChannel::check_record_boundary() const {
  if (messages_.holds_input())
    return Error{Reason::not_on_record_boundary, AlertDescription::unexpected_message};
  return {};
}

Result<void> TlsChannel::install_read(Level, const Suite& suite, ByteView traffic_secret) {
  // RFC 8446 §5.1: "Handshake messages MUST NOT span key changes. Implementations MUST verify that
  // all messages immediately preceding a key change align with a record boundary".
  TRY(check_record_boundary());
  const TrafficKeys keys = TRY(traffic_keys(algorithms_, suite, traffic_secret));
  return reader_.install(algorithms_, suite.aead, keys.key.view(), keys.iv.view());
}

Result<void> TlsChannel::install_write(Level, const Suite& suite, ByteView traffic_secret) {
  TRY(flush_flight());
  const TrafficKeys keys = TRY(traffic_keys(algorithms_, suite, traffic_secret));
  return writer_.install(algorithms_, suite.aead, keys.key.view(), keys.iv.view());
}

Result<void> TlsChannel::remove_write_protection() {
  TRY(flush_flight());
  writer_.remove_protection();
  return {};
}

// --- TLS 1.2 ---

Result<void> TlsChannel::begin_tls12() {
  tls12_ = true;
  data_allowed_ = false;
  return reader_.set_tls12();
}

Result<Incoming> TlsChannel::next_change_cipher_spec() {
  for (;;) {
    HandshakeMessage message;
    if (TRY(messages_.next(message, config_->max_certificate_list))) {
      if (!TRY(skips(message))) return unexpected_message();
      continue;
    }
    TRY(flush_flight());
    switch (TRY(receive())) {
      case Arrival::input_wanted: return Incoming::input_wanted;
      case Arrival::close_notify: return Incoming::closed;
      case Arrival::change_cipher_spec: return Incoming::message;
      case Arrival::data: return data_in_handshake();
      case Arrival::handshake:
      case Arrival::warning: break;
    }
  }
}

// RFC 5246 §7.4.1.1: HelloRequest "will be ignored by the client if the client is currently
// negotiating a session", and "MUST NOT be included in the message hashes".
Result<bool> TlsChannel::skips(const HandshakeMessage& message) {
  if (!ignores_hello_requests_ || message.type != HandshakeType::hello_request ||
      !message.body.empty()) {
    return false;
  }
  if (++hello_requests_ > limits::kMaxHelloRequests) return unexpected_message();
  // No stage is for it: here is where the application hears of it.
  hooks_.observer->message(Flow::received, ContentType::handshake, message.raw);
  return true;
}

Result<void> TlsChannel::install_read(const Suite& suite, const RecordKeys12& keys) {
  // A message that began under the old keys cannot end under the new ones. ChangeCipherSpec in the
  // middle of one is refused before this (check_interleaving()).
  TRY(check_record_boundary());
  return reader_.install(algorithms_, suite, keys);
}

Result<void> TlsChannel::install_write(const Suite& suite, const RecordKeys12& keys) {
  TRY(flush_flight());
  return writer_.install(algorithms_, suite, keys);
}

Result<void> TlsChannel::send_warning(AlertDescription description) {
  TRY(flush_flight());
  TRY(write_alert(AlertLevel::warning, description));
  const std::uint8_t content[] = {code(AlertLevel::warning), code(description)};
  hooks_.observer->message(Flow::sent, ContentType::alert, content);
  hooks_.observer->alert(Flow::sent, AlertLevel::warning, description);
  return {};
}

void TlsChannel::limit_fragments(std::size_t size) {
  reader_.set_max_plaintext(size);
  limit_sent_fragments(size);
}

void TlsChannel::limit_sent_fragments(std::size_t size) {
  fragment_limit_ = static_cast<std::uint16_t>(size);
}

std::size_t TlsChannel::max_fragment() const {
  return std::min(fragment_limit_, config_->max_send_fragment);
}

void TlsChannel::skip_early_data() {
  reader_.skip_early_data(limits::max_skipped_early_data(config_->recv_max_early_data));
}

Result<void> TlsChannel::write_data(ByteView data) {
  return seal(ContentType::application_data, data);
}

Result<void> TlsChannel::write_alert(AlertLevel level, AlertDescription description) {
  // RFC 8446 §D.4: "immediately before its second flight", which this alert then is.
  if (ccs_owed_) TRY(send_change_cipher_spec());
  const std::uint8_t content[] = {code(level), code(description)};
  return seal(ContentType::alert, content);
}

Result<void> TlsChannel::seal(ContentType type, ByteView content) {
  TRY(writer_.seal(type, content, padding_for(type, content.size())));
  hooks_.observer->record(Flow::sent, writer_.last_header());
  if (writer_.hides_type()) hooks_.observer->inner_content_type(Flow::sent, type);
  return {};
}

// RFC 8446 §5.4: only records that hide their type can be padded, and only then is it asked for.
std::size_t TlsChannel::padding_for(ContentType type, std::size_t size) const {
  return writer_.hides_type() ? hooks_.application->record_padding(type, size) : 0;
}

}  // namespace ciao::tls
