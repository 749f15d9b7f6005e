// What a session store is told, and which tickets a connection issues.
#include "engine/pair.h"

namespace ciao::tls::testing {
namespace {

constexpr std::uint16_t kSha256 = 0x1301;
constexpr std::uint16_t kSha384 = 0x1302;

// A full handshake with its tickets delivered; the client's session afterwards.
Ref<Session> first_session(Pair& pair) {
  EXPECT_TRUE(pair.handshake());
  const Ref<Session> session = pair.client->session();
  EXPECT_FALSE(session->ticket.empty());
  pair.client_hooks.added.clear();
  pair.server_hooks.added.clear();
  pair.restart();
  return session;
}

TEST(Sessions, AFullHandshakeCompletesOneOnEachSide) {
  Pair pair;
  ASSERT_TRUE(pair.handshake());
  EXPECT_EQ(pair.client_hooks.completed_sessions, 1);
  EXPECT_EQ(pair.server_hooks.completed_sessions, 1);
  EXPECT_EQ(pair.server_hooks.added.size(), 2U);
  EXPECT_EQ(pair.client_hooks.added.size(), 2U);
  EXPECT_EQ(pair.client->session()->group, pair.client->negotiated().group);
}

TEST(Sessions, AResumptionIsReportedOnBothSides) {
  Pair pair;
  const Ref<Session> session = first_session(pair);
  pair.client->set_session(session);
  ASSERT_TRUE(pair.handshake());
  ASSERT_EQ(pair.client_hooks.resumed_sessions.size(), 1U);
  EXPECT_EQ(pair.client_hooks.resumed_sessions[0], session);
  EXPECT_EQ(pair.server_hooks.resumed_sessions.size(), 1U);
  EXPECT_EQ(pair.client_hooks.completed_sessions, 1);
  EXPECT_EQ(pair.server_hooks.added.size(), 1U);
}

TEST(Sessions, AStoreCanSayThatNoNewTicketIsDue) {
  Pair pair;
  const Ref<Session> session = first_session(pair);
  pair.client->set_session(session);
  pair.server_hooks.issue_new = false;
  ASSERT_TRUE(pair.handshake());
  EXPECT_TRUE(pair.server->negotiated().resumed);
  EXPECT_TRUE(pair.server_hooks.added.empty());
}

TEST(Sessions, NoTicketAfterARefusalIfTheStoreSaysSo) {
  Pair pair;
  const Ref<Session> session = first_session(pair);
  pair.client->set_session(session);
  pair.server_hooks.tickets->clear();
  pair.server_hooks.issue_new = false;
  ASSERT_TRUE(pair.handshake());
  EXPECT_FALSE(pair.server->negotiated().resumed);
  EXPECT_TRUE(pair.server_hooks.added.empty());
}

TEST(Sessions, ASessionThatDoesNotFitHereIsReplacedWhateverTheStoreSays) {
  Pair pair;
  const Ref<Session> session = first_session(pair);
  pair.client->set_session(session);
  const std::uint8_t other[] = {1};
  ASSERT_TRUE(pair.server->set_session_context(other));
  pair.server_hooks.issue_new = false;
  ASSERT_TRUE(pair.handshake());
  EXPECT_FALSE(pair.server->negotiated().resumed);
  EXPECT_EQ(pair.server_hooks.added.size(), 2U);
}

// I10: callbacks may say whose sessions these are (SSL_set_session_id_context, SSL_set_SSL_CTX).
TEST(Sessions, AContextThatIsSetMeanwhileCounts) {
  for (const auto callback : {&TestHooks::on_client_hello, &TestHooks::on_name}) {
    for (const bool same : {true, false}) {
      Pair pair;
      std::string context = "first of the longer names";
      auto& act = pair.server_hooks.*callback;
      act = [&] { ASSERT_TRUE(pair.server->set_session_context(as_bytes(context))); };
      const Ref<Session> session = first_session(pair);
      if (!same) context = "first of the longer nameS";
      pair.client->set_session(session);
      ASSERT_TRUE(pair.handshake());
      EXPECT_EQ(pair.server->negotiated().resumed, same);
    }
  }
}

// SSL_CTX_set_session_id_context(3) holds for clients, too: resuming a session that was made in
// another context is the application's mistake, and ends the handshake.
TEST(Sessions, AClientsSessionOfAnotherContextIsNotResumed) {
  Pair pair;
  const Ref<Session> session = first_session(pair);
  pair.client->set_session(session);
  ASSERT_TRUE(pair.client->set_session_context(as_bytes("other")));
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason),
            code(Reason::attempt_to_reuse_session_in_different_context));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::illegal_parameter));
}

// SSL_set_session in the middle of a handshake: who the peer is follows from the secret in use.
TEST(Sessions, AResumptionKeepsItsSessionWhateverTheApplicationSetsMeanwhile) {
  for (const bool other : {false, true}) {
    SCOPED_TRACE(other);
    Pair pair;
    pair.client_config->alpn = {1, 'x'};
    pair.server_hooks.alpn_choice = "x";
    const Ref<Session> session = first_session(pair);
    const Ref<Session> instead = other ? make_ref<Session>() : Ref<Session>();
    pair.client->set_session(session);
    pair.tamper = [&](const Connection& from, Bytes&) {
      if (&from == pair.client.get() && pair.client->phase() == Phase::handshaking) {
        pair.client->set_session(instead);
      }
    };
    pair.server_hooks.on_alpn = [&] { pair.server->set_session(instead); };
    ASSERT_TRUE(pair.handshake());
    EXPECT_TRUE(pair.server->negotiated().resumed);
    EXPECT_TRUE(pair.client->negotiated().resumed);
    EXPECT_EQ(pair.client->negotiated().peer, session->peer);
    EXPECT_EQ(pair.client->session()->peer, session->peer);
  }
}

// The application may write to a session that it has offered (SSL_SESSION_set_cipher).
TEST(Sessions, AnOfferedSessionThatChangesMeanwhileDoesNoHarm) {
  Pair pair;
  const Ref<Session> session = first_session(pair);
  pair.client->set_session(session);
  pair.tamper = [&](const Connection&, Bytes&) { session->suite = 0xc02f; };
  ASSERT_TRUE(pair.handshake());
  EXPECT_TRUE(pair.client->negotiated().resumed);
}

TEST(Sessions, ARefusedSessionStaysAsItIsWhenTheHandshakeFails) {
  Pair pair;
  const Ref<Session> session = first_session(pair);
  pair.client->set_session(session);
  pair.server_hooks.tickets->clear();
  pair.client_hooks.verify_result = 18;
  pair.client_hooks.verify_fails = true;
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::certificate_verify_failed));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::unknown_ca));
  ASSERT_EQ(pair.client_hooks.refused_sessions.size(), 1U);
  EXPECT_EQ(pair.client_hooks.refused_sessions[0], session);
  EXPECT_FALSE(session->not_resumable);
}

TEST(Sessions, ASessionMarkedAsNotResumableGetsNoTicket) {
  Pair pair;
  pair.server_hooks.not_resumable = true;
  ASSERT_TRUE(pair.handshake());
  EXPECT_TRUE(pair.server_hooks.added.empty());
  EXPECT_TRUE(pair.client->session()->ticket.empty());
}

TEST(Sessions, AResumedSessionThatAnotherConnectionSpoiledIsStillRenewed) {
  Pair pair;
  const Ref<Session> session = first_session(pair);
  pair.client->set_session(session);
  pair.tamper = [&](const Connection& from, Bytes&) {
    if (&from == pair.server.get()) pair.server->session()->not_resumable = true;
  };
  ASSERT_TRUE(pair.handshake());
  ASSERT_EQ(pair.server_hooks.added.size(), 1U);
}

// RFC 8446 §4.6.1: it could only be resumed with a suite of its own hash.
TEST(Sessions, ATicketIsOfferedOnlyWithASuiteOfItsHash) {
  for (const std::uint16_t suite : {kSha384, kSha256}) {
    Pair pair;
    pair.client_config->suites13 = {kSha384};
    const Ref<Session> session = first_session(pair);
    pair.client_config->suites13 = {suite};
    pair.restart();
    pair.client->set_session(session);
    ASSERT_TRUE(pair.handshake());
    EXPECT_EQ(pair.client->negotiated().session_offered, suite == kSha384);
    EXPECT_EQ(pair.client->negotiated().resumed, suite == kSha384);
  }
}

TEST(Sessions, ATicketCanBeAskedForLater) {
  Pair pair;
  EXPECT_FALSE(pair.server->request_ticket());
  ASSERT_TRUE(pair.handshake());
  EXPECT_FALSE(pair.client->request_ticket());
  const Ref<Session> before = pair.client->session();
  ASSERT_TRUE(pair.server->request_ticket());
  ASSERT_TRUE(pair.server->request_ticket());
  EXPECT_TRUE(pair.server->in_init());
  while (pair.step()) {
  }
  EXPECT_FALSE(pair.server->in_init());
  EXPECT_EQ(pair.client_hooks.added.size(), 4U);
  EXPECT_NE(pair.client->session(), before);
  EXPECT_FALSE(equal(pair.client->session()->secret.view(), before->secret.view()));
}

TEST(Sessions, NoTicketFollowsACloseNotify) {
  Pair pair;
  ASSERT_TRUE(pair.handshake());
  pair.server->close_state().want_close_notify();
  EXPECT_FALSE(pair.server->request_ticket());
}

TEST(Sessions, ATicketForASessionThatWasTakenAwayIsDropped) {
  Pair pair;
  ASSERT_TRUE(pair.handshake());
  pair.client->set_session(nullptr);
  ASSERT_TRUE(pair.server->request_ticket());
  while (pair.step()) {
  }
  EXPECT_FALSE(pair.client_error);
  EXPECT_FALSE(pair.client->session());
}

}  // namespace
}  // namespace ciao::tls::testing
