// A peer that speaks TLS with the engine's own parts and deviates where a test tells it to.
#pragma once

#include "connection/tls_channel.h"
#include "engine/pair.h"
#include "handshake/handshake.h"

namespace ciao::tls::testing {

// What a deviation may do with a message before it is sent.
struct Outgoing {
  HandshakeType type;
  Bytes& message;    // with its header; may be changed
  Channel& channel;  // may be used to send something before it
  bool drop = false;
};
using Deviation = std::function<void(Outgoing&)>;

// Stands between a handshake and its channel.
class DeviatingChannel final : public Channel {
 public:
  explicit DeviatingChannel(TlsChannel& inner) : inner_(inner) {}

  Deviation deviation;
  // Runs before each ChangeCipherSpec; false leaves it out.
  std::function<bool()> before_change_cipher_spec;

  Bytes client_hello;  // as a server received it last
  Bytes exchanged;     // every handshake message as the victim knows it, in order

  Result<Incoming> next_message(HandshakeMessage& message) override;
  Result<void> send(ByteView message) override;
  Result<void> send_change_cipher_spec() override {
    if (before_change_cipher_spec && !before_change_cipher_spec()) return inner_.flush_flight();
    return inner_.send_change_cipher_spec();
  }
  void owe_change_cipher_spec() override { inner_.owe_change_cipher_spec(); }
  bool flight_left() const override { return inner_.flight_left(); }
  Result<void> check_record_boundary() const override { return inner_.check_record_boundary(); }
  Result<void> install_read(Level level, const Suite& suite, ByteView secret) override {
    return inner_.install_read(level, suite, secret);
  }
  Result<void> install_write(Level level, const Suite& suite, ByteView secret) override {
    return inner_.install_write(level, suite, secret);
  }
  Result<void> remove_write_protection() override { return inner_.remove_write_protection(); }
  Result<void> begin_tls12() override { return inner_.begin_tls12(); }
  Result<Incoming> next_change_cipher_spec() override { return inner_.next_change_cipher_spec(); }
  void await_change_cipher_spec(bool awaited) override { inner_.await_change_cipher_spec(awaited); }
  Result<void> install_read(const Suite& suite, const RecordKeys12& keys) override {
    return inner_.install_read(suite, keys);
  }
  Result<void> install_write(const Suite& suite, const RecordKeys12& keys) override {
    return inner_.install_write(suite, keys);
  }
  void ignore_hello_requests(bool ignored) override { inner_.ignore_hello_requests(ignored); }
  Result<void> send_warning(AlertDescription description) override {
    return inner_.send_warning(description);
  }
  void allow_change_cipher_spec(bool allowed) override { inner_.allow_change_cipher_spec(allowed); }
  void allow_plain_alerts(bool allowed) override { inner_.allow_plain_alerts(allowed); }
  void limit_fragments(std::size_t size) override { inner_.limit_fragments(size); }
  void limit_sent_fragments(std::size_t size) override { inner_.limit_sent_fragments(size); }
  void skip_early_data() override { inner_.skip_early_data(); }

 private:
  TlsChannel& inner_;
};

// One connection under test (the victim) against a peer that deviates. TLS 1.3 alone, unless the
// test says otherwise.
class Duel {
 public:
  // `victim_role` is the role of the connection under test.
  explicit Duel(Role victim_role);

  // Both sides speak TLS 1.2 alone, with this suite; the server's credential is one that fits.
  void speak_tls12(std::uint16_t suite = kEcdsaGcm);
  static constexpr std::uint16_t kEcdsaGcm = 0xc02b;
  static constexpr std::uint16_t kEcdsaCbc = 0xc023;

  // The server asks for a certificate and will not do without; the client has one.
  void require_client_certificate();

  // Sets how the peer deviates; call before run().
  void deviate(Deviation deviation) { channel.deviation = std::move(deviation); }
  // Runs the handshake as far as it goes. Returns whether the victim is established.
  bool run();
  // After run(): moves what the peer's channel has sealed to the victim and lets it receive.
  void deliver_to_victim();
  // After run(), in TLS 1.2: the peer begins another handshake, or asks its client for one. What it
  // proves is what peer_facts.renegotiation says. Returns whether both are through with it.
  bool renegotiate();
  // Why the victim failed, and the fatal alert that it sent.
  Reason reason() const { return error ? error->reason : Reason::none; }
  std::optional<AlertDescription> alert() const;
  // Sends a record as it is, whatever the peer's keys, behind all that it has sent.
  void send_raw(ContentType type, ByteView content);
  // Sends a handshake message as it is, under the peer's keys.
  void send_message(ByteView message);

  Ref<Algorithms> algorithms = make_ref<Algorithms>(nullptr, nullptr);
  ConfigRef victim_config = make_ref<Config>();
  ConfigRef peer_config = make_ref<Config>();
  TestHooks victim_hooks;
  TestHooks peer_hooks;
  std::unique_ptr<Connection> victim;
  Ref<Session> victim_session;  // to be offered
  bool victim_early_data = false;
  std::unique_ptr<EarlyData> peer_early_data;  // null: the peer sends none
  Role victim_role;
  std::optional<Error> error;  // the victim's

  // The peer's insides.
  CloseState peer_close;
  Hooks peer_hook_table = peer_hooks.hooks();
  TlsChannel peer_channel{*algorithms, peer_config, peer_hook_table, peer_close};
  DeviatingChannel channel{peer_channel};
  Negotiated peer_facts;
  Ref<Session> peer_session;
  SessionContext peer_session_context;
  Stages peer_stages{peer_hook_table};
  std::unique_ptr<Handshake> peer;
  bool peer_done = false;
  bool peer_failed = false;

 private:
  void start_peer(EarlyData* early);
  bool step();
  bool drive_peer();
  bool run_peer();
  bool feed_victim();
  bool drain_victim();
  bool advance_victim();
};

// Runs the duel, and expects the victim to end it with this alert, for this reason, and for good.
void expect_refused(Duel& duel, AlertDescription alert, Reason reason);
// The same of a duel that has been run.
void expect_died(Duel& duel, AlertDescription alert, Reason reason);
// Runs the duel with one byte of what the peer sends changed, and expects the handshake to fail;
// false when the peer did not send so much, and it succeeded.
bool run_with_byte_changed(Duel& duel, std::size_t target);

// Edits the peer's messages of this type.
Deviation change(HandshakeType type, std::function<void(Bytes&)> edit);
// Sets the message's header to the length that its body has now.
void fix_length(Bytes& message);
// Of a Certificate message with an EC key: the certificate can be read, its key is of an algorithm
// that nobody knows.
void make_key_unreadable(Bytes& certificate);

}  // namespace ciao::tls::testing
