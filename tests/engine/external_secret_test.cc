// EAP-FAST (RFC 4851 §3.2.2): TLS 1.2 under a master secret that both sides have from elsewhere.
#include "engine/misbehaving_peer.h"

namespace ciao::tls::testing {
namespace {

constexpr std::uint16_t kSuite = 0xc02b;

struct ExternalSecrets : ::testing::Test {
  ExternalSecrets() {
    pair.client_config->max_version = ProtocolVersion::tls1_2;
    pair.client_config->session_ticket = {'p', 'a', 'c'};
    for (TestHooks* hooks : {&pair.client_hooks, &pair.server_hooks}) {
      hooks->asked_for_external = true;
      hooks->external_master = Bytes(48, 's');
    }
    pair.server_hooks.external_suite = kSuite;
    pair.restart();
  }
  Pair pair;
};

TEST_F(ExternalSecrets, MakeAnAbbreviatedHandshake) {
  ASSERT_TRUE(pair.handshake());
  EXPECT_TRUE(pair.client->negotiated().resumed);
  EXPECT_TRUE(pair.server->negotiated().resumed);
  EXPECT_EQ(pair.client->negotiated().suite->id, kSuite);
  pair.write_all(*pair.client, as_bytes("data"));
  EXPECT_EQ(as_text(pair.read_all(*pair.server)), "data");
}

TEST_F(ExternalSecrets, AServerWithoutOneMakesAFullHandshake) {
  pair.server_hooks.external_master.clear();
  ASSERT_TRUE(pair.handshake());
  EXPECT_FALSE(pair.client->negotiated().resumed);
  EXPECT_FALSE(pair.client->negotiated().peer->empty());
}

TEST_F(ExternalSecrets, DifferentOnesDoNotMeet) {
  pair.client_hooks.external_master[0] = 'x';
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::decryption_failed_or_bad_record_mac));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::bad_record_mac));
}

TEST_F(ExternalSecrets, AServerHasToNameASuite) {
  pair.server_hooks.external_suite = 0;
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::no_shared_cipher));
  EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::handshake_failure));
}

TEST_F(ExternalSecrets, AClientThatOfferedATicketHasToHaveOne) {
  pair.client_hooks.external_master.clear();
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::internal_error));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::internal_error));
}

// Without a ticket of the application's a ChangeCipherSpec stands for nothing.
TEST_F(ExternalSecrets, AClientWithoutATicketWaitsForACertificate) {
  pair.client_config->session_ticket.clear();
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::unexpected_message));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::unexpected_message));
}

TEST_F(ExternalSecrets, AClientThatDoesNotExpectItRefusesIt) {
  pair.client_hooks.asked_for_external = false;
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::unexpected_message));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::unexpected_message));
}

}  // namespace
}  // namespace ciao::tls::testing
