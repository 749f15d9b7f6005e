// PSKs of TLS 1.3 that the application brings (RFC 8446 §2.2, §4.2.11).
#include "engine/external_psk.h"

namespace ciao::tls::testing {
namespace {

constexpr std::uint16_t kOtherSha256Suite = 0x1303;
constexpr std::uint32_t kLimit = 1000;

struct ExternalPsks : ::testing::Test {
  ExternalPsks() {
    pair.client_config->suites13 = {kSha256Suite, kOtherSha256Suite, kSha384Suite};
    pair.client_hooks.external_psks[kIdentity] = make_psk();
    pair.server_hooks.external_psks[kIdentity] = make_psk();
  }

  Session& at_client() { return *pair.client_hooks.external_psks[kIdentity]; }
  Session& at_server() { return *pair.server_hooks.external_psks[kIdentity]; }
  // Both sides' keys go with this suite, and the client offers no other.
  void agree_on_suite(std::uint16_t suite) {
    pair.client_config->suites13 = {suite};
    at_client().suite = at_server().suite = suite;
  }
  void expect_psk() {
    ASSERT_TRUE(pair.handshake());
    EXPECT_TRUE(pair.client->negotiated().resumed);
    EXPECT_TRUE(pair.server->negotiated().resumed);
    pair.expect_data_flows();
  }
  void expect_full_handshake(std::size_t tickets = 2) {
    ASSERT_TRUE(pair.handshake());
    EXPECT_FALSE(pair.client->negotiated().resumed);
    EXPECT_FALSE(pair.server->negotiated().resumed);
    EXPECT_FALSE(pair.client->negotiated().peer->empty());
    EXPECT_EQ(pair.server_hooks.added.size(), tickets);
    pair.expect_data_flows();
  }
  void expect_client_error(Reason reason) {
    EXPECT_FALSE(pair.handshake());
    ASSERT_TRUE(pair.client_error);
    EXPECT_EQ(code(pair.client_error->reason), code(reason));
    EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::internal_error));
  }
  void expect_wrong_binder() {
    EXPECT_FALSE(pair.handshake());
    ASSERT_TRUE(pair.server_error);
    EXPECT_EQ(code(pair.server_error->reason), code(Reason::binder_does_not_verify));
    EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::decrypt_error));
  }

  Pair pair;
};

TEST_F(ExternalPsks, TakeThePlaceOfCertificates) {
  for (const std::uint16_t suite : {kSha256Suite, kSha384Suite, kOtherSha256Suite}) {
    SCOPED_TRACE(suite);
    agree_on_suite(suite);
    pair.server_hooks.credentials.clear();
    pair.restart();
    expect_psk();
    EXPECT_FALSE(pair.client->negotiated().peer);
    EXPECT_EQ(pair.client_hooks.demanded_hashes, std::vector<std::optional<HashId>>{std::nullopt});
    pair.client_hooks.demanded_hashes.clear();
  }
}

TEST_F(ExternalPsks, OfTheClientStayTheApplications) {
  ASSERT_TRUE(pair.handshake());
  EXPECT_TRUE(at_client().ticket.empty());
  EXPECT_TRUE(at_server().host_name.empty());
  EXPECT_FALSE(at_server().from_external_psk);
}

TEST_F(ExternalPsks, AClientsVerdictStaysWhatItWas) {
  pair.client_hooks.verify_result = 18;
  at_client().verify_result = 1;
  at_server().verify_result = 1;
  expect_psk();
  EXPECT_EQ(pair.client_hooks.verify_result, 18);
  EXPECT_EQ(pair.server_hooks.verify_result, 1);
}

TEST_F(ExternalPsks, WithAnUnknownIdentityTheHandshakeIsAFullOne) {
  pair.server_hooks.external_psks.clear();
  expect_full_handshake();
}

TEST_F(ExternalPsks, WithAnUnknownIdentityAndNoCertificateThereIsNone) {
  pair.server_hooks.external_psks.clear();
  pair.server_hooks.credentials.clear();
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::no_suitable_signature_algorithm));
  EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::handshake_failure));
}

TEST_F(ExternalPsks, OfTheServerThatDoNotFitAreNotTaken) {
  const std::function<void(Session&)> changes[] = {
      [](Session& psk) { psk.version = ProtocolVersion::tls1_2; },
      [](Session& psk) { psk.secret.shrink(0); },
      [](Session& psk) { psk.time -= 1000; },
  };
  for (const auto& change : changes) {
    pair.server_hooks.external_psks[kIdentity] = make_psk();
    change(at_server());
    pair.server_hooks.added.clear();
    pair.restart();
    expect_full_handshake();
  }
}

// As in OpenSSL, which then issues no tickets.
TEST_F(ExternalPsks, OfAnotherHashThanTheSuitesAreNotTaken) {
  for (const std::uint16_t suite : {kSha384Suite, Duel::kEcdsaGcm}) {
    at_server().suite = suite;
    pair.restart();
    expect_full_handshake(0);
  }
}

TEST_F(ExternalPsks, ThatDifferEndTheHandshake) {
  at_server().secret.bytes()[39] ^= 1;
  expect_wrong_binder();
}

// RFC 8446 §4.2.11.2: the label of the binder keeps both kinds apart.
TEST_F(ExternalPsks, DoNotPassForTickets) {
  (*pair.server_hooks.tickets)[to_bytes(as_bytes(kIdentity))] = as_ticket(make_psk());
  pair.server_hooks.external_psks.clear();
  expect_wrong_binder();
}

TEST_F(ExternalPsks, AreNotReachedByTickets) {
  pair.client_hooks.external_psks.clear();
  pair.client->set_session(as_ticket(make_psk()));
  expect_wrong_binder();
}

TEST_F(ExternalPsks, OfTheClientThatCannotBeUsedAreTheApplicationsMistake) {
  const std::function<void(Session&)> changes[] = {
      [](Session& psk) { psk.version = ProtocolVersion::tls1_2; },
      [](Session& psk) { psk.secret.shrink(0); },
      [](Session& psk) { psk.suite = Duel::kEcdsaGcm; },
      [](Session& psk) { psk.suite = 0; },
  };
  for (const auto& change : changes) {
    pair.client_hooks.external_psks[kIdentity] = make_psk();
    change(at_client());
    pair.restart();
    expect_client_error(Reason::bad_psk);
  }
}

TEST_F(ExternalPsks, HaveAnIdentity) {
  pair.client_hooks.external_psks = {{"", make_psk()}};
  expect_client_error(Reason::internal_error);
}

TEST_F(ExternalPsks, WithAnIdentityThatNoMessageHoldsAreRefused) {
  pair.client_hooks.external_psks = {{std::string(65536, 'i'), make_psk()}};
  expect_client_error(Reason::internal_error);
}

TEST_F(ExternalPsks, ThatTheApplicationRefusesEndTheHandshake) {
  pair.client_hooks.psk_refusal = Error{Reason::bad_psk, AlertDescription::internal_error};
  expect_client_error(Reason::bad_psk);
  pair.client_hooks.psk_refusal.reset();
  pair.restart();
  pair.server_hooks.psk_refusal = Error{Reason::bad_extension, AlertDescription::internal_error};
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::bad_extension));
  EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::internal_error));
}

TEST_F(ExternalPsks, BelongToTheContextThatTheyAreUsedIn) {
  ASSERT_TRUE(pair.server->set_session_context(as_bytes("server")));
  expect_psk();
  pair.restart();
  ASSERT_TRUE(pair.client->set_session_context(as_bytes("client")));
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason),
            code(Reason::attempt_to_reuse_session_in_different_context));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::illegal_parameter));
}

// The keys of TLS 1.2's interface have no hash; without a certificate one of them has to fit.
TEST_F(ExternalPsks, WithoutAHashMakeAServerPreferSha256) {
  pair.client_config->suites13 = {kSha384Suite, kOtherSha256Suite};
  pair.server_hooks.psks["any"] = {1};
  expect_full_handshake(0);
  EXPECT_EQ(pair.server->negotiated().suite->id, kSha384Suite);
  pair.server_hooks.credentials.clear();
  pair.restart();
  expect_psk();
  EXPECT_EQ(pair.server->negotiated().suite->id, kOtherSha256Suite);
  // No such suite is no reason to have none.
  agree_on_suite(kSha384Suite);
  pair.restart();
  expect_psk();
}

// --- tickets ---

TEST_F(ExternalPsks, LeadToTicketsThatNeedNoCertificate) {
  pair.client_config->server_name = "one.example";
  pair.client_config->max_fragment_length = 2;
  pair.server_config->peer_authentication = PeerAuthentication::required;
  pair.restart();
  const auto name_context = [&] { pair.server->set_session_context(as_bytes("server")); };
  name_context();
  expect_psk();
  EXPECT_EQ(pair.server->negotiated().max_fragment_length, 2);
  EXPECT_EQ(pair.server_hooks.added.size(), 1U);
  // Its ticket, and the ticket's ticket.
  pair.client_hooks.external_psks.clear();
  for (int i = 0; i < 2; ++i) {
    const Ref<Session> session = pair.client->session();
    EXPECT_FALSE(session->ticket.empty());
    pair.restart();
    name_context();
    pair.client->set_session(session);
    expect_psk();
    EXPECT_EQ(pair.client->negotiated().max_fragment_length, 2);
  }
}

TEST_F(ExternalPsks, OfAServerThatVerifiesNeedAContext) {
  pair.server_config->peer_authentication = PeerAuthentication::request;
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::session_id_context_uninitialized));
  EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::internal_error));
}

struct BesideATicket : ExternalPsks {
  BesideATicket() {
    std::swap(known, pair.server_hooks.external_psks);
    EXPECT_TRUE(pair.handshake());
    EXPECT_FALSE(pair.client->negotiated().resumed);
    const Ref<Session> session = pair.client->session();
    pair.restart();
    pair.client->set_session(session);
    std::swap(known, pair.server_hooks.external_psks);
  }
  std::map<std::string, Ref<Session>> known;
};

TEST_F(BesideATicket, TheTicketComesFirst) {
  expect_psk();
  EXPECT_TRUE(pair.client->negotiated().peer);
  EXPECT_TRUE(pair.client_hooks.refused_sessions.empty());
}

TEST_F(BesideATicket, TheKeyServesWhereTheTicketIsUnknown) {
  pair.server_hooks.tickets->clear();
  expect_psk();
  EXPECT_FALSE(pair.client->negotiated().peer);
}

TEST_F(BesideATicket, TheKeyServesWhereTheTicketIsOfAnotherHash) {
  pair.server_config = make_ref<Config>(*pair.server_config);
  pair.server_config->suites13 = {kSha384Suite};
  at_client().suite = at_server().suite = kSha384Suite;
  const Ref<Session> session = pair.client->session();
  pair.restart();
  pair.client->set_session(session);
  expect_psk();
  EXPECT_FALSE(pair.client->negotiated().peer);
}

TEST_F(BesideATicket, BothMayBeUnknown) {
  pair.server_hooks.tickets->clear();
  pair.server_hooks.external_psks.clear();
  pair.server_hooks.added.clear();
  expect_full_handshake();
  EXPECT_EQ(pair.client_hooks.refused_sessions.size(), 1U);
}

// A client that had TLS 1.2 the last time.
TEST_F(ExternalPsks, AreOfferedBesideASessionOfTls12) {
  pair.server_config = make_ref<Config>(*pair.server_config);
  pair.server_config->max_version = ProtocolVersion::tls1_2;
  pair.restart();
  ASSERT_TRUE(pair.handshake());
  EXPECT_EQ(pair.client->negotiated().version, ProtocolVersion::tls1_2);
  const Ref<Session> session = pair.client->session();
  for (const ProtocolVersion version : {ProtocolVersion::tls1_2, ProtocolVersion::tls1_3}) {
    pair.server_config = make_ref<Config>(*pair.server_config);
    pair.server_config->max_version = version;
    pair.restart();
    pair.client->set_session(session);
    expect_psk();
    EXPECT_EQ(pair.client->negotiated().version, version);
  }
}

// --- after a HelloRetryRequest ---

struct RetriedPsks : ExternalPsks {
  RetriedPsks() {
    pair.server_config->groups = {NamedGroup::secp384r1};
    pair.client_config->groups = {NamedGroup::x25519, NamedGroup::secp384r1};
  }
};

TEST_F(RetriedPsks, AreAskedForAgainWithTheHash) {
  for (const std::uint16_t suite : {kSha256Suite, kSha384Suite}) {
    agree_on_suite(suite);
    pair.client_hooks.demanded_hashes.clear();
    pair.restart();
    expect_psk();
    EXPECT_TRUE(pair.client->negotiated().hello_retry);
    // The first ClientHello asks for nothing that could be answered.
    EXPECT_EQ(std::exchange(pair.server_hooks.psk_lookups, 0), 1);
    EXPECT_EQ(pair.client_hooks.demanded_hashes,
              (std::vector<std::optional<HashId>>{std::nullopt, find_suite13(suite)->hash}));
  }
}

TEST_F(RetriedPsks, OfAnotherHashAreTheApplicationsMistake) {
  pair.client_config->suites13 = {kSha384Suite};
  expect_client_error(Reason::bad_psk);
}

TEST_F(RetriedPsks, MayNotBeOfferedAgain) {
  pair.tamper = [&](const Connection& from, Bytes&) {
    if (&from == pair.server.get()) pair.client_hooks.external_psks.clear();
  };
  expect_full_handshake();
}

TEST_F(RetriedPsks, StayWhenTheTicketCannot) {
  pair.server_config->groups.clear();
  std::map<std::string, Ref<Session>> known;
  std::swap(known, pair.server_hooks.external_psks);
  ASSERT_TRUE(pair.handshake());
  const Ref<Session> session = pair.client->session();
  std::swap(known, pair.server_hooks.external_psks);
  pair.server_config = make_ref<Config>(*pair.server_config);
  pair.server_config->groups = {NamedGroup::secp384r1};
  pair.server_config->suites13 = {kSha384Suite};
  at_client().suite = at_server().suite = kSha384Suite;
  pair.restart();
  pair.client->set_session(session);
  expect_psk();
  EXPECT_TRUE(pair.client->negotiated().hello_retry);
}

// --- early data ---

struct EarlyPsks : ExternalPsks {
  EarlyPsks() {
    agree_on_suite(kSha384Suite);
    at_client().max_early_data = at_server().max_early_data = kLimit;
    pair.server_config->max_early_data = kLimit;
  }
  void begin() {
    pair.restart();
    pair.client->use_early_data();
    pair.server->use_early_data();
    const Result<Wait> wait = pair.client->advance();
    ASSERT_TRUE(wait);
    ASSERT_EQ(*wait, Wait::early_data);
    ASSERT_TRUE(pair.client->announce_early_data(5));
    ASSERT_TRUE(pair.client->write_early_data(as_bytes("early")));
    while (pair.step()) {
    }
  }
  void finish() {
    pair.client->end_early_data();
    pair.client->resume_handshake();
    pair.server->resume_handshake();
    ASSERT_TRUE(pair.handshake());
    EXPECT_TRUE(pair.server->negotiated().resumed);
    pair.expect_data_flows();
  }
  void expect_status(EarlyDataStatus status) {
    EXPECT_EQ(pair.client->early_data_status(), status);
    EXPECT_EQ(pair.server->early_data_status(), status);
  }
  void expect_rejected() {
    begin();
    EXPECT_TRUE(pair.server->readable().empty());
    finish();
    expect_status(EarlyDataStatus::rejected);
  }
};

// More than once, too: it is the application's to recognise what was sent before.
TEST_F(EarlyPsks, MayHaveEarlyData) {
  at_client().time -= 100;
  for (int i = 0; i < 2; ++i) {
    begin();
    EXPECT_EQ(as_text(pair.server->readable()), "early");
    pair.server->consume_readable(5);
    finish();
    expect_status(EarlyDataStatus::accepted);
    EXPECT_EQ(pair.client_hooks.keys, pair.server_hooks.keys);
  }
}

TEST_F(EarlyPsks, HaveALimitOfTheirOwn) {
  begin();
  ASSERT_TRUE(pair.client->announce_early_data(kLimit - 5));
  const Result<void> beyond = pair.client->announce_early_data(1);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(code(beyond.error().reason), code(Reason::too_much_early_data));
  EXPECT_EQ(code(beyond.error().alert), code(AlertDescription::internal_error));
}

TEST_F(EarlyPsks, ThatForbidItHaveNone) {
  at_client().max_early_data = 0;
  pair.client->use_early_data();
  ASSERT_TRUE(pair.client->advance());
  const Result<void> any = pair.client->announce_early_data(1);
  ASSERT_FALSE(any);
  EXPECT_EQ(code(any.error().reason), code(Reason::too_much_early_data));
  EXPECT_EQ(code(any.error().alert), code(AlertDescription::internal_error));
}

TEST_F(EarlyPsks, ThatForbidItAtTheServerHaveNone) {
  at_server().max_early_data = 0;
  expect_rejected();
}

TEST_F(EarlyPsks, OfAnotherSuiteOfTheHashHaveNone) {
  pair.client_config->suites13 = {kSha256Suite, kOtherSha256Suite};
  at_client().suite = at_server().suite = kOtherSha256Suite;
  expect_rejected();
}

TEST_F(EarlyPsks, OfAnotherProtocolHaveNone) {
  pair.client_config->alpn = {1, 'a', 1, 'b'};
  pair.server_hooks.alpn_choice = "b";
  at_client().alpn = at_server().alpn = {'a'};
  expect_rejected();
}

// RFC 8446 §4.2.10: it goes under the first identity, and the ticket comes first.
TEST_F(EarlyPsks, BehindATicketHaveNone) {
  ASSERT_TRUE(pair.handshake());
  const Ref<Session> session = pair.client->session();
  session->max_early_data = 0;
  pair.restart();
  pair.client->set_session(session);
  pair.client->use_early_data();
  ASSERT_TRUE(pair.client->advance());
  EXPECT_FALSE(pair.client->announce_early_data(1));
}

}  // namespace
}  // namespace ciao::tls::testing
