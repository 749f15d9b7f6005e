#include "handshake/client13.h"

#include "config/observer.h"
#include "extensions/max_fragment_length.h"
#include "extensions/registry.h"
#include "handshake/session_facts.h"
#include "handshake/settle.h"
#include "messages/certificate_request.h"
#include "messages/encrypted_extensions.h"

namespace ciao::tls {

Result<Step> Client13::step(HandshakeContext& context) {
  switch (state_) {
    case State::start: return derive_handshake_keys(context);
    case State::wait_ee: return read_encrypted_extensions(context);
    case State::wait_cert_cr: return read_certificate_or_request(context, true);
    case State::wait_cert: return read_certificate_or_request(context, false);
    case State::verify: return verify_peer(context);
    case State::wait_cv: return read_certificate_verify(context);
    case State::choose_certificate: return ask_for_certificate(context);
    case State::wait_finished: return read_finished(context);
    case State::check_status: return check_status(context);
    case State::end_of_early_data: return finish_early_data(context);
    case State::send_certificate: return answer_request(context);
    case State::send_certificate_verify: return sign(context);
    case State::send_finished: return finish(context);
  }
  return internal_error();
}

Result<Step> Client13::derive_handshake_keys(HandshakeContext& context) {
  const Suite& suite = *context.negotiated.suite;
  Exchange& exchange = context.exchange;
  const ByteView psk = exchange.psk_selected() ? exchange.psk.session->secret.view() : ByteView();
  EarlySecrets early = TRY(EarlySecrets::create(context.algorithms, suite.hash, psk));
  const SecretBytes shared = TRY(shared_secret(context));
  exchange.key_shares.clear();
  context.negotiated.peer_key_share = std::move(exchange.peer_key_exchange);
  HandshakeSecrets handshake = TRY(std::move(early).handshake(context.algorithms, shared.view()));
  const Digest transcript = TRY(context.transcript.hash());
  traffic_ = TRY(handshake.traffic(context.algorithms, transcript.view()));
  log_key(context, "SERVER_HANDSHAKE_TRAFFIC_SECRET", traffic_.server);
  master_ = TRY(std::move(handshake).master(context.algorithms));
  TRY(context.channel.install_read(Level::handshake, suite, traffic_.server.view()));
  // From here on an alert of ours is protected, too (RFC 8446 §6): the server reads nothing else.
  // The keys of early data stay until it is known whether the server reads them.
  if (exchange.early_suite == nullptr) {
    TRY(context.channel.install_write(Level::handshake, suite, traffic_.client.view()));
  }
  if (context.config->has(option::kEnableMiddleboxCompat) && !exchange.ccs_sent)
    context.channel.owe_change_cipher_spec();
  state_ = State::wait_ee;
  return Step::again();
}

Result<Step> Client13::read_encrypted_extensions(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::encrypted_extensions) return unexpected_message();
  context.stages.read(HandshakeStage::client_read_encrypted_extensions, message);
  const EncryptedExtensions body = TRY(EncryptedExtensions::parse(message.body));
  if (context.exchange.psk_selected() && context.exchange.psk.origin == PskOrigin::ticket) {
    context.negotiated.max_fragment_length = context.exchange.psk.session->max_fragment_length;
  }
  TRY(parse_extensions(context.exchange, In::encrypted_extensions, body.extensions));
  TRY(settle_server_name_answered(context));
  context.channel.limit_fragments(max_fragment_size(context.negotiated.max_fragment_length));
  context.transcript.add(message.raw);
  TRY(settle_early_data(context, traffic_));
  if (context.exchange.psk_selected()) {
    take_over_psk(context);
    authenticated_ = TRY(PeerAuthenticated::by_psk(context));
    state_ = State::wait_finished;
  } else {
    state_ = State::wait_cert_cr;
  }
  return Step::again();
}

Result<Step> Client13::read_certificate_or_request(HandshakeContext& context,
                                                   bool request_allowed) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (request_allowed && message.type == HandshakeType::certificate_request)
    return read_request(context, message);
  if (message.type != HandshakeType::certificate) return unexpected_message();
  context.stages.read(HandshakeStage::client_read_certificate, message);
  TRY(read_certificate(context, message.body, {}));
  // RFC 8446 §4.4.2: "The server's certificate_list MUST always be non-empty."
  if (context.negotiated.peer->empty())
    return Error{Reason::bad_length, AlertDescription::decode_error};
  context.transcript.add(message.raw);
  state_ = State::verify;
  return Step::again();
}

Result<Step> Client13::read_request(HandshakeContext& context, const HandshakeMessage& message) {
  context.stages.read(HandshakeStage::client_read_certificate_request, message);
  const CertificateRequest request = TRY(CertificateRequest::parse(message.body));
  // RFC 8446 §4.3.2: "this field SHALL be zero length unless used for the post-handshake
  // authentication exchanges"
  if (!request.certificate_request_context.empty()) {
    return Error{Reason::invalid_context, AlertDescription::illegal_parameter};
  }
  TRY(parse_extensions(context.exchange, In::certificate_request, request.extensions));
  context.transcript.add(message.raw);
  context.negotiated.certificate_requested = true;
  request_received_ = true;
  state_ = State::wait_cert;
  return Step::again();
}

Result<Step> Client13::verify_peer(HandshakeContext& context) {
  if (const auto stop = TRY(ask_verifier(context))) return *stop;
  state_ = State::wait_cv;
  return Step::again();
}

Result<Step> Client13::read_certificate_verify(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::certificate_verify) return unexpected_message();
  context.stages.read(HandshakeStage::client_read_certificate_verify, message);
  authenticated_ = TRY(PeerAuthenticated::by_signature(context, Role::server, message.body));
  context.transcript.add(message.raw);
  state_ = request_received_ ? State::choose_certificate : State::wait_finished;
  return Step::again();
}

Result<Step> Client13::ask_for_certificate(HandshakeContext& context) {
  if (TRY(context.hooks.certificates->certificate_wanted()) == Answer::pending) {
    return Step::stop(Wait::certificate);
  }
  state_ = State::wait_finished;
  return Step::again();
}

Result<Step> Client13::read_finished(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::finished) return unexpected_message();
  context.stages.read(HandshakeStage::client_read_finished, message);
  const Suite& suite = *context.negotiated.suite;
  finished_ =
      TRY(FinishedVerified::check(context, suite.hash, traffic_.server.view(), message.body));
  context.transcript.add(message.raw);
  const Digest transcript = TRY(context.transcript.hash());
  if (!master_) return internal_error();
  context.outcome.secrets = TRY(master_->application(context.algorithms, transcript.view()));
  log_server_application_keys(context);
  TRY(context.channel.install_read(Level::application, suite,
                                   context.outcome.secrets.server_traffic.view()));
  context.channel.allow_change_cipher_spec(false);
  state_ = State::check_status;
  return Step::again();
}

Result<Step> Client13::check_status(HandshakeContext& context) {
  // Also of a resumption, whose server has nothing to show: as in OpenSSL.
  if (context.config->status_request) {
    const Bytes response = context.negotiated.ocsp_response;
    if (TRY(context.hooks.application->check_ocsp_response(response)) == Answer::pending) {
      return Step::stop(Wait::verification);
    }
  }
  state_ = State::end_of_early_data;
  return Step::again();
}

Result<Step> Client13::finish_early_data(HandshakeContext& context) {
  if (context.early != nullptr) {
    context.writes(HandshakeStage::pending_early_data_end);
    if (context.early->writing) return Step::stop(Wait::early_data);
    TRY(end_early_data(context, traffic_));
  }
  state_ = State::send_certificate;
  return Step::again();
}

Result<Step> Client13::answer_request(HandshakeContext& context) {
  if (request_received_) credential_ = choose_credential(context);
  if (context.config->has(option::kEnableMiddleboxCompat) && !context.exchange.ccs_sent) {
    context.writes(HandshakeStage::client_write_change);
    TRY(context.channel.send_change_cipher_spec());
  }
  if (request_received_) {
    context.writes(HandshakeStage::client_write_certificate);
    log_key(context, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", traffic_.client);
    TRY(send_certificate(context, credential_, {}));
  }
  state_ = credential_ != nullptr ? State::send_certificate_verify : State::send_finished;
  return Step::again();
}

Result<Step> Client13::sign(HandshakeContext& context) {
  context.writes(HandshakeStage::client_write_certificate_verify);
  if (TRY(send_certificate_verify(context, *credential_)) == Answer::pending)
    return Step::stop(Wait::signature);
  state_ = State::send_finished;
  return Step::again();
}

Result<Step> Client13::finish(HandshakeContext& context) {
  const Suite& suite = *context.negotiated.suite;
  context.writes(HandshakeStage::client_write_finished);
  if (!request_received_) log_key(context, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", traffic_.client);
  TRY(send_finished(context, suite.hash, traffic_.client.view()));
  const Digest transcript = TRY(context.transcript.hash());
  if (!master_) return internal_error();
  context.outcome.resumption_master =
      TRY(std::move(*master_).resumption(context.algorithms, transcript.view()));
  TRY(context.channel.install_write(Level::application, suite,
                                    context.outcome.secrets.client_traffic.view()));
  log_client_application_key(context);
  if (!context.exchange.psk_selected()) complete_session(context);
  return Step::done();
}

}  // namespace ciao::tls
