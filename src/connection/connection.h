// One TLS connection: an engine without I/O. Bytes go in, bytes come out; somebody else moves them.
#pragma once

#include <memory>
#include <optional>

#include "config/config.h"
#include "config/hooks.h"
#include "connection/calls.h"
#include "connection/close_state.h"
#include "connection/states.h"
#include "connection/tls_channel.h"
#include "extensions/negotiated.h"
#include "handshake/early_data.h"
#include "handshake/handshake.h"
#include "handshake/late_authentication.h"
#include "handshake/late_request.h"
#include "handshake/post_handshake13.h"
#include "handshake/stages.h"
#include "keys/key_schedule13.h"
#include "session/session.h"

namespace ciao::tls {

// Belongs to one thread at a time. Hooks run inside advance() and receive(); they may call const
// functions, edit_config(), set_config(), set_session() and set_session_context().
class Connection {
 public:
  // `hooks` are copied; what they point to must outlive the connection.
  Connection(Ref<Algorithms> algorithms, ConfigRef config, const Hooks& hooks);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // --- life ---
  // Makes the connection ready for a handshake in this role; whatever was under way is dropped and
  // its secrets are wiped. The configuration, the session to offer and the session context stay.
  void start_over(Role role);  // a renegotiation that is pending stays so
  void start_over();           // in the role it has; without a role it stays without
  Phase phase() const { return phase_; }
  Role role() const { return role_; }
  // True unless application data may flow, be it early data: also while a post-handshake message of
  // ours is owed, or another handshake is under way (SSL_in_init).
  bool in_init() const;
  bool in_exchange() const { return stages_.in_exchange(); }
  // For hooks: advance() and receive() refuse inside each other, start_over() inside any call.
  const Calls& calls() const { return calls_; }
  bool handshake_under_way() const { return handshake_ != nullptr; }  // or a renegotiation
  HandshakeStage stage() const { return stages_.now(); }
  // What killed the connection, and the alert that did when it came from the peer.
  const std::optional<Error>& error() const { return error_; }
  AlertDescription peer_alert() const { return channel().peer_alert(); }

  // --- configuration ---
  const Algorithms& algorithms() const { return *algorithms_; }
  const ConfigRef& config() const { return config_; }
  void set_config(ConfigRef config) { config_ = std::move(config); }
  // The configuration of this connection alone, to be changed: copied first if others share it.
  Config& edit_config();
  // Client: before the handshake, the session to offer (null: none). Afterwards, the session of
  // this connection, which each ticket replaces by a newer one.
  const Ref<Session>& session() const { return session_; }
  void set_session(Ref<Session> session) { session_ = std::move(session); }
  // What sessions are bound to. False, and unchanged, when it is longer than 32 bytes.
  ByteView session_context() const { return session_context_.view(); }
  bool set_session_context(ByteView context) { return session_context_.assign(context); }
  // Removes the session of an established connection that nobody closed, as OpenSSL still does.
  void give_up_unclosed_session();

  // --- driving ---
  // Goes on with the handshake, or with the post-handshake message that is owed, as far as the
  // input allows. After an error the connection is dead, and a fatal alert may be waiting in
  // output().
  Result<Wait> advance();
  // Processes at most one record or message of an established connection.
  Result<Received> receive();

  // --- input ---
  // Room for received bytes: what is missing, or more to read ahead. Valid until the next call.
  MutableBytes input_space();
  void input_received(std::size_t size);
  // The transport said end of file: an error, unless the configuration takes it for a closure.
  Result<void> input_ended();
  // Bytes taken from the transport and not yet read by the application, processed or not.
  bool has_unprocessed_input() const;
  void set_read_ahead(std::size_t size);

  // --- output ---
  ByteView output() const { return channel().writer().output(); }
  void output_sent(std::size_t size);

  // --- application data ---
  ByteView readable() const { return readable_; }  // opened and not yet consumed
  void consume_readable(std::size_t size);
  std::size_t max_fragment() const { return channel().max_fragment(); }  // one record's content
  // Seals one record of at most max_fragment() bytes of `data` (which may be empty) and answers how
  // many it took. The connection must be established, CloseState allow it, and output() be empty.
  Result<std::size_t> write(ByteView data);
  bool flight_is_tickets() const { return flight_is_tickets_; }  // in output(), if there is one
  Result<void> write_owed();  // what a record takes along: the answer to the peer's KeyUpdate
  const Traffic& traffic() const { return traffic_; }

  // --- closing ---
  CloseState& close_state() { return close_; }
  const CloseState& close_state() const { return close_; }
  // Seals the close_notify that CloseState wants. Call when output() is empty.
  Result<void> seal_close_notify();
  // SSL_set_shutdown: may take back a close_notify of which nothing has left.
  void set_close_flags(int flags);

  // --- after the handshake ---
  // RFC 8446 §4.6.3: to be sent by the next advance(). False when this connection may not send it.
  bool request_key_update(KeyUpdateRequest request);
  // Server: one more ticket, to be sent by the next advance(). False when there may be none.
  bool may_request_ticket() const;
  bool request_ticket();
  // Server, RFC 8446 §4.6.2: a CertificateRequest, from the next advance(). False as above.
  bool request_late_authentication();
  LateRequestState late_request() const;
  KeyUpdateState own_key_update() const;  // what the next write sends
  // In a renegotiation the new handshake's facts count from the peer's hello on.
  const Negotiated& negotiated() const;
  // RFC 8446 §7.5, RFC 5705; an error before the secret exists. No context is no empty one in 1.2.
  Result<void> export_keying_material(std::string_view label, std::optional<ByteView> context,
                                      MutableBytes out) const;

  // --- early data (RFC 8446 §2.3) ---
  // Before the handshake: a client will offer it with its session, a server may take it. The
  // handshake then pauses (Wait::early_data): a client's behind ClientHello, and behind the
  // server's Finished for as long as there may be more; a server's behind its own Finished, from
  // where on it may write(), too. A paused handshake goes on with advance(), or with the peer's
  // next message.
  void use_early_data();
  // Server, before the handshake: as above, but a client without the cookie of an earlier retry is
  // sent one that need not be remembered (RFC 8446 §4.2.2), and the pause is behind that.
  void use_stateless_retry();
  // Goes on at once, without waiting for advance() to do so.
  void resume_handshake();
  bool in_early_data() const { return in_early_data_; }
  EarlyDataStatus early_data_status() const { return negotiated_.early_data; }
  // Client, paused: counts what is about to be written; beyond what the ticket allows it is fatal.
  Result<void> announce_early_data(std::size_t size);
  // Client, paused: as write(), of announced data. output() may still hold the handshake. What the
  // server has refused already is dropped.
  Result<std::size_t> write_early_data(ByteView data);
  void end_early_data();  // client: there is no more
  // RFC 8446 §7.5; an error unless early data was sent (client) or taken (server).
  Result<void> export_early_keying_material(std::string_view label, ByteView context,
                                            MutableBytes out) const;

  // --- renegotiation ---
  // For start_renegotiation(), behind the first handshake; `full` forbids to resume the session.
  void request_renegotiation(bool full);
  const RenegotiationState& renegotiation() const { return renegotiation_; }
  void clear_renegotiation_count() { renegotiation_.count = 0; }
  // Whether start_renegotiation() is to be called: one is asked for, and no record is under way.
  bool renegotiation_due() const;
  // A client begins the handshake, which advance() goes on with; so does a server that was sent a
  // ClientHello. Any other server sends HelloRequest, which the client may follow or not.
  Result<void> start_renegotiation();

  // The only place where a fatal alert is queued, the closures are marked and the session is given
  // up. Returns the error that the connection died of: this one, or an earlier one.
  Error fail(Error error);

 private:
  // The constructor makes it and reset() only replaces it: it is always there.
  // NOLINTBEGIN(bugprone-unchecked-optional-access)
  TlsChannel& channel() { return *channel_; }
  const TlsChannel& channel() const { return *channel_; }
  // NOLINTEND(bugprone-unchecked-optional-access)
  bool tls12() const { return negotiated_.version == ProtocolVersion::tls1_2; }
  Error died_of() const { return error_.value_or(internal_error()); }
  void reset();
  void cleanse_unread();
  Result<Wait> advance_once();
  void start_handshake();
  Result<Wait> run_handshake();
  void pause_for_early_data();
  bool takes_early_data() const;
  Result<void> establish(Outcome& outcome, const FinishedVerified& finished,
                         const PeerAuthenticated& peer);
  std::uint32_t tickets_due(const Outcome& outcome) const;
  std::uint32_t tickets_at_once() const;
  Result<void> send_tickets(std::uint32_t count);
  Result<void> send_ticket();
  Result<void> send_requested_tickets();
  Result<Received> receive_once();
  Result<void> post_handshake(const HandshakeMessage& message);
  Result<void> read_post_handshake(const HandshakeMessage& message);
  std::unique_ptr<Handshake> make_handshake(Negotiated& facts);
  bool takes_client_hello();
  Result<void> count_renegotiation_request();
  Result<void> read_renegotiation_request(const HandshakeMessage& message);
  bool follows_hello_request() const;
  Result<void> refuse_renegotiation();
  Result<void> send_hello_request();
  Result<void> read_ticket(const HandshakeMessage& message);
  Result<void> read_key_update(const HandshakeMessage& message);
  Result<void> read_late_request(const HandshakeMessage& message);
  Result<Wait> answer_late_request();
  Result<void> send_late_request();
  Result<void> begin_late_answer(const HandshakeMessage& message);
  Result<Wait> go_on_with_late_answer();
  Result<void> renew_session(std::uint32_t tickets);
  Result<void> send_key_update(KeyUpdateRequest request);
  Result<void> update_traffic_key(Direction direction);
  Result<std::size_t> write_record(ByteView data);
  Result<void> send_owed_key_update();
  Result<void> send_requested_key_update();
  PostHandshake post_handshake_facts() const;
  void alert_left();

  Ref<Algorithms> algorithms_;
  ConfigRef config_;
  Hooks hooks_;
  CloseState close_;
  std::optional<TlsChannel> channel_;
  std::unique_ptr<Negotiated> renegotiated_;  // the facts of a renegotiation under way
  std::unique_ptr<Handshake> handshake_;
  // For a CertificateRequest after the handshake: its transcript, and what is under way.
  std::unique_ptr<const Transcript> transcript_;
  std::unique_ptr<LateAuthentication> late_authentication_;
  std::unique_ptr<LateRequest> late_request_;
  std::unique_ptr<EarlyData> early_;  // null: not asked for
  Ref<Session> session_;
  Negotiated negotiated_;
  ApplicationSecrets secrets_;
  HashSecret resumption_master_;
  MutableBytes readable_;
  Traffic traffic_;
  std::optional<Error> error_;
  std::optional<Alert> alert_in_output_;  // the last record of output()
  std::uint64_t tickets_sent_ = 0;
  std::uint32_t tickets_requested_ = 0;
  RenegotiationState renegotiation_;
  SessionContext session_context_;
  Phase phase_ = Phase::no_role;
  Role role_ = Role::client;
  Stages stages_{hooks_};
  KeyUpdateState own_key_update_ = KeyUpdateState::none;
  bool key_update_owed_ = false;  // the peer asked for one
  bool flight_is_tickets_ = false;
  bool late_request_wanted_ = false;
  bool in_early_data_ = false;
  Calls calls_;
  int key_updates_read_ = 0;  // since the last application data, but for those we asked for
};

}  // namespace ciao::tls
