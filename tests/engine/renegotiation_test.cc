// Another handshake on an established TLS 1.2 connection (RFC 5246 §7.4.1.1, RFC 5746).
#include "engine/pair.h"
#include "record/limits.h"

namespace ciao::tls::testing {
namespace {

constexpr Alert kNoRenegotiation{AlertLevel::warning, AlertDescription::no_renegotiation};

bool has_alert(const TestHooks& hooks, Flow flow, const Alert& wanted) {
  return std::ranges::any_of(hooks.alerts, [&](const auto& seen) {
    return seen.first == flow && seen.second.level == wanted.level &&
           seen.second.description == wanted.description;
  });
}

// TLS 1.2, established. Both sides may speak TLS 1.3, unless a test says otherwise.
class RenegotiationTest : public ::testing::Test {
 protected:
  void establish() {
    pair.server_config->options |= server_options;
    pair.client_config->options |= client_options;
    pair.server_config->max_version = ProtocolVersion::tls1_2;
    pair.restart();
    ASSERT_TRUE(pair.handshake());
    ASSERT_EQ(pair.client->negotiated().version, ProtocolVersion::tls1_2);
    client_random = pair.client->negotiated().client_random;
  }

  // Whether both sides now have the facts of another handshake than the first.
  bool renegotiated() const {
    return pair.client->negotiated().client_random != client_random &&
           pair.server->negotiated().client_random == pair.client->negotiated().client_random &&
           !pair.client->in_init() && !pair.server->in_init();
  }

  Pair pair;
  std::uint64_t server_options = 0;
  std::uint64_t client_options = 0;
  std::array<std::uint8_t, kRandomSize> client_random{};
};

TEST_F(RenegotiationTest, AServersHelloRequestIsFollowed) {
  establish();
  pair.expect_data_flows();
  pair.server->request_renegotiation(true);
  EXPECT_TRUE(pair.server->renegotiation().pending);
  pair.handshake();
  EXPECT_TRUE(renegotiated());
  EXPECT_FALSE(pair.server->renegotiation().pending);
  EXPECT_EQ(pair.server->renegotiation().total, 1u);
  EXPECT_EQ(pair.client->renegotiation().total, 1u);
  pair.expect_data_flows();
}

TEST_F(RenegotiationTest, OneByteAtATime) {
  establish();
  pair.wire.chunk = 1;
  pair.server->request_renegotiation(true);
  pair.handshake();
  EXPECT_TRUE(renegotiated());
  pair.expect_data_flows();
}

// Each handshake is bound to the one before it, so that the chain can be of any length.
TEST_F(RenegotiationTest, ManyTimesInBothDirections) {
  server_options = option::kAllowClientRenegotiation;
  establish();
  for (int i = 0; i < 5; ++i) {
    const Bytes before = pair.client->negotiated().renegotiation.client_verify_data;
    (i % 2 == 0 ? *pair.server : *pair.client).request_renegotiation(i < 3);
    pair.handshake();
    ASSERT_TRUE(renegotiated()) << i;
    const Renegotiation& proven = pair.client->negotiated().renegotiation;
    EXPECT_NE(proven.client_verify_data, before);
    EXPECT_EQ(proven.client_verify_data,
              pair.server->negotiated().renegotiation.client_verify_data);
    client_random = pair.client->negotiated().client_random;
    pair.expect_data_flows();
  }
}

TEST_F(RenegotiationTest, AServerRefusesAClientByDefaultAndGoesOn) {
  establish();
  pair.client->request_renegotiation(true);
  pair.handshake();
  EXPECT_TRUE(has_alert(pair.server_hooks, Flow::sent, kNoRenegotiation));
  // The client, which asked for it, cannot go on without; the server could.
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::no_renegotiation));
  EXPECT_EQ(code(pair.server->peer_alert()), code(AlertDescription::handshake_failure));
}

TEST_F(RenegotiationTest, NoRenegotiationCountsForMoreThanAllowClientRenegotiation) {
  server_options = option::kAllowClientRenegotiation | option::kNoRenegotiation;
  establish();
  pair.client->request_renegotiation(true);
  pair.handshake();
  EXPECT_TRUE(has_alert(pair.server_hooks, Flow::sent, kNoRenegotiation));
  EXPECT_FALSE(renegotiated());
}

TEST_F(RenegotiationTest, AClientThatDoesNotWantToGoesOn) {
  client_options = option::kNoRenegotiation;
  establish();
  pair.server->request_renegotiation(true);
  pair.handshake();
  EXPECT_TRUE(has_alert(pair.client_hooks, Flow::sent, kNoRenegotiation));
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::no_renegotiation));
  EXPECT_EQ(code(pair.client->peer_alert()), code(AlertDescription::handshake_failure));
}

TEST_F(RenegotiationTest, TheVersionStays) {
  server_options = option::kAllowClientRenegotiation;
  establish();
  // The application opens TLS 1.3 up meanwhile.
  const auto open_up = [](Connection& side) {
    side.edit_config().max_version = ProtocolVersion::unset;
  };
  open_up(*pair.server);
  open_up(*pair.client);
  pair.client->request_renegotiation(true);
  pair.handshake();
  EXPECT_TRUE(renegotiated());
  EXPECT_EQ(pair.client->negotiated().version, ProtocolVersion::tls1_2);
  pair.expect_data_flows();
}

TEST_F(RenegotiationTest, ASessionIsResumedOnlyWhereThatWasAskedFor) {
  server_options = option::kAllowClientRenegotiation;
  establish();
  pair.client->request_renegotiation(false);
  pair.handshake();
  ASSERT_TRUE(renegotiated());
  EXPECT_TRUE(pair.client->negotiated().resumed);
  client_random = pair.client->negotiated().client_random;
  pair.expect_data_flows();
  pair.client->request_renegotiation(true);
  pair.handshake();
  ASSERT_TRUE(renegotiated());
  EXPECT_FALSE(pair.client->negotiated().resumed);
  pair.expect_data_flows();
}

TEST_F(RenegotiationTest, AServerMayForbidToResumeThen) {
  server_options = option::kAllowClientRenegotiation | option::kNoResumptionOnRenegotiation;
  establish();
  pair.client->request_renegotiation(false);
  pair.handshake();
  ASSERT_TRUE(renegotiated());
  EXPECT_FALSE(pair.client->negotiated().resumed);
  EXPECT_FALSE(pair.server->negotiated().resumed);
}

TEST_F(RenegotiationTest, ASuiteOfAnotherKindTakesOver) {
  server_options = option::kAllowClientRenegotiation;
  constexpr std::uint16_t kCbc = 0xc009;  // TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
  constexpr std::uint16_t kGcm = 0xc02b;
  pair.server_config->suites12 = {kGcm, kCbc};
  pair.client_config->suites12 = {kGcm};
  establish();
  for (const std::uint16_t suite : {kCbc, kGcm, kCbc}) {
    pair.client->edit_config().suites12 = {suite};
    pair.client->request_renegotiation(true);
    pair.handshake();
    ASSERT_TRUE(renegotiated());
    EXPECT_EQ(pair.client->negotiated().suite->id, suite);
    pair.expect_data_flows();
    client_random = pair.client->negotiated().client_random;
  }
}

TEST_F(RenegotiationTest, TheServerStaysTheSame) {
  server_options = option::kAllowClientRenegotiation;
  establish();
  const Credential& other = test_credential(KeyKind::ecdsa, NamedGroup::secp384r1);
  pair.server_hooks.credentials[KeyKind::ecdsa] = &other;
  pair.client->request_renegotiation(true);
  pair.handshake();
  EXPECT_FALSE(renegotiated());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::renegotiation_mismatch));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::illegal_parameter));
}

TEST_F(RenegotiationTest, ACertificateIsAskedForAgainOrNot) {
  for (const bool once : {false, true}) {
    pair.server_config->peer_authentication = PeerAuthentication::request;
    pair.server_config->request_certificate_once = once;
    server_options = option::kAllowClientRenegotiation;
    establish();
    ASSERT_TRUE(pair.server->negotiated().certificate_requested);
    pair.client->request_renegotiation(true);
    pair.handshake();
    ASSERT_TRUE(renegotiated());
    EXPECT_EQ(pair.server->negotiated().certificate_requested, !once);
  }
}

TEST_F(RenegotiationTest, TheProtocolOfTheApplicationStays) {
  pair.server_hooks.alpn_choice = "h2";
  pair.client_config->alpn = to_bytes(as_bytes("\2h2"));
  establish();
  ASSERT_EQ(as_text(pair.client->negotiated().alpn), "h2");
  pair.server_hooks.alpn_choice = "other";
  pair.server->request_renegotiation(true);
  pair.handshake();
  ASSERT_TRUE(renegotiated());
  EXPECT_EQ(as_text(pair.client->negotiated().alpn), "h2");
  EXPECT_EQ(as_text(pair.server->negotiated().alpn), "h2");
}

TEST_F(RenegotiationTest, ExtendedMasterSecretIsNotGivenUp) {
  server_options = option::kAllowClientRenegotiation;
  for (const bool by_client : {true, false}) {
    establish();
    Connection& liar = by_client ? *pair.client : *pair.server;
    liar.edit_config().options |= option::kNoExtendedMasterSecret;
    pair.client->request_renegotiation(true);
    pair.handshake();
    EXPECT_FALSE(renegotiated());
    const std::optional<Error>& error = by_client ? pair.server_error : pair.client_error;
    ASSERT_TRUE(error) << by_client;
    EXPECT_EQ(code(error->reason), code(Reason::inconsistent_extms));
    EXPECT_EQ(code(error->alert), code(AlertDescription::illegal_parameter));
  }
}

TEST_F(RenegotiationTest, FactsAndExporterAreTheOldOnesUntilTheEnd) {
  establish();
  Bytes before(32);
  ASSERT_TRUE(pair.client->export_keying_material("label", std::nullopt, before));
  pair.server->request_renegotiation(true);
  // HelloRequest, and the ClientHello that follows it.
  ASSERT_TRUE(pair.server->start_renegotiation());
  while (pair.deliver(*pair.server, *pair.client)) {
    ASSERT_TRUE(pair.client->receive());
  }
  ASSERT_TRUE(pair.client->renegotiation_due());
  ASSERT_TRUE(pair.client->start_renegotiation());
  const Bytes finished = pair.client->negotiated().own_finished;
  ASSERT_TRUE(pair.client->advance());
  EXPECT_TRUE(pair.client->in_init());
  EXPECT_EQ(pair.client->negotiated().client_random, client_random);
  // A server that has read the ClientHello has no Finished of the new handshake yet.
  bool seen = false;
  pair.server_hooks.on_name = [&] {
    seen = true;
    EXPECT_EQ(pair.server->negotiated().peer_finished, finished);
    EXPECT_FALSE(pair.server->negotiated().own_finished.empty());
  };
  Bytes during(32);
  ASSERT_TRUE(pair.client->export_keying_material("label", std::nullopt, during));
  EXPECT_EQ(during, before);
  pair.handshake();
  EXPECT_TRUE(seen);
  EXPECT_NE(pair.server->negotiated().peer_finished, finished);
  ASSERT_TRUE(renegotiated());
  ASSERT_TRUE(pair.client->export_keying_material("label", std::nullopt, during));
  EXPECT_NE(during, before);
}

// What was sent before the ClientHello arrived is read before the ServerHello.
TEST_F(RenegotiationTest, DataBeforeTheServerHelloIsRead) {
  server_options = option::kAllowClientRenegotiation;
  establish();
  ASSERT_TRUE(pair.server->write(as_bytes("on its way")));
  pair.client->request_renegotiation(true);
  ASSERT_TRUE(pair.client->start_renegotiation());
  ASSERT_TRUE(pair.client->advance());
  while (pair.client->readable().empty()) {
    ASSERT_TRUE(pair.deliver(*pair.server, *pair.client));
    ASSERT_TRUE(pair.client->advance());
  }
  EXPECT_EQ(*pair.client->advance(), Wait::data);
  EXPECT_EQ(as_text(pair.client->readable()), "on its way");
  pair.client->consume_readable(pair.client->readable().size());
  pair.handshake();
  EXPECT_TRUE(renegotiated());
  pair.expect_data_flows();
}

// CVE-2011-1473: who asks again and again without using the connection is cut off.
TEST_F(RenegotiationTest, AsManyAsAreAllowedInARow) {
  server_options = option::kAllowClientRenegotiation;
  establish();
  for (unsigned i = 0; i < limits::kMaxRenegotiations; ++i) {
    pair.client->request_renegotiation(false);
    pair.handshake();
    ASSERT_FALSE(pair.server_error) << i;
  }
  // Data makes up for it.
  pair.expect_data_flows();
  for (unsigned i = 0; i < limits::kMaxRenegotiations; ++i) {
    pair.client->request_renegotiation(false);
    pair.handshake();
    ASSERT_FALSE(pair.server_error) << i;
  }
  pair.client->request_renegotiation(false);
  pair.handshake();
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::no_renegotiation));
  EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::unexpected_message));
}

TEST_F(RenegotiationTest, RefusedRequestsAreCountedToo) {
  client_options = option::kNoRenegotiation;
  establish();
  // The warnings do not arrive: each would end the server's connection.
  pair.tamper = [&](const Connection& from, Bytes& bytes) {
    if (&from == pair.client.get()) bytes.clear();
  };
  for (unsigned i = 0; i <= limits::kMaxRenegotiations; ++i) {
    ASSERT_FALSE(pair.client_error) << i;
    pair.server->request_renegotiation(false);
    pair.handshake();
  }
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::no_renegotiation));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::unexpected_message));
}

// A server that asks and does not read what it is answered.
TEST_F(RenegotiationTest, OneRefusalWaitsAtATime) {
  client_options = option::kNoRenegotiation;
  establish();
  std::size_t waiting = 0;
  for (int i = 0; i < 3; ++i) {
    pair.server->request_renegotiation(false);
    ASSERT_TRUE(pair.server->start_renegotiation());
    while (pair.deliver(*pair.server, *pair.client)) ASSERT_TRUE(pair.client->receive());
    if (i == 0) waiting = pair.client->output().size();
    EXPECT_GT(pair.client->output().size(), 0u);
    EXPECT_EQ(pair.client->output().size(), waiting);
  }
}

TEST_F(RenegotiationTest, NothingBeginsAfterOurCloseNotify) {
  establish();
  pair.close(*pair.client);
  pair.client->request_renegotiation(true);
  const Result<void> started = pair.client->start_renegotiation();
  ASSERT_FALSE(started);
  EXPECT_EQ(code(started.error().reason), code(Reason::protocol_is_shutdown));
  EXPECT_EQ(started.error().on_wire, OnWire::silent);
  EXPECT_TRUE(pair.client->output().empty());
}

TEST_F(RenegotiationTest, AskedForBeforeTheFirstHandshakeItComesAfterIt) {
  server_options = option::kAllowClientRenegotiation;
  pair.server_config->options |= server_options;
  pair.server_config->max_version = ProtocolVersion::tls1_2;
  pair.restart();
  pair.client->request_renegotiation(true);
  ASSERT_TRUE(pair.handshake());
  pair.handshake();
  EXPECT_EQ(pair.client->renegotiation().total, 1u);
  EXPECT_TRUE(pair.client->negotiated().renegotiation.active);
  pair.expect_data_flows();
}

TEST_F(RenegotiationTest, Tls13HasNone) {
  pair.restart();
  pair.client->request_renegotiation(true);
  ASSERT_TRUE(pair.handshake());
  ASSERT_EQ(pair.client->negotiated().version, ProtocolVersion::tls1_3);
  EXPECT_FALSE(pair.client->renegotiation_due());
  EXPECT_FALSE(pair.client->renegotiation().pending);
  pair.expect_data_flows();
}

}  // namespace
}  // namespace ciao::tls::testing
