// When a session of TLS 1.2 is resumed, by id or ticket, when a full handshake replaces it, and
// when the handshake ends (RFC 5246 §F.1.4, RFC 5077, RFC 7627 §5.3).
#include <ctime>

#include "engine/hello_editing.h"

namespace ciao::tls::testing {
namespace {

using T = HandshakeType;
using X = ExtensionType;
using A = AlertDescription;

// One client, one server, and a session that passes between them.
struct Sessions12Run {
  explicit Sessions12Run(bool tickets) : by_ticket(tickets) {
    pair.client_config->max_version = ProtocolVersion::tls1_2;
    if (!by_ticket) pair.client_config->options |= option::kNoTicket;
    pair.client_config->server_name = "one.example";
    begin_again();
  }
  void begin_again() {
    pair.restart();
    pair.server->set_session_context(context);
  }
  Ref<Session> first_session() {
    EXPECT_TRUE(pair.handshake());
    EXPECT_EQ(pair.client_hooks.added.size(), 1U);
    Ref<Session> session = pair.client_hooks.added.back();
    pair.client_hooks.added.clear();
    return session;
  }
  // What the server keeps of it.
  Session& kept() {
    return by_ticket ? *pair.server_hooks.tickets->begin()->second
                     : *pair.server_hooks.added.back();
  }
  bool offer(const Ref<Session>& session) {
    pair.client->set_session(session);
    return pair.handshake();
  }
  void expect_full(const Ref<Session>& session) {
    ASSERT_TRUE(offer(session)) << (pair.server_error ? code(pair.server_error->reason) : 0);
    EXPECT_FALSE(pair.client->negotiated().resumed);
    EXPECT_FALSE(pair.server->negotiated().resumed);
    // A new session takes the place of the old one.
    ASSERT_EQ(pair.client_hooks.added.size(), 1U);
    EXPECT_NE(pair.client_hooks.added.back(), session);
    EXPECT_EQ(pair.client_hooks.added.back()->ticket.empty(), !by_ticket);
    ASSERT_EQ(pair.client_hooks.refused_sessions.size(), 1U);
    EXPECT_EQ(pair.client_hooks.refused_sessions[0], session);
  }
  void expect_server_refuses(const Ref<Session>& session, AlertDescription alert, Reason reason) {
    EXPECT_FALSE(offer(session));
    ASSERT_TRUE(pair.server_error);
    EXPECT_EQ(code(pair.server_error->reason), code(reason));
    EXPECT_EQ(code(pair.server_error->alert), code(alert));
  }

  const bool by_ticket;
  Pair pair;
  Bytes context = to_bytes(as_bytes("context"));
};

// RFC 7627 leaves the alert open.
constexpr AlertDescription kExtmsAlert = A::handshake_failure;

class Sessions12 : public ::testing::TestWithParam<bool> {
 protected:
  const bool by_ticket = GetParam();
};
INSTANTIATE_TEST_SUITE_P(Means, Sessions12, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "ticket" : "id"; });

TEST_P(Sessions12, IsResumedWhenNothingHasChanged) {
  Sessions12Run run(by_ticket);
  const Ref<Session> session = run.first_session();
  run.begin_again();
  ASSERT_TRUE(run.offer(session));
  EXPECT_TRUE(run.pair.client->negotiated().resumed);
  EXPECT_TRUE(run.pair.server->negotiated().resumed);
  EXPECT_EQ(run.pair.server_hooks.resumed_sessions.size(), 1U);
  EXPECT_EQ(run.pair.client_hooks.resumed_sessions.size(), 1U);
  EXPECT_EQ(run.pair.server->negotiated().server_name, "one.example");
}

// What changes between the handshake that makes a session and the one that offers it.
struct Change {
  const char* name;
  std::function<void(Pair&, Session& session)> act;
};

const Change kChanges[] = {
    {"another_name", [](Pair& p, Session&) { p.client_config->server_name = "two.example"; }},
    {"no_name", [](Pair& p, Session&) { p.client_config->server_name.clear(); }},
    {"expired_at_the_server", [](Pair&, Session& s) { s.time -= s.timeout + 10; }},
    {"spoiled", [](Pair&, Session& s) { s.not_resumable = true; }},
    {"of_another_context", [](Pair&, Session& s) { s.id_context.assign(as_bytes("other")); }},
    {"of_tls13", [](Pair&, Session& s) { s.version = ProtocolVersion::tls1_3; }},
    {"of_an_unknown_suite", [](Pair&, Session& s) { s.suite = 0xfefe; }},
    {"of_a_suite_of_tls13", [](Pair&, Session& s) { s.suite = 0x1301; }},
    {"suite_switched_off",
     [](Pair& p, Session& s) { std::erase(p.server_config->suites12, s.suite); }},
    {"no_extended_master_secret_then", [](Pair&, Session& s) { s.extended_master_secret = false; }},
    {"forgotten",
     [](Pair& p, Session&) {
       p.server_hooks.tickets->clear();
       p.server_hooks.added.clear();
     }},
    {"client_must_show_itself",
     [](Pair& p, Session&) {
       p.server_config->peer_authentication = PeerAuthentication::required;
       p.client_hooks.credentials = p.server_hooks.credentials;
     }},
};

// I10: each of these alone is enough for a full handshake.
TEST_P(Sessions12, IsNotResumedInOtherSurroundings) {
  for (const Change& change : kChanges) {
    SCOPED_TRACE(change.name);
    Sessions12Run run(by_ticket);
    const Ref<Session> session = run.first_session();
    change.act(run.pair, run.kept());
    run.begin_again();
    run.expect_full(session);
  }
}

// I10: callbacks may say whose sessions these are (SSL_set_session_id_context, SSL_set_SSL_CTX).
TEST_P(Sessions12, IsNotResumedInAContextThatIsSetMeanwhile) {
  for (const bool same : {true, false}) {
    Sessions12Run run(by_ticket);
    const auto context_is = [&](const char* context) {
      run.pair.server_hooks.on_client_hello = [&run, context] {
        ASSERT_TRUE(run.pair.server->set_session_context(as_bytes(context)));
      };
    };
    context_is("first of the longer names");
    const Ref<Session> session = run.first_session();
    EXPECT_EQ(as_text(run.pair.server->session()->id_context.view()), "first of the longer names");
    if (!same) context_is("first of the longer nameS");
    run.begin_again();
    ASSERT_TRUE(run.offer(session));
    EXPECT_EQ(run.pair.server->negotiated().resumed, same);
  }
}

// The name's callback may begin to demand a certificate that the session's client has not
// shown.
TEST_P(Sessions12, IsNotResumedWhenACallbackDemandsACertificate) {
  for (const bool has_one : {true, false}) {
    Sessions12Run run(by_ticket);
    const Ref<Session> session = run.first_session();
    if (has_one) run.pair.client_hooks.credentials = run.pair.server_hooks.credentials;
    run.pair.server_hooks.on_name = [&] {
      run.pair.server_config->peer_authentication = PeerAuthentication::required;
    };
    run.begin_again();
    EXPECT_EQ(run.offer(session), has_one);
    EXPECT_FALSE(run.pair.server->negotiated().resumed);
    EXPECT_TRUE(run.pair.server_hooks.resumed_sessions.empty());
    if (has_one) {
      ASSERT_TRUE(run.pair.server->negotiated().peer);
      EXPECT_FALSE(run.pair.server->negotiated().peer->empty());
      EXPECT_NE(run.pair.server->session(), session);
    } else {
      ASSERT_TRUE(run.pair.server_error);
      EXPECT_EQ(code(run.pair.server_error->reason),
                code(Reason::peer_did_not_return_a_certificate));
      EXPECT_EQ(code(run.pair.server_error->alert), code(AlertDescription::handshake_failure));
    }
  }
}

// RFC 7627 §5.3: "If the original session used the "extended_master_secret" extension but the new
// ClientHello does not contain it, the server MUST abort the abbreviated handshake."
TEST_P(Sessions12, IsNotResumedWithoutItsExtendedMasterSecret) {
  Sessions12Run run(by_ticket);
  const Ref<Session> session = run.first_session();
  run.pair.client_config->options |= option::kNoExtendedMasterSecret;
  run.begin_again();
  run.expect_server_refuses(session, kExtmsAlert, Reason::inconsistent_extms);
}

// A session that would not be resumed anyway is no reason to give up.
TEST_P(Sessions12, IsReplacedWithoutItsExtendedMasterSecretWhenItHasExpired) {
  Sessions12Run run(by_ticket);
  const Ref<Session> session = run.first_session();
  run.kept().time -= 100000;
  run.pair.client_config->options |= option::kNoExtendedMasterSecret;
  run.begin_again();
  run.expect_full(session);
}

// SSL_CTX_set_session_id_context(3): a server that verifies its clients must say what its sessions
// are for.
TEST_P(Sessions12, NeedsAContextWhereClientsAreVerified) {
  Sessions12Run run(by_ticket);
  run.context.clear();
  run.pair.server_config->peer_authentication = PeerAuthentication::request;
  run.pair.client_hooks.credentials = run.pair.server_hooks.credentials;
  run.begin_again();
  const Ref<Session> session = run.first_session();
  run.begin_again();
  run.expect_server_refuses(session, A::internal_error, Reason::session_id_context_uninitialized);
}

TEST_P(Sessions12, IsNotOfferedWhenItHasExpiredOrIsSpoiled) {
  const std::function<void(Pair&, Session&)> acts[] = {
      [](Pair&, Session& s) { s.time -= s.timeout + 10; },
      [](Pair&, Session& s) { s.not_resumable = true; },
      [](Pair&, Session& s) { s.version = ProtocolVersion::unset; },
      [](Pair&, Session& s) { s.secret = SecretBytes(47); },
      [](Pair& p, Session& s) { std::erase(p.client_config->suites12, s.suite); },
  };
  for (const auto& act : acts) {
    Sessions12Run run(by_ticket);
    const Ref<Session> session = run.first_session();
    act(run.pair, *session);
    run.begin_again();
    ASSERT_TRUE(run.offer(session));
    EXPECT_FALSE(run.pair.client->negotiated().session_offered);
    EXPECT_FALSE(run.pair.server->negotiated().session_offered);
    EXPECT_FALSE(run.pair.client->negotiated().resumed);
  }
}

TEST_P(Sessions12, OfAnotherContextOfTheClientsIsAMistake) {
  Sessions12Run run(by_ticket);
  const Ref<Session> session = run.first_session();
  run.begin_again();
  run.pair.client->set_session_context(as_bytes("other"));
  EXPECT_FALSE(run.offer(session));
  ASSERT_TRUE(run.pair.client_error);
  EXPECT_EQ(code(run.pair.client_error->reason),
            code(Reason::attempt_to_reuse_session_in_different_context));
  EXPECT_EQ(code(run.pair.client_error->alert), code(AlertDescription::illegal_parameter));
}

// A ticket that is nobody's (RFC 5077 §3.4), of any length.
// SSL_CTX_set_session_ticket_cb: the store is asked about the ticket that a client does not have
// yet, too.
TEST(Tickets12, AStoreCanSayThatNoneIsDue) {
  for (const bool has_ticket : {false, true}) {
    Sessions12Run run(true);
    Ref<Session> session;
    if (has_ticket) {
      session = run.first_session();
      run.pair.server_hooks.tickets->clear();
      run.begin_again();
    }
    run.pair.server_hooks.issue_new = false;
    ASSERT_TRUE(run.offer(session));
    EXPECT_FALSE(run.pair.server->negotiated().resumed);
    EXPECT_TRUE(run.pair.server_hooks.tickets->empty());
  }
}

TEST(Tickets12, GarbageIsAFullHandshake) {
  for (const std::size_t size : {1U, 15U, 32U, 300U, 5000U}) {
    Sessions12Run run(true);
    const Ref<Session> session = run.first_session();
    session->ticket.assign(size, 0x5a);
    run.begin_again();
    run.expect_full(session);
  }
}

// --- a server that resumes as it should not ---

struct Resuming : Duel {
  explicit Resuming(Role role, bool extended = true) : Duel(role), earlier(role) {
    for (Duel* duel : {static_cast<Duel*>(&earlier), static_cast<Duel*>(this)}) {
      duel->speak_tls12();
      duel->victim_config->suites12 = {kEcdsaGcm, 0xc02c};
      duel->peer_session_context.assign(as_bytes("duel"));
    }
    if (!extended) earlier.victim_config->options |= option::kNoExtendedMasterSecret;
    EXPECT_TRUE(earlier.run());
    victim_hooks.tickets = earlier.victim_hooks.tickets;
    peer_hooks.tickets = earlier.peer_hooks.tickets;
    if (role == Role::client) {
      victim_session = earlier.victim->session();
    } else {
      peer_session = earlier.peer_session;
    }
  }

  Duel earlier;
};

TEST(Resumption12, WorksBetweenTheTwo) {
  for (const Role role : {Role::client, Role::server}) {
    Resuming duel(role);
    EXPECT_TRUE(duel.run());
    EXPECT_TRUE(duel.victim->negotiated().resumed);
  }
}

// RFC 7627 §5.3, both ways.
TEST(Resumption12, ServerLeavesExtendedMasterSecretOut) {
  Resuming duel(Role::client);
  duel.deviate(edit_hello(T::server_hello, 0,
                          [](EditableHello& hello) { hello.remove(X::extended_master_secret); }));
  expect_refused(duel, A::handshake_failure, Reason::inconsistent_extms);
}

TEST(Resumption12, ServerAddsExtendedMasterSecret) {
  Resuming duel(Role::client, false);
  // The peer would do a full handshake; made to believe otherwise, it resumes and says so.
  for (auto& [ticket, session] : *duel.peer_hooks.tickets) session->extended_master_secret = true;
  expect_refused(duel, A::handshake_failure, Reason::inconsistent_extms);
}

TEST(Resumption12, ServerTakesAnotherSuite) {
  Resuming duel(Role::client);
  duel.deviate(edit_hello(T::server_hello, 0,
                          [](EditableHello& hello) { hello.head[hello.head.size() - 2] = 0x2c; }));
  expect_refused(duel, A::illegal_parameter, Reason::old_session_cipher_not_returned);
}

// Without the echo it is a full handshake, and a Certificate has to come.
TEST(Resumption12, ServerEchoesAnotherSessionId) {
  Resuming duel(Role::client);
  duel.deviate(edit_hello(T::server_hello, 0,
                          [](EditableHello& hello) { hello.head[2 + kRandomSize + 1] ^= 1; }));
  expect_refused(duel, A::unexpected_message, Reason::unexpected_message);
}

TEST(Resumption12, ServerGoesOnInFullAfterTheEcho) {
  Resuming duel(Role::client);
  duel.channel.before_change_cipher_spec = [&] {
    EXPECT_TRUE(duel.peer_channel.send(Bytes{code(T::certificate), 0, 0, 3, 0, 0, 0}));
    return true;
  };
  expect_refused(duel, A::unexpected_message, Reason::unexpected_message);
}

TEST(Resumption12, WrongFinishedOfAResumption) {
  for (const Role role : {Role::client, Role::server}) {
    Resuming duel(role);
    duel.deviate([](Outgoing& out) {
      if (out.type == T::finished) out.message.back() ^= 1;
    });
    expect_refused(duel, A::decrypt_error, Reason::digest_check_failed);
  }
}

// Who has the ticket and not the secret gets nowhere.
TEST(Resumption12, WithoutTheSecret) {
  Resuming duel(Role::client);
  for (auto& [ticket, session] : *duel.peer_hooks.tickets) session->secret = SecretBytes(48);
  expect_refused(duel, A::bad_record_mac, Reason::decryption_failed_or_bad_record_mac);
}

// RFC 5246 §7.4.1.2: a resuming ClientHello offers the session's suite.
TEST(Resumption12, ClientLeavesTheSessionsSuiteOut) {
  Resuming duel(Role::server);
  duel.deviate(edit_hello(T::client_hello, 0, [](EditableHello& hello) {
    const std::size_t suites = 2 + kRandomSize + 1 + hello.head[2 + kRandomSize] + 2;
    hello.head[suites] = 0xc0;
    hello.head[suites + 1] = 0x2c;
  }));
  expect_refused(duel, A::illegal_parameter, Reason::required_cipher_missing);
}

}  // namespace
}  // namespace ciao::tls::testing
