#include "handshake/hello_client.h"

#include "config/observer.h"
#include "crypto/random.h"
#include "extensions/pre_shared_key.h"
#include "extensions/registry.h"
#include "handshake/hello_random.h"
#include "handshake/resumption.h"
#include "handshake/resumption12.h"
#include "handshake/session_facts.h"
#include "record/limits.h"
#include "session/session_store.h"

namespace ciao::tls {

Result<Step> HelloClient::step(HandshakeContext& context) {
  switch (state_) {
    case State::start: return send_client_hello(context);
    case State::early_data: return pause_for_early_data(context);
    case State::wait_sh: return read_server_hello(context);
  }
  return internal_error();
}

// What both ClientHellos have in common.
Result<void> HelloClient::prepare(HandshakeContext& context) {
  const Config& config = *context.config;
  Exchange& exchange = context.exchange;
  const bool tls13 = exchange.allows(ProtocolVersion::tls1_3);
  const bool tls12 = exchange.allows(ProtocolVersion::tls1_2);
  if (!tls13 && !tls12) {
    return Error{Reason::no_protocols_available, AlertDescription::protocol_version};
  }
  context.negotiated.offered_version = tls13 ? ProtocolVersion::tls1_3 : ProtocolVersion::tls1_2;
  TRY(make_hello_random(context));
  const auto offer = [&](const std::vector<std::uint16_t>& ids) {
    for (const std::uint16_t id : ids) {
      const Suite* suite = find_suite(id);
      if (suite != nullptr && suite->available(context.algorithms) &&
          (!uses_psk(suite->key_exchange) || context.hooks.application->has_psk())) {
        exchange.offered_suites.push_back(id);
      }
    }
  };
  // As in OpenSSL, there has to be a suite for the newest version that is offered.
  if (tls13) offer(config.suites13);
  const bool none13 = tls13 && exchange.offered_suites.empty();
  if (tls12) offer(config.suites12);
  if (none13 || exchange.offered_suites.empty()) {
    return Error{Reason::no_ciphers_available, AlertDescription::internal_error};
  }
  context.negotiated.server_name = config.server_name;
  return choose_session(context);
}

// The session to offer, and the legacy_session_id: that of a TLS 1.2 session, or, to look like one,
// something unpredictable (RFC 8446 §D.4).
Result<void> HelloClient::choose_session(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  const Ref<Session>& session = context.session;
  const bool tls13 = context.exchange.allows(ProtocolVersion::tls1_3);
  const bool may_resume = !context.negotiated.renegotiation.full;
  if (session && tls13 && ticket_offerable(exchange, *session)) {
    const HashId hash = find_suite13(session->suite)->hash;
    exchange.offered_psks.push_back({PskOrigin::ticket, hash, session->ticket, session});
  } else if (session && may_resume && offerable12(context, *session)) {
    exchange.offered_session12 = session;
    exchange.legacy_session_id = to_bytes(session->id.view());
  }
  context.negotiated.session_offered = offers_ticket(exchange) || exchange.offered_session12;
  // In a renegotiation the session in use stays until another one takes its place.
  if (!context.negotiated.session_offered && !context.negotiated.renegotiation.active) {
    begin_session(context);
    // Until there is an answer: the newest one that is offered, as SSL_version says.
    context.session->version = tls13 ? ProtocolVersion::tls1_3 : ProtocolVersion::tls1_2;
  }
  if (tls13 && !exchange.offered_session12 && context.config->has(option::kEnableMiddleboxCompat)) {
    exchange.legacy_session_id.resize(kMaxSessionIdSize);
    TRY(random_bytes(context.algorithms, exchange.legacy_session_id));
  }
  return {};
}

Result<Step> HelloClient::send_client_hello(HandshakeContext& context) {
  const bool again = context.exchange.retry;
  if (!again) TRY(prepare(context));
  TRY(offer_external_psk(context));
  if (!again) context.exchange.early_suite = choose_early_suite(context);
  if (again && !context.exchange.ccs_sent && context.config->has(option::kEnableMiddleboxCompat)) {
    // RFC 8446 §D.4: "before its second flight", which after a HelloRetryRequest begins with this
    // message.
    context.writes(HandshakeStage::client_write_change);
    TRY(context.channel.send_change_cipher_spec());
    context.exchange.ccs_sent = true;
  }
  context.writes(HandshakeStage::client_write_client_hello);
  Bytes out;
  MessageBuilder message(out, HandshakeType::client_hello);
  Writer& body = message.body();
  body.put(ProtocolVersion::tls1_2);
  body.bytes(context.negotiated.client_random);
  body.vector8(context.exchange.legacy_session_id);
  {
    const Writer::Scope list = body.scope16();
    for (const std::uint16_t id : context.exchange.offered_suites) body.u16(id);
    // RFC 5746 §3.4: says what an empty renegotiation_info would say.
    if (context.exchange.allows(ProtocolVersion::tls1_2) &&
        !context.negotiated.renegotiation.active) {
      body.u16(kEmptyRenegotiationInfoScsv);
    }
    if (context.config->has_mode(mode::kSendFallbackScsv)) body.u16(kFallbackScsv);
  }
  body.u8(1);  // legacy_compression_methods: null alone
  body.u8(0);
  TRY(write_extensions(context.exchange, In::client_hello, body));
  TRY(message.finish());
  if (!context.exchange.offered_psks.empty()) TRY(fill_in_binders(context, out));
  TRY(context.send(out));
  if (context.exchange.allows(ProtocolVersion::tls1_3)) {
    context.channel.allow_change_cipher_spec(true);
  }
  context.channel.ignore_hello_requests(!again && context.exchange.allows(ProtocolVersion::tls1_2));
  state_ = State::wait_sh;
  if (!again && context.early != nullptr) {
    TRY(begin_early_data(context));
    state_ = State::early_data;
  }
  return Step::again();
}

Result<Step> HelloClient::pause_for_early_data(HandshakeContext& context) {
  context.writes(HandshakeStage::early_data);
  state_ = State::wait_sh;
  return Step::stop(Wait::early_data);
}

// What was sent is not read by a server that answers with a HelloRetryRequest or TLS 1.2; what
// comes next goes without protection.
Result<void> HelloClient::give_up_early_data(HandshakeContext& context) const {
  if (context.exchange.early_suite == nullptr) return {};
  context.exchange.early_suite = nullptr;
  context.early->keyed = false;
  TRY(context.channel.remove_write_protection());
  // The session's length held for early data alone: nothing is agreed on yet.
  context.channel.limit_sent_fragments(limits::kMaxPlaintext);
  return {};
}

Result<Step> HelloClient::read_server_hello(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::server_hello) return unexpected_message();
  context.stages.read(HandshakeStage::client_read_server_hello, message);
  const ServerHello hello = TRY(ServerHello::parse(message.body));
  // RFC 8446 §4.1.3: only a client that speaks TLS 1.3 knows this random.
  if (hello.is_hello_retry_request() && context.exchange.allows(ProtocolVersion::tls1_3)) {
    return retry(context, hello, message.raw);
  }
  return accept_server_hello(context, hello, message.raw);
}

Result<const Suite*> HelloClient::check_server_hello(const HandshakeContext& context,
                                                     const ServerHello& hello) const {
  if (context.exchange.selected_version != ProtocolVersion::tls1_3) {
    // Nothing but TLS 1.3 was offered: RFC 8446 §4.2.1 has illegal_parameter for an answer outside
    // of the list, and protocol_version for a server that does not know the extension.
    if (context.exchange.selected_version != ProtocolVersion::unset) {
      return Error{Reason::bad_protocol_version_number, AlertDescription::illegal_parameter};
    }
    return Error{Reason::unsupported_protocol, AlertDescription::protocol_version};
  }
  // RFC 8446 §4.1.3: legacy_version MUST be 0x0303.
  if (hello.legacy_version != ProtocolVersion::tls1_2) {
    return Error{Reason::bad_protocol_version_number, AlertDescription::illegal_parameter};
  }
  if (!equal(hello.legacy_session_id_echo, context.exchange.legacy_session_id)) {
    return Error{Reason::invalid_session_id, AlertDescription::illegal_parameter};
  }
  if (hello.legacy_compression_method != 0) {
    return Error{Reason::invalid_compression_algorithm, AlertDescription::illegal_parameter};
  }
  const Suite* suite = find_suite13(hello.cipher_suite);
  if (suite == nullptr)
    return Error{Reason::unknown_cipher_returned, AlertDescription::illegal_parameter};
  // RFC 8446 §4.1.3: "A client which receives a cipher suite that was not offered MUST abort"; and
  // it may not change after the retry.
  const auto& offered = context.exchange.offered_suites;
  if (std::ranges::find(offered, suite->id) == offered.end() ||
      (context.negotiated.suite != nullptr && context.negotiated.suite != suite)) {
    return Error{Reason::wrong_cipher_returned, AlertDescription::illegal_parameter};
  }
  return suite;
}

Result<Step> HelloClient::retry(HandshakeContext& context, const ServerHello& hello, ByteView raw) {
  Exchange& exchange = context.exchange;
  // RFC 8446 §4.1.4: "If a client receives a second HelloRetryRequest in the same connection ... it
  // MUST abort the handshake with an "unexpected_message" alert."
  if (exchange.retry) return unexpected_message();
  // The ServerHello answers our second ClientHello, and cannot have begun before it.
  TRY(context.channel.check_record_boundary());
  exchange.retry = true;
  context.negotiated.hello_retry = true;
  TRY(give_up_early_data(context));
  // The version first: it decides what the rest means.
  const ExtensionView* version = hello.extensions.find(ExtensionType::supported_versions);
  if (version != nullptr) {
    TRY(parse_supported_versions(exchange, In::hello_retry_request,
                                 Reader(version->content, Reason::bad_extension)));
  }
  const Suite* suite = TRY(check_server_hello(context, hello));
  TRY(parse_extensions(exchange, In::hello_retry_request, hello.extensions));
  // RFC 8446 §4.1.4: "Clients MUST abort the handshake with an "illegal_parameter" alert if the
  // HelloRetryRequest would not result in any change in the ClientHello."
  if (exchange.retry_group == NamedGroup::none && exchange.cookie.empty()) {
    return Error{Reason::no_change_following_hrr, AlertDescription::illegal_parameter};
  }
  context.negotiated.suite = suite;
  TRY(context.transcript.start(context.algorithms, suite->hash));
  TRY(context.transcript.replace_with_message_hash(context.algorithms));
  context.transcript.add(raw);
  drop_unusable_psks(context);
  state_ = State::start;
  return Step::again();
}

// RFC 8446 §4.1.4: "the client SHOULD NOT offer any pre-shared keys associated with a hash other
// than that of the selected cipher suite."
void HelloClient::drop_unusable_psks(HandshakeContext& context) const {
  const HashId hash = context.negotiated.suite->hash;
  std::erase_if(context.exchange.offered_psks, [&](const Psk& psk) { return psk.hash != hash; });
}

// Whether the server answered with TLS 1.2, and was free to.
Result<bool> HelloClient::is_tls12(const HandshakeContext& context,
                                   const ServerHello& hello) const {
  const bool names_version = context.exchange.selected_version != ProtocolVersion::unset;
  if (names_version) return false;
  // The HelloRetryRequest was an answer of TLS 1.3 already.
  if (context.exchange.retry) {
    return Error{Reason::wrong_ssl_version, AlertDescription::protocol_version};
  }
  if (hello.legacy_version != ProtocolVersion::tls1_2 ||
      !context.exchange.allows(ProtocolVersion::tls1_2)) {
    const Reason reason = context.negotiated.renegotiation.active ? Reason::wrong_ssl_version
                                                                  : Reason::unsupported_protocol;
    return Error{reason, AlertDescription::protocol_version};
  }
  // RFC 8446 §4.1.3: "TLS 1.3 clients receiving a ServerHello indicating TLS 1.2 or below MUST
  // check that the last 8 bytes are not equal to either of these values": somebody on the path had
  // a hand in the version.
  const ByteView end = hello.random.last(sizeof kDowngradeToTls12);
  // A client that falls back (RFC 7507) has tried TLS 1.3 before.
  const bool knows13 = context.exchange.allows(ProtocolVersion::tls1_3) ||
                       context.config->has_mode(mode::kSendFallbackScsv);
  if (knows13 && (equal(end, kDowngradeToTls12) || equal(end, kDowngradeToTls11))) {
    return Error{Reason::inappropriate_fallback, AlertDescription::illegal_parameter};
  }
  return true;
}

Result<void> HelloClient::check_selected_psk(const HandshakeContext& context,
                                             const Suite& suite) const {
  // RFC 8446 §4.2.11: "Clients MUST verify ... that the server selected a cipher suite indicating a
  // Hash associated with the PSK".
  if (context.exchange.psk.hash != suite.hash) {
    return Error{Reason::ciphersuite_digest_has_changed, AlertDescription::illegal_parameter};
  }
  return check_session_context(context, *context.exchange.psk.session);
}

Result<Step> HelloClient::accept_server_hello(HandshakeContext& context, const ServerHello& hello,
                                              ByteView raw) {
  Exchange& exchange = context.exchange;
  exchange.selected_version = ProtocolVersion::unset;
  const ExtensionView* version = hello.extensions.find(ExtensionType::supported_versions);
  if (version != nullptr) {
    if (!exchange.has_sent(ExtensionType::supported_versions)) {
      return Error{Reason::unsolicited_extension, AlertDescription::unsupported_extension};
    }
    TRY(parse_supported_versions(exchange, In::server_hello,
                                 Reader(version->content, Reason::bad_extension)));
  }
  copy_bytes(context.negotiated.server_random.data(), hello.random);
  if (TRY(is_tls12(context, hello))) {
    // RFC 8446 §D.3: "A client that attempts to send 0-RTT data MUST fail a connection if it
    // receives a ServerHello with TLS 1.2 or older."
    if (exchange.early_suite != nullptr) {
      TRY(give_up_early_data(context));
      return Error{Reason::wrong_ssl_version, AlertDescription::protocol_version};
    }
    context.negotiated.version = ProtocolVersion::tls1_2;
    exchange.selected_version = ProtocolVersion::tls1_2;
    exchange.server_hello = to_bytes(raw);
    return Step::done();
  }
  context.channel.ignore_hello_requests(false);
  context.negotiated.version = ProtocolVersion::tls1_3;
  const Suite* suite = TRY(check_server_hello(context, hello));
  TRY(parse_extensions(exchange, In::server_hello, hello.extensions));
  // RFC 8446 §4.2.9: psk_ke needs no share, and only if it was offered.
  if (exchange.psk_alone &&
      !(exchange.psk_selected() && context.config->has(option::kAllowNoDheKex))) {
    return Error{Reason::no_suitable_key_share, AlertDescription::missing_extension};
  }
  context.negotiated.resumed = exchange.psk_selected();
  if (exchange.psk_selected()) TRY(check_selected_psk(context, *suite));
  context.negotiated.suite = suite;
  TRY(context.transcript.start(context.algorithms, suite->hash));
  context.transcript.add(raw);
  if (!exchange.psk_selected()) {
    if (offers_ticket(exchange)) {
      context.hooks.sessions->refused(exchange.offered_psks.front().session);
    }
    begin_session(context);
  }
  return Step::done();
}

}  // namespace ciao::tls
