#include "engine/misbehaving_peer.h"

#include <algorithm>

namespace ciao::tls::testing {

Result<Incoming> DeviatingChannel::next_message(HandshakeMessage& message) {
  const Incoming incoming = TRY(inner_.next_message(message));
  if (incoming == Incoming::message) {
    if (message.type == HandshakeType::client_hello) client_hello = to_bytes(message.raw);
    exchanged.insert(exchanged.end(), message.raw.begin(), message.raw.end());
  }
  return incoming;
}

Result<void> DeviatingChannel::send(ByteView message) {
  Bytes copy = to_bytes(message);
  Outgoing outgoing{static_cast<HandshakeType>(message[0]), copy, inner_};
  if (deviation) deviation(outgoing);
  if (outgoing.drop) return {};
  exchanged.insert(exchanged.end(), copy.begin(), copy.end());
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

void Duel::require_client_certificate() {
  Config& server = victim_role == Role::server ? *victim_config : *peer_config;
  TestHooks& client = victim_role == Role::client ? victim_hooks : peer_hooks;
  server.peer_authentication = PeerAuthentication::required;
  client.credentials[KeyKind::ecdsa] = &test_credential(KeyKind::ecdsa);
}

void Duel::send_raw(ContentType type, ByteView content) {
  EXPECT_TRUE(peer_channel.flush_flight());
  peer_channel.writer().queue_plaintext(type, content);
}

void Duel::send_message(ByteView message) {
  EXPECT_TRUE(peer_channel.send(message));
  EXPECT_TRUE(peer_channel.flush_flight());
}

void Duel::start_peer(EarlyData* early) {
  peer_done = peer_failed = false;
  peer = std::make_unique<Handshake>(peer_of(victim_role), channel, *algorithms, peer_config,
                                     peer_hook_table, peer_facts, peer_session,
                                     peer_session_context, peer_stages, early);
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
  start_peer(peer_early_data.get());
  deliver_to_victim();
  return victim->phase() == Phase::established;
}

void Duel::deliver_to_victim() {
  while (step()) {
  }
}

bool Duel::renegotiate() {
  if (victim_role == Role::client) send_message(Bytes{code(HandshakeType::hello_request), 0, 0, 0});
  const Negotiated before = std::exchange(peer_facts, Negotiated());
  peer_facts.version = before.version;
  peer_facts.extended_master_secret = before.extended_master_secret;
  peer_facts.own_finished = before.own_finished;
  peer_facts.peer_finished = before.peer_finished;
  peer_facts.renegotiation = before.renegotiation;
  peer_facts.renegotiation.active = true;
  peer_facts.renegotiation.full = true;
  start_peer(nullptr);
  deliver_to_victim();
  return peer_done && !error && !victim->in_init();
}

// Moves everything that can be moved; false when nothing did.
bool Duel::step() {
  bool moved = drive_peer();
  moved = feed_victim() || moved;
  moved = advance_victim() || moved;
  return drain_victim() || moved;
}

bool Duel::drive_peer() {
  if (peer_done || peer_failed) return false;
  return run_peer();
}

// True when there may be more to come without anything having been received.
bool Duel::run_peer() {
  const Result<Wait> wait = peer->run();
  const Result<void> flushed = peer_channel.flush_flight();
  if (!wait || !flushed) peer_failed = true;
  if (wait && *wait == Wait::none) peer_done = true;
  return wait && (*wait == Wait::none || *wait == Wait::early_data);
}

// True when there is more for it to do without anything having been received.
bool Duel::advance_victim() {
  if (error) return false;
  if (victim->renegotiation_due()) {
    const Result<void> started = victim->start_renegotiation();
    if (!started) error = started.error();
    return started.has_value();
  }
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
  return false;
}

// What the peer has sealed goes to the victim, which reads it.
bool Duel::feed_victim() {
  // A victim that takes no input is asked to go on, but not for ever.
  constexpr int kMaxRefusals = 10;
  bool moved = false;
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
  return moved;
}

// What the victim has sealed goes to the peer, which reads it through its handshake; what comes
// later is of no interest.
bool Duel::drain_victim() {
  bool moved = false;
  while (!victim->output().empty()) {
    if (peer_done || peer_failed) {
      victim->output_sent(victim->output().size());
      break;
    }
    RecordReader& reader = peer_channel.reader();
    const MutableBytes space = reader.space();
    const std::size_t size = std::min(space.size(), victim->output().size());
    if (size == 0) {
      ADD_FAILURE() << "the peer takes no input";
      break;
    }
    copy_bytes(space.data(), victim->output().first(size));
    reader.received(size);
    victim->output_sent(size);
    moved = true;
    run_peer();
  }
  return moved;
}

std::optional<AlertDescription> Duel::alert() const {
  for (const auto& [flow, alert] : victim_hooks.alerts) {
    if (flow == Flow::sent && alert.level == AlertLevel::fatal) return alert.description;
  }
  return std::nullopt;
}

void expect_refused(Duel& duel, AlertDescription alert, Reason reason) {
  EXPECT_FALSE(duel.run());
  expect_died(duel, alert, reason);
}

void expect_died(Duel& duel, AlertDescription alert, Reason reason) {
  ASSERT_TRUE(duel.error) << "the deviation was not noticed";
  EXPECT_EQ(code(duel.reason()), code(reason));
  ASSERT_TRUE(duel.alert()) << "no alert was sent";
  EXPECT_EQ(code(*duel.alert()), code(alert));
  EXPECT_EQ(duel.victim->phase(), Phase::dead);
  // Nothing moves after a fatal error.
  EXPECT_FALSE(duel.victim->advance());
  EXPECT_FALSE(duel.victim->receive());
  EXPECT_FALSE(duel.victim->write(as_bytes("x")));
}

bool run_with_byte_changed(Duel& duel, std::size_t target) {
  std::size_t position = 0;
  duel.deviate([&](Outgoing& out) {
    if (target >= position && target < position + out.message.size()) {
      out.message[target - position] ^= 0x01;
    }
    position += out.message.size();
  });
  const bool established = duel.run() && duel.peer_done;
  duel.deviate({});
  // The length of an ECDSA signature differs by a byte or two from run to run.
  const bool changed = target < position;
  EXPECT_EQ(established, !changed) << "byte " << target << " of " << position;
  return changed;
}

Deviation change(HandshakeType type, std::function<void(Bytes&)> edit) {
  return [type, edit](Outgoing& out) {
    if (out.type == type) edit(out.message);
  };
}

void fix_length(Bytes& message) {
  const std::size_t size = message.size() - kHandshakeHeaderSize;
  message[1] = static_cast<std::uint8_t>(size >> 16);
  message[2] = static_cast<std::uint8_t>(size >> 8);
  message[3] = static_cast<std::uint8_t>(size);
}

void make_key_unreadable(Bytes& certificate) {
  const Bytes id_ec_public_key = {6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1};
  const auto found = std::ranges::search(certificate, id_ec_public_key);
  ASSERT_FALSE(found.empty());
  found.back() = 0x7f;
}

}  // namespace ciao::tls::testing
