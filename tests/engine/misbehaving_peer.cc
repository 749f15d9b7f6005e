#include "engine/misbehaving_peer.h"

namespace ciao::tls::testing {

Result<Incoming> DeviatingChannel::next_message(HandshakeMessage& message) {
  const Incoming incoming = TRY(inner_.next_message(message));
  if (incoming == Incoming::message && message.type == HandshakeType::client_hello) {
    client_hello = to_bytes(message.raw);
  }
  return incoming;
}

Result<void> DeviatingChannel::send(ByteView message) {
  Bytes copy = to_bytes(message);
  Outgoing outgoing{static_cast<HandshakeType>(message[0]), copy, inner_};
  if (deviation) deviation(outgoing);
  if (outgoing.drop) return {};
  return inner_.send(copy);
}

Duel::Duel(Role role) : victim_role(role) {
  victim_config->suites13 = {std::begin(kDefaultSuites13), std::end(kDefaultSuites13)};
  peer_config->suites13 = victim_config->suites13;
  victim_config->min_version = ProtocolVersion::tls1_3;
  peer_config->min_version = ProtocolVersion::tls1_3;
  TestHooks& server = role == Role::server ? victim_hooks : peer_hooks;
  server.credentials[KeyKind::ecdsa] = &test_credential(KeyKind::ecdsa);
}

void Duel::speak_tls12(std::uint16_t suite) {
  for (Config* config : {&*victim_config, &*peer_config}) {
    config->min_version = ProtocolVersion::tls1_2;
    config->max_version = ProtocolVersion::tls1_2;
    config->suites12 = {suite};
  }
  if (find_suite12(suite)->auth != SuiteAuth::rsa) return;
  TestHooks& server = victim_role == Role::server ? victim_hooks : peer_hooks;
  server.credentials = {{KeyKind::rsa, &test_credential(KeyKind::rsa)}};
}

void Duel::send_raw(ContentType type, ByteView content) {
  EXPECT_TRUE(peer_channel.flush_flight());
  peer_channel.writer().queue_plaintext(type, content);
}

bool Duel::run() {
  victim = std::make_unique<Connection>(algorithms, victim_config, victim_hooks.hooks());
  victim->start_over(victim_role);
  victim->set_session_context(as_bytes("duel"));
  if (victim_session) victim->set_session(victim_session);
  if (victim_early_data) {
    victim->use_early_data();
    victim->end_early_data();
  }
  peer = std::make_unique<Handshake>(peer_of(victim_role), channel, *algorithms, peer_config,
                                     peer_hook_table, peer_facts, peer_session,
                                     peer_session_context, peer_stage, peer_early_data.get());
  while (step()) {
  }
  return victim->phase() == Phase::established;
}

void Duel::deliver_to_victim() {
  while (step()) {
  }
}

// Moves everything that can be moved; false when nothing did.
bool Duel::step() {
  bool moved = false;
  if (!peer_done && !peer_failed) {
    const Result<Wait> wait = peer->run();
    if (!wait) {
      peer_failed = true;
    } else if (*wait == Wait::none) {
      peer_done = true;
      moved = true;
    } else if (*wait == Wait::early_data) {
      moved = true;
    }
    if (!peer_channel.flush_flight()) peer_failed = true;
  }
  const auto advance_victim = [&] {
    if (error) return;
    if (victim->in_init()) {
      const Result<Wait> wait = victim->advance();
      if (!wait) error = wait.error();
    } else {
      const Result<Received> received = victim->receive();
      if (!received) error = received.error();
      if (received && *received == Received::data && !victim->readable().empty()) {
        victim->consume_readable(victim->readable().size());
      }
    }
  };
  // A victim that takes no input is asked to go on, but not for ever.
  constexpr int kMaxRefusals = 10;
  int refusals = 0;
  while (!error && !peer_channel.writer().output().empty()) {
    advance_victim();
    if (error) break;
    const MutableBytes space = victim->input_space();
    const ByteView output = peer_channel.writer().output();
    const std::size_t size = std::min(space.size(), output.size());
    if (size == 0) {
      if (++refusals < kMaxRefusals) continue;
      ADD_FAILURE() << "the victim takes no input";
      break;
    }
    refusals = 0;
    copy_bytes(space.data(), output.first(size));
    victim->input_received(size);
    peer_channel.writer().sent(size);
    moved = true;
  }
  advance_victim();
  while (!victim->output().empty()) {
    RecordReader& reader = peer_channel.reader();
    // The peer reads through its handshake; what comes later is of no interest.
    if (peer_done || peer_failed) {
      victim->output_sent(victim->output().size());
      break;
    }
    const MutableBytes space = reader.space();
    const std::size_t size = std::min(space.size(), victim->output().size());
    copy_bytes(space.data(), victim->output().first(size));
    reader.received(size);
    victim->output_sent(size);
    moved = true;
    const Result<Wait> wait = peer->run();
    if (!wait || !peer_channel.flush_flight()) peer_failed = true;
    if (wait && *wait == Wait::none) peer_done = true;
  }
  return moved;
}

AlertDescription Duel::alert() const {
  for (const auto& [flow, alert] : victim_hooks.alerts) {
    if (flow == Flow::sent && alert.level == AlertLevel::fatal) return alert.description;
  }
  return AlertDescription::close_notify;
}

}  // namespace ciao::tls::testing
