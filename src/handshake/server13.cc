#include "handshake/server13.h"

#include "extensions/registry.h"
#include "handshake/hello_random.h"
#include "handshake/session_facts.h"
#include "handshake/settle.h"

namespace ciao::tls {

Result<Step> Server13::step(HandshakeContext& context) {
  switch (state_) {
    case State::certificate: return ask_for_certificate(context);
    case State::negotiated: return send_server_hello(context);
    case State::sign: return sign(context);
    case State::send_finished: return send_finished(context);
    case State::early_data: return pause_for_early_data(context);
    case State::wait_end_of_early_data: return read_end_of_early_data(context);
    case State::wait_cert: return read_certificate(context);
    case State::verify: return verify_peer(context);
    case State::wait_cv: return read_certificate_verify(context);
    case State::wait_finished: return read_finished(context);
  }
  return internal_error();
}

Result<Step> Server13::ask_for_certificate(HandshakeContext& context) {
  if (!context.exchange.psk_selected()) {
    if (TRY(context.hooks.certificates->certificate_wanted()) == Answer::pending)
      return Step::stop(Wait::certificate);
    credential_ = choose_credential(context);
    if (credential_ == nullptr) {
      return Error{Reason::no_suitable_signature_algorithm, AlertDescription::handshake_failure};
    }
  }
  state_ = State::negotiated;
  return Step::again();
}

Result<Step> Server13::send_server_hello(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  const Suite& suite = *context.negotiated.suite;
  TRY(answer_early_data(context));
  TRY(settle_status(context, credential_));
  context.writes(HandshakeStage::server_write_server_hello);
  TRY(make_hello_random(context));
  exchange.key_shares.clear();
  if (!exchange.psk_alone) {
    exchange.key_shares.push_back(TRY(
        KeyShare::answer(context.algorithms, exchange.selected_group, exchange.peer_key_exchange)));
  }
  const SecretBytes shared = TRY(shared_secret(context));
  context.negotiated.group = exchange.selected_group;
  context.negotiated.peer_key_share = std::move(exchange.peer_key_exchange);

  Bytes out;
  MessageBuilder message(out, HandshakeType::server_hello);
  message.body().put(ProtocolVersion::tls1_2);
  message.body().bytes(context.negotiated.server_random);
  message.body().vector8(legacy_session_id_);
  message.body().u16(suite.id);
  message.body().u8(0);
  TRY(write_extensions(exchange, In::server_hello, message.body()));
  TRY(context.send(TRY(message.finish())));
  exchange.key_shares.clear();
  // RFC 8446 §D.4: once, behind the first message of ours. A client that sent no session id ignores
  // it, and as in OpenSSL gets it too.
  if (!exchange.retry && context.config->has(option::kEnableMiddleboxCompat)) {
    context.writes(HandshakeStage::server_write_change);
    TRY(context.channel.send_change_cipher_spec());
  }
  TRY(derive_handshake_keys(context, shared));
  TRY(send_encrypted_extensions(context));
  if (exchange.psk_selected()) {
    take_over_psk(context);
    state_ = State::send_finished;
    return Step::again();
  }
  if (context.config->asks_in_handshake(ProtocolVersion::tls1_3)) {
    TRY(send_certificate_request(context, {}));
    request_sent_ = true;
  }
  context.writes(HandshakeStage::server_write_certificate);
  credential_ = TRY(current_credential(context));
  TRY(tls::send_certificate(context, credential_, {}));
  state_ = State::sign;
  return Step::again();
}

Result<void> Server13::derive_handshake_keys(HandshakeContext& context, const SecretBytes& shared) {
  const Suite& suite = *context.negotiated.suite;
  const Exchange& exchange = context.exchange;
  const ByteView psk = exchange.psk_selected() ? exchange.psk.session->secret.view() : ByteView();
  EarlySecrets early = TRY(EarlySecrets::create(context.algorithms, suite.hash, psk));
  HandshakeSecrets handshake = TRY(std::move(early).handshake(context.algorithms, shared.view()));
  const Digest transcript = TRY(context.transcript.hash());
  traffic_ = TRY(handshake.traffic(context.algorithms, transcript.view()));
  log_key(context, "SERVER_HANDSHAKE_TRAFFIC_SECRET", traffic_.server);
  master_ = TRY(std::move(handshake).master(context.algorithms));
  TRY(context.channel.install_write(Level::handshake, suite, traffic_.server.view()));
  if (!exchange.early_data_accepted) {
    log_key(context, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", traffic_.client);
    TRY(context.channel.install_read(Level::handshake, suite, traffic_.client.view()));
  }
  context.channel.allow_plain_alerts(true);
  return {};
}

Result<void> Server13::send_encrypted_extensions(HandshakeContext& context) {
  context.writes(HandshakeStage::server_write_encrypted_extensions);
  Bytes out;
  MessageBuilder message(out, HandshakeType::encrypted_extensions);
  TRY(write_extensions(context.exchange, In::encrypted_extensions, message.body()));
  return context.send(TRY(message.finish()));
}

Result<Step> Server13::sign(HandshakeContext& context) {
  context.writes(HandshakeStage::server_write_certificate_verify);
  if (TRY(send_certificate_verify(context, *credential_)) == Answer::pending)
    return Step::stop(Wait::signature);
  state_ = State::send_finished;
  return Step::again();
}

Result<Step> Server13::send_finished(HandshakeContext& context) {
  const Suite& suite = *context.negotiated.suite;
  context.writes(HandshakeStage::server_write_finished);
  TRY(tls::send_finished(context, suite.hash, traffic_.server.view()));
  const Digest transcript = TRY(context.transcript.hash());
  if (!master_) return internal_error();
  context.outcome.secrets = TRY(master_->application(context.algorithms, transcript.view()));
  log_server_application_keys(context);
  TRY(context.channel.install_write(Level::application, suite,
                                    context.outcome.secrets.server_traffic.view()));
  if (context.exchange.psk_selected()) {
    authenticated_ = TRY(PeerAuthenticated::by_psk(context));
  } else if (!request_sent_) {
    authenticated_ = TRY(PeerAuthenticated::without_certificate(context));
  }
  state_ = State::early_data;
  return Step::again();
}

// Without early data there is nothing to be done here, but it is a stage of its own in OpenSSL.
Result<Step> Server13::pause_for_early_data(HandshakeContext& context) {
  context.writes(HandshakeStage::early_data);
  state_ =
      context.exchange.early_data_accepted ? State::wait_end_of_early_data : after_early_data();
  // After a HelloRetryRequest of this connection the pause was there.
  const bool paused = context.exchange.retry && !context.negotiated.cookie_verified;
  const bool pauses = context.early != nullptr && !paused;
  return pauses ? Step::stop(Wait::early_data) : Step::again();
}

Result<Step> Server13::read_end_of_early_data(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::end_of_early_data) return unexpected_message();
  context.stages.read(HandshakeStage::server_read_end_of_early_data, message);
  //  struct {} EndOfEarlyData;
  if (!message.body.empty()) return Error{Reason::length_mismatch, AlertDescription::decode_error};
  context.transcript.add(message.raw);
  log_key(context, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", traffic_.client);
  TRY(context.channel.install_read(Level::handshake, *context.negotiated.suite,
                                   traffic_.client.view()));
  state_ = after_early_data();
  return Step::again();
}

Result<Step> Server13::read_certificate(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (TRY(read_client_certificate(context, message, {}))) {
    state_ = State::verify;
    return Step::again();
  }
  authenticated_ = TRY(PeerAuthenticated::without_certificate(context));
  state_ = State::wait_finished;
  return Step::again();
}

Result<Step> Server13::verify_peer(HandshakeContext& context) {
  if (const auto stop = TRY(ask_verifier(context))) return *stop;
  state_ = State::wait_cv;
  return Step::again();
}

Result<Step> Server13::read_certificate_verify(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  authenticated_ = TRY(read_client_verify(context, message));
  state_ = State::wait_finished;
  return Step::again();
}

Result<Step> Server13::read_finished(HandshakeContext& context) {
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::finished) return unexpected_message();
  context.stages.read(HandshakeStage::server_read_finished, message);
  const Suite& suite = *context.negotiated.suite;
  finished_ =
      TRY(FinishedVerified::check(context, suite.hash, traffic_.client.view(), message.body));
  context.transcript.add(message.raw);
  const Digest transcript = TRY(context.transcript.hash());
  if (!master_) return internal_error();
  context.outcome.resumption_master =
      TRY(std::move(*master_).resumption(context.algorithms, transcript.view()));
  TRY(context.channel.install_read(Level::application, suite,
                                   context.outcome.secrets.client_traffic.view()));
  log_client_application_key(context);
  context.channel.allow_change_cipher_spec(false);
  if (!context.exchange.psk_selected()) complete_session(context);
  return Step::done();
}

}  // namespace ciao::tls
