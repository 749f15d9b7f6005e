// Two engines in memory, and hooks that stand in for an application.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "config/application.h"
#include "config/certificate_source.h"
#include "config/observer.h"
#include "config/peer_verifier.h"
#include "connection/connection.h"
#include "session/session_store.h"
#include "session/ticket.h"

namespace ciao::tls::testing {

// Self-signed certificates made in memory, one for each kind of key; made once, kept for the
// process.
const Credential& test_credential(KeyKind kind, NamedGroup curve = NamedGroup::secp256r1);

// One side's application.
class TestHooks final : public Application,
                        public CertificateSource,
                        public PeerVerifier,
                        public Observer,
                        public SessionStore {
 public:
  Hooks hooks() { return {this, this, this, this, this}; }

  // --- what the test sets ---
  std::map<KeyKind, const Credential*> credentials;
  std::string alpn_choice;                  // server
  std::string next_protocol;                // client: its choice; empty: it does not ask
  bool refuses_protocols = false;           // client: whatever is advertised
  std::optional<Bytes> advertised;          // server
  std::function<void()> on_client_hello;    // server: runs when it is shown a ClientHello
  std::function<void()> on_name;            // server: runs when it is told the name
  std::function<void()> on_alpn;            // server: runs when it is asked for its choice
  std::function<void(Bytes&)> edit_signed;  // changes what is about to be signed
  Bytes ocsp;                               // server
  long verify_result = 0;                   // what verify() finds; not 0 fails when verify_fails
  bool verify_fails = false;
  int pending_rounds = 0;  // each question is answered `pending` this often before it is answered
  std::size_t padding = 0;
  bool issue_tickets = true;
  bool issue_ids = true;       // server, TLS 1.2
  bool issue_new = true;       // server: what find_ticket says about new tickets
  bool not_resumable = false;  // server: said of a completed session
  bool allow_early = true;     // server
  // TLS 1.2
  NamedGroup dh = NamedGroup::none;   // server: the group for DHE suites
  int min_dh_bits = 112;              // client
  std::map<std::string, Bytes> psks;  // server: by identity; client: the first is offered
  std::string psk_hint;               // server
  // TLS 1.3: server: by identity; client: the first is offered
  std::map<std::string, Ref<Session>> external_psks;
  std::optional<Error> psk_refusal;  // instead of an answer
  Bytes external_master;             // EAP-FAST: empty for none
  bool asked_for_external = false;   // whether has_external_secret()
  std::uint16_t external_suite = 0;
  // Server, a retry that is forgotten. Empty: the application has nothing to say about cookies.
  Bytes cookie = {'h', 'e', 'r', 'e'};
  TicketKey cookie_key = TicketKey::parse(Bytes(TicketKey::kSize));  // zeros: the same for all
  std::function<void(Bytes&)> edit_opened_cookie;                    // changes what was sealed
  Bytes sealed_cookie;                                               // the last one
  // Extensions of the application's: every one has this content, in the messages named.
  std::vector<CustomExtension> extensions;
  Bytes extension_content = {1, 2};
  std::uint8_t silent_in = 0;    // In bits: where they are left out
  std::optional<Error> refusal;  // of what the peer has in them

  // --- what the test sees ---
  std::vector<std::pair<Flow, Alert>> alerts;
  std::vector<std::pair<Flow, HandshakeType>> messages;
  std::map<std::string, Bytes> keys;
  std::vector<Ref<Session>> added;
  std::vector<Ref<Session>> removed;
  std::string asked_name;
  Bytes seen_advertised;
  Bytes seen_ocsp;
  std::vector<std::pair<In, Bytes>> seen_extensions;
  int client_hellos = 0;
  int credential_questions = 0;
  std::vector<std::optional<HashId>> demanded_hashes;  // client: when it was asked for a PSK
  int psk_lookups = 0;                                 // server
  std::optional<std::string> seen_hint;                // client
  int completed_sessions = 0;
  std::vector<Ref<Session>> resumed_sessions;
  std::vector<Ref<Session>> refused_sessions;

  // Application
  Result<Answer> client_hello(const ClientHello&) override;
  Result<Bytes> make_cookie() override {
    return cookie.empty() ? Application::make_cookie() : Result<Bytes>(cookie);
  }
  bool checks_cookies() override { return true; }
  bool check_cookie(ByteView returned) override { return equal(returned, cookie); }
  Result<NameAnswer> server_name(std::string_view name) override;
  Result<Bytes> select_alpn(ByteView offered) override;
  bool speaks_next_protocol() override { return !next_protocol.empty(); }
  std::optional<Bytes> advertised_protocols() override { return advertised; }
  Result<Bytes> select_next_protocol(ByteView protocols) override;
  Result<Bytes> ocsp_response() override { return ocsp; }
  Result<Answer> check_ocsp_response(ByteView response) override;
  Result<bool> allow_early_data() override { return allow_early; }
  std::size_t record_padding(ContentType, std::size_t) override { return padding; }
  bool has_dh_group(const DhQuestion&) override { return dh != NamedGroup::none; }
  Result<DhGroup> dh_group(const DhQuestion& question) override;
  Result<void> check_dh_group(const DhGroup& group) override;
  bool has_psk() override { return !psks.empty(); }
  Result<PreSharedKey> client_psk(const char* hint) override;
  Result<SecretBytes> server_psk(const std::string& identity) override;
  std::string psk_identity_hint() override { return psk_hint; }
  Result<ExternalPsk> offer_psk(std::optional<HashId> hash) override;
  Result<Ref<Session>> find_psk(ByteView identity) override;
  bool has_external_secret() override { return asked_for_external; }
  Result<std::optional<ExternalSecret>> external_secret(
      std::span<const std::uint16_t> peer_suites) override;
  std::vector<CustomExtension> custom_extensions() override { return extensions; }
  Result<std::optional<Bytes>> write_extension(const CustomExtension& extension, In message,
                                               CertificatePlace place) override;
  Result<void> read_extension(const CustomExtension& extension, In message, ByteView content,
                              CertificatePlace place) override;
  // CertificateSource
  Result<Answer> certificate_wanted() override { return ask(); }
  const Credential* credential(KeyKind kind) override;
  Result<std::vector<Bytes>> certificate_list(const Credential& credential) override;
  Result<Answer> sign(const Credential& credential, SignatureScheme scheme, ByteView content,
                      Bytes& signature) override;
  Result<SecretBytes> decrypt_premaster(const Credential& credential,
                                        ProtocolVersion client_version,
                                        ByteView encrypted) override;
  // PeerVerifier
  Result<Answer> verify(const PeerCertificates& peer) override;
  long result() const override { return verify_result; }
  void set_result(long result) override { verify_result = result; }
  // Observer
  void message(Flow flow, ContentType type, ByteView bytes) override;
  void record(Flow, ByteView) override {}
  void inner_content_type(Flow, ContentType) override {}
  void alert(Flow flow, AlertLevel level, AlertDescription description) override;
  void handshake(Progress) override {}
  bool wants_keys() const override { return true; }
  void key_log(std::string_view label, ByteView client_random, ByteView secret) override;
  void extension(ExtensionType, ByteView) override {}
  // SessionStore
  Ref<Session> make_session() override { return make_ref<Session>(); }
  Result<Bytes> issue_ticket(Session& session) override;
  Result<TicketLookup> find_ticket(ByteView identity) override;
  Result<void> assign_id(Session& session) override;
  Ref<Session> find_id(ByteView id) override;
  Result<Bytes> seal_cookie(ByteView state) override;
  Result<std::optional<Bytes>> open_cookie(ByteView cookie) override;
  void add(const Ref<Session>& session) override { added.push_back(session); }
  void remove(const Ref<Session>& session) override;
  void completed(Session& session) override;
  void resumed(const Ref<Session>& session) override { resumed_sessions.push_back(session); }
  void refused(const Ref<Session>& session) override { refused_sessions.push_back(session); }

  std::shared_ptr<std::map<Bytes, Ref<Session>>> tickets =
      std::make_shared<std::map<Bytes, Ref<Session>>>();

 private:
  Answer ask();
  int rounds_ = 0;
};

// How bytes travel between the two.
struct Wire {
  std::size_t chunk = SIZE_MAX;    // delivered at a time
  std::size_t accepts = SIZE_MAX;  // taken from an engine at a time: the rest of its output waits
};

class Pair {
 public:
  Pair();
  // Makes both connections anew from the configurations, keeping the hooks.
  void restart();
  // Drives both until neither moves; returns whether both are established.
  bool handshake();
  // One round: moves what is there and lets each side go on once. False when nothing moved.
  bool step();
  // Moves bytes from one engine to the other.
  bool deliver(Connection& from, Connection& to);
  // Everything readable at `side`, driving both.
  Bytes read_all(Connection& side);
  // Writes all of `data` at `from` and delivers it.
  void write_all(Connection& from, ByteView data);
  // Expects that what either side writes is read by the other.
  void expect_data_flows();
  // Sends close_notify from `side` and delivers it.
  void close(Connection& side);

  Ref<Algorithms> algorithms;
  ConfigRef client_config;
  ConfigRef server_config;
  TestHooks client_hooks;
  TestHooks server_hooks;
  std::unique_ptr<Connection> client;
  std::unique_ptr<Connection> server;
  Wire wire;
  std::optional<Error> client_error;
  std::optional<Error> server_error;
  // May change or swallow what is in flight: called with the sender and the bytes.
  std::function<void(const Connection& from, Bytes& bytes)> tamper;

 private:
  bool drive(Connection& side, std::optional<Error>& error);
  std::map<const Connection*, Bytes> in_flight_;
};

}  // namespace ciao::tls::testing
