#include "handshake/client12.h"

#include "config/observer.h"
#include "extensions/max_fragment_length.h"
#include "extensions/pre_shared_key.h"
#include "extensions/registry.h"
#include "handshake/authentication12.h"
#include "handshake/renegotiation.h"
#include "handshake/resumption12.h"
#include "handshake/session_facts.h"
#include "handshake/settle.h"
#include "messages/certificate12.h"
#include "messages/certificate_status.h"
#include "messages/key_exchange12.h"
#include "messages/new_session_ticket12.h"
#include "messages/next_protocol.h"
#include "session/session_store.h"

namespace ciao::tls {

Result<Step> Client12::step(HandshakeContext& context) {
  switch (state_) {
    case State::server_hello: return accept_server_hello(context);
    case State::wait_certificate: return read_certificate(context);
    case State::verify: return verify_peer(context);
    case State::wait_certificate_status: return read_certificate_status(context);
    case State::wait_server_key_exchange: return read_server_key_exchange(context);
    case State::wait_request_or_done: return read_request_or_done(context);
    case State::choose_certificate: return ask_for_certificate(context);
    case State::check_status: return check_status(context);
    case State::send_certificate: return send_certificate(context);
    case State::send_client_key_exchange: return send_client_key_exchange(context);
    case State::send_certificate_verify: return send_certificate_verify(context);
    case State::send_finished: return send_finished(context);
    case State::wait_ticket: return read_ticket(context);
    case State::wait_change_cipher_spec: return read_change_cipher_spec(context);
    case State::wait_finished: return read_finished(context);
    case State::done: return complete(context);
  }
  return internal_error();
}

Result<Step> Client12::accept_server_hello(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  const ByteView raw = exchange.server_hello;
  const ServerHello hello = TRY(ServerHello::parse(raw.subspan(kHandshakeHeaderSize)));
  TRY(context.channel.begin_tls12());
  const Chosen chosen = TRY(check_server_hello(context, hello));
  context.negotiated.suite = chosen.suite;
  context.negotiated.resumed = chosen.resumed;
  if (chosen.resumed) {
    TRY(check_session_context(context, *exchange.offered_session12));
    context.negotiated.max_fragment_length = exchange.offered_session12->max_fragment_length;
  }
  TRY(parse_extensions(exchange, In::server_hello12, hello.extensions));
  TRY(settle_server_name_answered(context));
  context.channel.limit_fragments(max_fragment_size(context.negotiated.max_fragment_length));
  TRY(check_renegotiation(context));
  const Suite& suite = *context.negotiated.suite;
  TRY(context.transcript.start_keeping_messages(context.algorithms, suite.hash));
  context.transcript.add(raw);
  TRY(take_external_secret(context));
  if (context.negotiated.resumed) {
    context.transcript.forget_messages();
    TRY(resume(context));
    return Step::again();
  }
  if (exchange.offered_session12) context.hooks.sessions->refused(exchange.offered_session12);
  begin_session(context);
  if (exchange.ticket_sent && !exchange.offered_session12) {
    context.session->ticket = context.config->session_ticket;
  }
  context.session->id.assign(hello.legacy_session_id_echo);
  context.session->extended_master_secret = context.negotiated.extended_master_secret;
  // RFC 4279 §2: "the Certificate and CertificateRequest payloads are omitted".
  state_ = suite.auth == SuiteAuth::psk ? State::wait_server_key_exchange : State::wait_certificate;
  return Step::again();
}

Result<Client12::Chosen> Client12::check_server_hello(const HandshakeContext& context,
                                                      const ServerHello& hello) const {
  const Exchange& exchange = context.exchange;
  const auto refuse = [](Reason reason) {
    return Error{reason, AlertDescription::illegal_parameter};
  };
  if (hello.legacy_compression_method != 0) {
    return refuse(Reason::compression_disabled);
  }
  const Suite* suite = find_suite12(hello.cipher_suite);
  if (suite == nullptr) {
    const bool of_tls13 = find_suite13(hello.cipher_suite) != nullptr;
    return refuse(of_tls13 ? Reason::wrong_cipher_returned : Reason::unknown_cipher_returned);
  }
  if (std::ranges::find(exchange.offered_suites, suite->id) == exchange.offered_suites.end()) {
    return refuse(Reason::wrong_cipher_returned);
  }
  // RFC 5246 §7.4.1.3: an echoed session id resumes. One that stands for nothing (RFC 8446 §D.4)
  // cannot be resumed.
  const bool echoed = !exchange.legacy_session_id.empty() &&
                      equal(hello.legacy_session_id_echo, exchange.legacy_session_id);
  if (!echoed) return Chosen{suite, false};
  if (!exchange.offered_session12) {
    return refuse(offers_ticket(exchange) ? Reason::ssl_session_version_mismatch
                                          : Reason::invalid_session_id);
  }
  const Session& session = *exchange.offered_session12;
  if (session.suite != suite->id) return refuse(Reason::old_session_cipher_not_returned);
  return Chosen{suite, true};
}

Result<void> Client12::resume(HandshakeContext& context) {
  Session& session = *context.exchange.offered_session12;
  // RFC 7627 §5.3: the extension is in both handshakes or in neither.
  if (session.extended_master_secret != context.negotiated.extended_master_secret) {
    return Error{Reason::inconsistent_extms, AlertDescription::handshake_failure};
  }
  take_over_session(context, context.exchange.offered_session12);
  context.negotiated.group = session.group;
  // A server may name the session and still mean the secret behind its ticket.
  TRY(secrets_.resume(context, external_ ? external_->master.view() : session.secret.view()));
  authenticated_ = TRY(PeerAuthenticated::by_psk(context));
  state_ = context.exchange.ticket_expected ? State::wait_ticket : State::wait_change_cipher_spec;
  return {};
}

// EAP-FAST (RFC 4851 §3.2.2): the ClientHello had a ticket, and the secret behind it is the
// application's.
Result<void> Client12::take_external_secret(HandshakeContext& context) {
  Application& application = *context.hooks.application;
  if (!context.exchange.ticket_sent || !application.has_external_secret()) return {};
  external_ = TRY(application.external_secret({}));
  if (!external_) return internal_error();
  return {};
}

// A ticket of this kind is taken up without a session id: the server says so by a ChangeCipherSpec
// right behind its ServerHello.
Result<Step> Client12::resume_externally(HandshakeContext& context) {
  if (!external_) return internal_error();
  context.channel.await_change_cipher_spec(false);
  context.transcript.forget_messages();
  Negotiated& facts = context.negotiated;
  Session& session = *context.own_session;
  session.suite = facts.suite->id;
  session.secret = std::move(external_->master);
  session.verify_result = 0;  // nobody showed a certificate
  context.exchange.offered_session12 = context.own_session;
  facts.resumed = true;
  take_over_session(context, context.own_session);
  TRY(secrets_.resume(context, session.secret.view()));
  authenticated_ = TRY(PeerAuthenticated::by_psk(context));
  context.stages.read_change_cipher_spec(HandshakeStage::client_read_change);
  TRY(secrets_.change_read(context));
  state_ = State::wait_finished;
  return Step::again();
}

Result<Step> Client12::read_certificate(HandshakeContext& context) {
  HandshakeMessage message;
  // A session's own ticket is taken up by its id.
  context.channel.await_change_cipher_spec(external_ && !context.exchange.offered_session12);
  const Incoming incoming = TRY(receive(context, message));
  if (incoming == Incoming::change_cipher_spec) return resume_externally(context);
  if (const auto stop = stop_for(incoming)) return *stop;
  context.channel.await_change_cipher_spec(false);
  if (message.type != HandshakeType::certificate) return unexpected_message();
  context.stages.read(HandshakeStage::client_read_certificate, message);
  TRY(read_certificate12(context, message.body));
  // RFC 5246 §7.4.2: "The server MUST send a Certificate message", and an empty one has no key.
  if (context.negotiated.peer->empty()) {
    return Error{Reason::length_mismatch, AlertDescription::decode_error};
  }
  TRY(check_same_server(context.negotiated));
  context.transcript.add(message.raw);
  state_ = State::verify;
  return Step::again();
}

Result<Step> Client12::verify_peer(HandshakeContext& context) {
  if (const auto stop = TRY(ask_verifier(context))) return *stop;
  // RFC 5246 §7.4.2: the certificate's key is of the kind that the suite signs with.
  if (!key_fits_suite(context.negotiated.peer->leaf_key(), *context.negotiated.suite)) {
    return Error{Reason::wrong_certificate_type, AlertDescription::illegal_parameter};
  }
  state_ = context.exchange.status_expected ? State::wait_certificate_status
                                            : State::wait_server_key_exchange;
  return Step::again();
}

Result<Step> Client12::read_certificate_status(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  // RFC 6066 §8: a server that announced it may still leave it out.
  if (message.type != HandshakeType::certificate_status) {
    return accept_server_key_exchange(context, message);
  }
  context.stages.read(HandshakeStage::client_read_certificate_status, message);
  const CertificateStatus status = TRY(CertificateStatus::parse(Reader(message.body)));
  context.negotiated.ocsp_response = to_bytes(status.response);
  context.transcript.add(message.raw);
  state_ = State::wait_server_key_exchange;
  return Step::again();
}

Result<Step> Client12::read_server_key_exchange(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  return accept_server_key_exchange(context, message);
}

// ServerKeyExchange, or what follows it where the key exchange does without.
Result<Step> Client12::accept_server_key_exchange(HandshakeContext& context,
                                                  const HandshakeMessage& message) {
  const Suite& suite = *context.negotiated.suite;
  state_ = State::wait_request_or_done;
  if (message.type != HandshakeType::server_key_exchange) {
    if (ClientKeys12::must_be_announced(suite)) return unexpected_message();
    return accept_request_or_done(context, message);
  }
  if (!ClientKeys12::may_be_announced(suite)) return unexpected_message();
  context.stages.read(HandshakeStage::client_read_server_key_exchange, message);
  const ServerKeyExchange exchange12 = TRY(ServerKeyExchange::parse(message.body, suite));
  TRY(keys_.accept(context, exchange12));
  if (suite.auth != SuiteAuth::psk) {
    const Bytes content = signed_params(context, exchange12.params);
    authenticated_ = TRY(PeerAuthenticated::by_signature12(context, exchange12.algorithm, content,
                                                           exchange12.signature));
  }
  context.transcript.add(message.raw);
  return Step::again();
}

Result<Step> Client12::read_request_or_done(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  return accept_request_or_done(context, message);
}

Result<Step> Client12::accept_request_or_done(HandshakeContext& context,
                                              const HandshakeMessage& message) {
  const bool may_request = !request_received_ && context.negotiated.suite->auth != SuiteAuth::psk;
  if (message.type == HandshakeType::certificate_request && may_request) {
    return read_request(context, message);
  }
  if (message.type != HandshakeType::server_hello_done) return unexpected_message();
  context.stages.read(HandshakeStage::client_read_server_hello_done, message);
  if (!message.body.empty()) {
    return Error{Reason::length_mismatch, AlertDescription::decode_error};
  }
  // The server "will wait for a client response" (RFC 5246 §7.4.5): nothing can have begun.
  TRY(context.channel.check_record_boundary());
  context.transcript.add(message.raw);
  state_ = State::check_status;
  return Step::again();
}

Result<Step> Client12::read_request(HandshakeContext& context, const HandshakeMessage& message) {
  context.stages.read(HandshakeStage::client_read_certificate_request, message);
  CertificateRequest12 request = TRY(CertificateRequest12::parse(message.body));
  request_received_ = true;
  Negotiated& facts = context.negotiated;
  facts.peer_certificate_types = to_bytes(request.certificate_types);
  facts.certificate_requested = true;
  facts.peer_schemes = std::move(request.supported_signature_algorithms);
  context.exchange.peer_schemes = known_schemes(facts.peer_schemes);
  facts.peer_ca_names.clear();
  for (const ByteView name : request.certificate_authorities) {
    facts.peer_ca_names.push_back(to_bytes(name));
  }
  context.transcript.add(message.raw);
  state_ = State::choose_certificate;
  return Step::again();
}

Result<Step> Client12::ask_for_certificate(HandshakeContext& context) {
  if (TRY(context.hooks.certificates->certificate_wanted()) == Answer::pending) {
    return Step::stop(Wait::certificate);
  }
  state_ = State::wait_request_or_done;
  return Step::again();
}

Result<Step> Client12::check_status(HandshakeContext& context) {
  if (context.config->status_request) {
    const Bytes response = context.negotiated.ocsp_response;
    if (TRY(context.hooks.application->check_ocsp_response(response)) == Answer::pending) {
      return Step::stop(Wait::verification);
    }
  }
  state_ = request_received_ ? State::send_certificate : State::send_client_key_exchange;
  return Step::again();
}

Result<Step> Client12::send_certificate(HandshakeContext& context) {
  credential_ =
      choose_credential12(context, *context.negotiated.suite,
                          [types = ByteView(context.negotiated.peer_certificate_types)](
                              KeyKind kind) { return certificate_type_allows(types, kind); });
  context.writes(HandshakeStage::client_write_certificate);
  TRY(send_certificate12(context, credential_));
  state_ = State::send_client_key_exchange;
  return Step::again();
}

Result<Step> Client12::send_client_key_exchange(HandshakeContext& context) {
  Bytes out;
  MessageBuilder message(out, HandshakeType::client_key_exchange);
  context.writes(HandshakeStage::client_write_client_key_exchange);
  const SecretBytes premaster = TRY(keys_.premaster(context, message.body()));
  TRY(context.send(TRY(message.finish())));
  TRY(secrets_.derive(context, premaster.view()));
  const Suite& suite = *context.negotiated.suite;
  if (suite.auth == SuiteAuth::psk) authenticated_ = TRY(PeerAuthenticated::by_psk(context));
  if (suite.key_exchange == KeyExchange::rsa)
    authenticated_ = TRY(PeerAuthenticated::by_decryption(context));
  state_ = credential_ != nullptr ? State::send_certificate_verify : State::send_finished;
  return Step::again();
}

Result<Step> Client12::send_certificate_verify(HandshakeContext& context) {
  context.writes(HandshakeStage::client_write_certificate_verify);
  if (TRY(tls::send_certificate_verify12(context, *credential_)) == Answer::pending) {
    return Step::stop(Wait::signature);
  }
  state_ = State::send_finished;
  return Step::again();
}

Result<void> Client12::send_next_protocol(HandshakeContext& context) {
  Bytes out;
  MessageBuilder message(out, HandshakeType::next_proto);
  NextProtocol::write(message.body(), context.negotiated.next_protocol);
  context.writes(HandshakeStage::client_write_next_protocol);
  return context.send(TRY(message.finish()));
}

Result<Step> Client12::send_finished(HandshakeContext& context) {
  context.transcript.forget_messages();
  context.writes(HandshakeStage::client_write_change);
  TRY(secrets_.change_write(context));
  if (context.exchange.next_protocol_expected) TRY(send_next_protocol(context));
  context.writes(HandshakeStage::client_write_finished);
  TRY(secrets_.send_finished(context));
  if (context.negotiated.resumed) {
    state_ = State::done;
  } else {
    state_ = context.exchange.ticket_expected ? State::wait_ticket : State::wait_change_cipher_spec;
  }
  return Step::again();
}

Result<Step> Client12::read_ticket(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  // RFC 5077 §3.3: "This message MUST be sent if the server included a SessionTicket extension in
  // the ServerHello."
  if (message.type != HandshakeType::new_session_ticket) return unexpected_message();
  context.stages.read(HandshakeStage::client_read_session_ticket, message);
  const NewSessionTicket12 ticket = TRY(NewSessionTicket12::parse(message.body));
  context.transcript.add(message.raw);
  if (!ticket.ticket.empty()) {
    ticket_session_ =
        TRY(session_with_ticket12(context, ticket.ticket, ticket.ticket_lifetime_hint));
  }
  state_ = State::wait_change_cipher_spec;
  return Step::again();
}

Result<Step> Client12::read_change_cipher_spec(HandshakeContext& context) {
  if (const auto stop = TRY(next_change_cipher_spec(context))) return *stop;
  context.stages.read_change_cipher_spec(HandshakeStage::client_read_change);
  TRY(secrets_.change_read(context));
  state_ = State::wait_finished;
  return Step::again();
}

Result<Step> Client12::read_finished(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::finished) return unexpected_message();
  context.stages.read(HandshakeStage::client_read_finished, message);
  finished_ = TRY(secrets_.check_finished(context, message.body));
  context.transcript.add(message.raw);
  state_ = context.negotiated.resumed ? State::send_finished : State::done;
  return Step::again();
}

Result<Step> Client12::complete(HandshakeContext& context) {
  context.outcome.secrets.exporter_master = secrets_.exporter();
  // The application may have put another session into the connection, or none.
  if (context.negotiated.resumed) {
    context.session = context.exchange.offered_session12;
  } else {
    complete_session(context);
    secrets_.keep_in(*context.session);
  }
  if (ticket_session_) {
    if (!context.negotiated.resumed) secrets_.keep_in(*ticket_session_);
    context.session = ticket_session_;
  }
  context.outcome.new_session = ticket_session_ || !context.negotiated.resumed;
  remember_for_renegotiation(context);
  return Step::done();
}

}  // namespace ciao::tls
