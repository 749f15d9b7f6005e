#include "handshake/server12.h"

#include "extensions/custom.h"
#include "extensions/max_fragment_length.h"
#include "extensions/registry.h"
#include "handshake/authentication.h"
#include "handshake/authentication12.h"
#include "handshake/hello_random.h"
#include "handshake/negotiate.h"
#include "handshake/renegotiation.h"
#include "handshake/resumption12.h"
#include "handshake/session_facts.h"
#include "handshake/settle.h"
#include "messages/certificate12.h"
#include "messages/certificate_status.h"
#include "messages/certificate_verify.h"
#include "messages/key_exchange12.h"
#include "messages/new_session_ticket12.h"
#include "messages/next_protocol.h"
#include "messages/server_hello.h"
#include "session/session_store.h"

namespace ciao::tls {

Result<Step> Server12::step(HandshakeContext& context) {
  switch (state_) {
    case State::client_hello: return accept_client_hello(context);
    case State::resume: return resume(context);
    case State::certificate: return ask_for_certificate(context);
    case State::send_server_hello: return send_server_hello(context);
    case State::send_server_key_exchange: return send_server_key_exchange(context);
    case State::send_server_hello_done: return send_server_hello_done(context);
    case State::wait_certificate: return read_certificate(context);
    case State::verify: return verify_peer(context);
    case State::wait_client_key_exchange: return read_client_key_exchange(context);
    case State::wait_certificate_verify: return read_certificate_verify(context);
    case State::wait_change_cipher_spec: return read_change_cipher_spec(context);
    case State::wait_next_protocol: return read_next_protocol(context);
    case State::wait_finished: return read_finished(context);
    case State::send_finished: return send_finished(context);
    case State::done: return complete(context);
  }
  return internal_error();
}

Result<Step> Server12::accept_client_hello(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  Negotiated& facts = context.negotiated;
  const ClientHello hello =
      TRY(ClientHello::parse(ByteView(exchange.client_hello).subspan(kHandshakeHeaderSize)));
  TRY(context.channel.begin_tls12());
  // What the client says next answers our flight, and cannot have begun before it.
  TRY(context.channel.check_record_boundary());
  copy_bytes(facts.client_random.data(), hello.random);
  facts.peer_suites = hello.suites();
  TRY(read_signalling(context, hello));
  TRY(parse_extensions(exchange, In::client_hello, hello.extensions));
  TRY(check_renegotiation(context));
  TRY(select_session12(context, hello));
  if (!facts.resumed) begin_session(context);
  TRY(read_custom_extensions(exchange, In::client_hello, hello.extensions, {}));
  TRY(settle_server_name(context));
  // The application was told the session's name, or that there is none; what it made of that does
  // not hold for the name that this client asked for.
  if (facts.resumed && !recheck_session12(context)) TRY(settle_server_name(context));
  if (facts.resumed) {
    context.hooks.sessions->resumed(exchange.offered_session12);
    // As in OpenSSL, what only a full handshake chooses from is not kept.
    facts.peer_schemes.clear();
    facts.peer_groups.clear();
  }
  settle_max_fragment_length(exchange, exchange.offered_session12.get());
  context.channel.limit_fragments(max_fragment_size(facts.max_fragment_length));
  exchange.legacy_session_id = to_bytes(hello.legacy_session_id);
  if (!facts.resumed) TRY(take_external_secret(context));
  if (!facts.resumed) TRY(check_shared_schemes(exchange));
  state_ = facts.resumed ? State::resume : State::certificate;
  return Step::again();
}

// Suites that are none (RFC 5746 §3.3, RFC 7507).
Result<void> Server12::read_signalling(HandshakeContext& context, const ClientHello& hello) const {
  Renegotiation& renegotiation = context.negotiated.renegotiation;
  const bool secure = hello.offers_suite(kEmptyRenegotiationInfoScsv);
  // RFC 5746 §3.7: "If it includes the SCSV ... the server MUST abort the handshake."
  if (secure && renegotiation.active) {
    return Error{Reason::scsv_received_when_renegotiating, AlertDescription::handshake_failure};
  }
  // RFC 7507 §3: "the highest protocol version supported by the server" is what its settings allow.
  // As in OpenSSL, whether a certificate would have fitted TLS 1.3 does not matter.
  if (hello.offers_suite(kFallbackScsv) && context.config->allows(ProtocolVersion::tls1_3)) {
    return Error{Reason::inappropriate_fallback, AlertDescription::inappropriate_fallback};
  }
  if (secure) renegotiation.secure = true;
  return {};
}

// EAP-FAST: the handshake is that of a resumption, under a secret that the application has.
Result<void> Server12::take_external_secret(HandshakeContext& context) {
  if (!context.hooks.application->has_external_secret()) return {};
  Negotiated& facts = context.negotiated;
  std::optional<ExternalSecret> external =
      TRY(context.hooks.application->external_secret(facts.peer_suites));
  if (!external) return {};
  // As in OpenSSL the suite is the application's, too.
  facts.suite = external->suite;
  if (facts.suite == nullptr) {
    return Error{Reason::no_shared_cipher, AlertDescription::handshake_failure};
  }
  Session& session = *context.own_session;
  session.suite = facts.suite->id;
  session.secret = std::move(external->master);
  session.extended_master_secret = facts.extended_master_secret;
  session.verify_result = 0;
  // A new session, which ServerHello names or leaves to a ticket.
  if (!context.exchange.ticket_expected) TRY(context.hooks.sessions->assign_id(session));
  context.exchange.legacy_session_id = to_bytes(session.id.view());
  context.exchange.offered_session12 = context.own_session;
  facts.resumed = true;
  return {};
}

Result<Step> Server12::resume(HandshakeContext& context) {
  Negotiated& facts = context.negotiated;
  facts.encrypt_then_mac = facts.encrypt_then_mac && facts.suite->aead == AeadId::none;
  // Held apart from context.session, which the application may have replaced.
  const Session& session = *context.exchange.offered_session12;
  facts.extended_master_secret = session.extended_master_secret;
  facts.group = session.group;
  take_over_session(context, context.exchange.offered_session12);
  TRY(settle_alpn(context));
  TRY(context.transcript.start(context.algorithms, facts.suite->hash));
  context.transcript.add(context.exchange.client_hello);
  TRY(write_server_hello(context));
  TRY(secrets_.resume(context, session.secret.view()));
  authenticated_ = TRY(PeerAuthenticated::by_psk(context));
  state_ = State::send_finished;
  return Step::again();
}

Result<Step> Server12::ask_for_certificate(HandshakeContext& context) {
  if (TRY(context.hooks.certificates->certificate_wanted()) == Answer::pending) {
    return Step::stop(Wait::certificate);
  }
  TRY(choose_parameters(context));
  state_ = State::send_server_hello;
  return Step::again();
}

Result<void> Server12::choose_parameters(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  Negotiated& facts = context.negotiated;
  if (!exchange.offered.signature_algorithms_present) {
    // A client that knows the newer extension knows the older one (CVE-2021-3449 began so).
    if (!facts.peer_certificate_schemes.empty()) {
      return Error{Reason::no_shared_signature_algorithms, AlertDescription::handshake_failure};
    }
    // RFC 5246 §7.4.1.4.1: what a client without the extension is taken to support.
    facts.peer_schemes = {SignatureScheme::rsa_pkcs1_sha1, SignatureScheme::ecdsa_sha1};
    exchange.peer_schemes = facts.peer_schemes;
  }
  // The suite that is chosen is the last that usable() was asked about: credential and group are
  // set for it.
  facts.suite = choose_suite12(context.algorithms, *context.config, facts.peer_suites,
                               [&](const Suite& suite) { return usable(context, suite); });
  if (facts.suite == nullptr) {
    return Error{Reason::no_shared_cipher, AlertDescription::handshake_failure};
  }
  facts.encrypt_then_mac = facts.encrypt_then_mac && facts.suite->aead == AeadId::none;
  Session& session = *context.own_session;
  session.suite = facts.suite->id;
  session.extended_master_secret = facts.extended_master_secret;
  context.hooks.sessions->completed(session);
  if (session.not_resumable) exchange.ticket_expected = false;
  if (!session.not_resumable && !exchange.ticket_expected) {
    TRY(context.hooks.sessions->assign_id(session));
  }
  TRY(settle_alpn(context));
  return settle_status(context, credential_);
}

// Whether this client can be served with the suite; if so, credential and group are set for it.
bool Server12::usable(HandshakeContext& context, const Suite& suite) {
  const Credential* credential = credential_for(context, suite);
  if (credential == nullptr && suite.auth != SuiteAuth::psk) return false;
  if (!ServerKeys12::possible(context, suite, credential)) return false;
  credential_ = credential;
  return true;
}

const Credential* Server12::credential_for(HandshakeContext& context, const Suite& suite) {
  CertificateSource& source = *context.hooks.certificates;
  Negotiated& facts = context.negotiated;
  facts.own_scheme = SignatureScheme::none;
  if (suite.auth == SuiteAuth::psk) return nullptr;
  if (suite.key_exchange == KeyExchange::rsa) {
    facts.own_credential = KeyKind::rsa;
    return source.credential(KeyKind::rsa);
  }
  return choose_credential12(context, suite, [&](KeyKind kind) {
    if (!kind_fits_suite(kind, suite)) return false;
    if (kind != KeyKind::ecdsa || !context.exchange.offered.supported_groups_present) return true;
    // RFC 8422 §5.1: the certificate's curve is one that the client has.
    const Credential* own = source.credential(kind);
    const auto& curves = context.exchange.peer_groups;
    return own != nullptr && std::ranges::find(curves, key_curve(own->key.get())) != curves.end();
  });
}

Result<void> Server12::take_current_credential(HandshakeContext& context) {
  const auto fits = [&](const SchemeInfo& scheme, const Credential& credential) {
    return own_key_fits12(context, credential.key.get(), scheme, *context.negotiated.suite);
  };
  credential_ = current_credential(context, fits);
  if (credential_ == nullptr) credential_ = credential_for(context, *context.negotiated.suite);
  if (credential_ == nullptr) {
    return Error{Reason::no_suitable_signature_algorithm, AlertDescription::handshake_failure};
  }
  return {};
}

Result<void> Server12::write_server_hello(HandshakeContext& context) {
  context.writes(HandshakeStage::server_write_server_hello);
  Negotiated& facts = context.negotiated;
  TRY(make_hello_random(context));
  // RFC 8446 §4.1.3: "TLS 1.3 servers which negotiate TLS 1.2 or below in response to a ClientHello
  // MUST set the last 8 bytes of their Random value specially".
  if (may_choose_tls13(context)) {
    copy_bytes(facts.server_random.data() + kRandomSize - sizeof kDowngradeToTls12,
               kDowngradeToTls12);
  }
  Bytes out;
  MessageBuilder message(out, HandshakeType::server_hello);
  message.body().put(ProtocolVersion::tls1_2);
  message.body().bytes(facts.server_random);
  message.body().vector8(facts.resumed ? ByteView(context.exchange.legacy_session_id)
                                       : context.own_session->id.view());
  message.body().u16(facts.suite->id);
  message.body().u8(0);
  Bytes extensions;
  Writer block(extensions);
  TRY(write_extensions(context.exchange, In::server_hello12, block));
  TRY(block.finish());
  // RFC 5246 §7.4.1.3: without extensions the field is left out.
  if (extensions.size() > 2) message.body().bytes(extensions);
  return context.send(TRY(message.finish()));
}

Result<Step> Server12::send_server_hello(HandshakeContext& context) {
  TRY(context.transcript.start_keeping_messages(context.algorithms,
                                                context.negotiated.suite->hash));
  context.transcript.add(context.exchange.client_hello);
  TRY(write_server_hello(context));
  if (credential_ != nullptr) {
    context.writes(HandshakeStage::server_write_certificate);
    TRY(take_current_credential(context));
    TRY(send_certificate12(context, credential_));
  }
  const CertificateStatus status{.response = context.negotiated.ocsp_response};
  if (!status.response.empty()) {
    Bytes out;
    MessageBuilder message(out, HandshakeType::certificate_status);
    status.write(message.body());
    context.writes(HandshakeStage::server_write_certificate_status);
    TRY(context.send(TRY(message.finish())));
  }
  TRY(keys_.generate(context, credential_));
  state_ = keys_.announced() ? State::send_server_key_exchange : State::send_server_hello_done;
  return Step::again();
}

Result<Step> Server12::send_server_key_exchange(HandshakeContext& context) {
  context.writes(HandshakeStage::server_write_server_key_exchange);
  const bool is_signed = context.negotiated.suite->auth != SuiteAuth::psk;
  Bytes signature;
  if (is_signed) {
    const Bytes content = signed_params(context, keys_.params());
    const Answer answer = TRY(context.hooks.certificates->sign(
        *credential_, context.negotiated.own_scheme, content, signature));
    if (answer == Answer::pending) return Step::stop(Wait::signature);
  }
  Bytes out;
  MessageBuilder message(out, HandshakeType::server_key_exchange);
  message.body().bytes(keys_.params());
  if (is_signed) {
    message.body().put(context.negotiated.own_scheme);
    message.body().vector16(signature);
  }
  TRY(context.send(TRY(message.finish())));
  state_ = State::send_server_hello_done;
  return Step::again();
}

Result<void> Server12::send_certificate_request(HandshakeContext& context) {
  Bytes out;
  MessageBuilder message(out, HandshakeType::certificate_request);
  const Config& config = *context.config;
  const Bytes types = requested_certificate_types(context);
  CertificateRequest12 request;
  request.certificate_types = types;
  for (const SignatureScheme scheme : context.exchange.schemes_for(Role::client)) {
    if (find_scheme(scheme) == nullptr) continue;
    request.supported_signature_algorithms.push_back(scheme);
  }
  //  SignatureAndHashAlgorithm supported_signature_algorithms<2..2^16-2>;
  if (request.supported_signature_algorithms.empty()) {
    return Error{Reason::no_suitable_signature_algorithm, AlertDescription::internal_error};
  }
  if (!config.has(option::kDisableTlsextCaNames)) {
    const bool own_list = !config.client_ca_names.empty();
    const std::vector<Bytes>& names = own_list ? config.client_ca_names : config.ca_names;
    request.certificate_authorities.assign(names.begin(), names.end());
  }
  request.write(message.body());
  context.writes(HandshakeStage::server_write_certificate_request);
  request_sent_ = true;
  context.negotiated.certificate_requested = true;
  return context.send(TRY(message.finish()));
}

Result<Step> Server12::send_server_hello_done(HandshakeContext& context) {
  // RFC 4279 §2: no CertificateRequest with a pre-shared key, which authenticates the client.
  const bool again = context.negotiated.renegotiation.certificate_requested;
  if (context.config->asks_in_handshake(ProtocolVersion::tls1_2) &&
      !(again && context.config->request_certificate_once) &&
      context.negotiated.suite->auth != SuiteAuth::psk) {
    TRY(send_certificate_request(context));
  } else {
    context.transcript.forget_messages();
    authenticated_ = TRY(PeerAuthenticated::without_certificate(context));
  }
  Bytes out;
  MessageBuilder message(out, HandshakeType::server_hello_done);
  context.writes(HandshakeStage::server_write_server_hello_done);
  TRY(context.send(TRY(message.finish())));
  state_ = request_sent_ ? State::wait_certificate : State::wait_client_key_exchange;
  return Step::again();
}

Result<Step> Server12::read_certificate(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  // RFC 5246 §7.4.6: the client answers a request, if need be with an empty list.
  if (message.type != HandshakeType::certificate) return unexpected_message();
  context.stages.read(HandshakeStage::server_read_certificate, message);
  TRY(read_certificate12(context, message.body));
  context.transcript.add(message.raw);
  if (!context.negotiated.peer->empty()) {
    state_ = State::verify;
    return Step::again();
  }
  authenticated_ = TRY(PeerAuthenticated::without_certificate(context));
  state_ = State::wait_client_key_exchange;
  return Step::again();
}

Result<Step> Server12::verify_peer(HandshakeContext& context) {
  if (const auto stop = TRY(ask_verifier(context))) return *stop;
  state_ = State::wait_client_key_exchange;
  return Step::again();
}

Result<Step> Server12::read_client_key_exchange(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::client_key_exchange) return unexpected_message();
  context.stages.read(HandshakeStage::server_read_client_key_exchange, message);
  const ClientKeyExchange exchange12 =
      TRY(ClientKeyExchange::parse(message.body, *context.negotiated.suite));
  const SecretBytes premaster = TRY(keys_.premaster(context, exchange12, credential_));
  context.transcript.add(message.raw);
  TRY(secrets_.derive(context, premaster.view()));
  state_ = authenticated_ ? State::wait_change_cipher_spec : State::wait_certificate_verify;
  return Step::again();
}

Result<Step> Server12::read_certificate_verify(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::certificate_verify) return unexpected_message();
  context.stages.read(HandshakeStage::server_read_certificate_verify, message);
  const CertificateVerify verify = TRY(CertificateVerify::parse(message.body));
  authenticated_ = TRY(PeerAuthenticated::by_signature12(
      context, verify.algorithm, context.transcript.messages(), verify.signature));
  context.transcript.add(message.raw);
  state_ = State::wait_change_cipher_spec;
  return Step::again();
}

Result<Step> Server12::read_change_cipher_spec(HandshakeContext& context) {
  context.transcript.forget_messages();
  if (const auto stop = TRY(next_change_cipher_spec(context))) return *stop;
  context.stages.read_change_cipher_spec(HandshakeStage::server_read_change);
  TRY(secrets_.change_read(context));
  state_ =
      context.exchange.next_protocol_expected ? State::wait_next_protocol : State::wait_finished;
  return Step::again();
}

// Behind ChangeCipherSpec, so that nobody on the way sees it; and under the Finished.
Result<Step> Server12::read_next_protocol(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::next_proto) return unexpected_message();
  context.stages.read(HandshakeStage::server_read_next_protocol, message);
  const NextProtocol next = TRY(NextProtocol::parse(message.body));
  context.negotiated.next_protocol = to_bytes(next.selected_protocol);
  context.transcript.add(message.raw);
  state_ = State::wait_finished;
  return Step::again();
}

Result<Step> Server12::read_finished(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::finished) return unexpected_message();
  context.stages.read(HandshakeStage::server_read_finished, message);
  finished_ = TRY(secrets_.check_finished(context, message.body));
  context.transcript.add(message.raw);
  if (!context.negotiated.resumed) {
    complete_session(context);
    secrets_.keep_in(*context.session);
  }
  state_ = context.negotiated.resumed ? State::done : State::send_finished;
  return Step::again();
}

// RFC 5077 §3.3: with nothing to give, "it MUST send a zero-length ticket".
Result<void> Server12::send_ticket(HandshakeContext& context) {
  context.writes(HandshakeStage::server_write_session_ticket);
  const Ref<Session> session = context.session;
  const Bytes ticket = TRY(context.hooks.sessions->issue_ticket(*session));
  Bytes out;
  MessageBuilder message(out, HandshakeType::new_session_ticket);
  // "The value of zero is reserved to indicate that the lifetime of the ticket is unspecified":
  // OpenSSL says so about the ticket of a resumed session.
  const bool unspecified = context.negotiated.resumed;
  const NewSessionTicket12 body{
      .ticket_lifetime_hint = unspecified ? 0 : static_cast<std::uint32_t>(session->timeout),
      .ticket = ticket};
  body.write(message.body());
  return context.send(TRY(message.finish()));
}

Result<Step> Server12::send_finished(HandshakeContext& context) {
  if (context.exchange.ticket_expected) TRY(send_ticket(context));
  context.writes(HandshakeStage::server_write_change);
  TRY(secrets_.change_write(context));
  context.writes(HandshakeStage::server_write_finished);
  TRY(secrets_.send_finished(context));
  state_ = context.negotiated.resumed ? State::wait_change_cipher_spec : State::done;
  return Step::again();
}

Result<Step> Server12::complete(HandshakeContext& context) {
  context.outcome.secrets.exporter_master = secrets_.exporter();
  context.outcome.new_session = !context.negotiated.resumed;
  remember_for_renegotiation(context);
  return Step::done();
}

}  // namespace ciao::tls
