// PeerAuthenticated, the proof that opens a connection: each way to make one looks at the handshake
// and refuses where its ground is missing.
#include "engine/pair.h"
#include "handshake/authentication.h"

namespace ciao::tls::testing {
namespace {

constexpr std::uint16_t kRsaSuite = 0x009c;    // TLS_RSA_WITH_AES_128_GCM_SHA256
constexpr std::uint16_t kPskSuite = 0x00a8;    // TLS_PSK_WITH_AES_128_GCM_SHA256
constexpr std::uint16_t kEcdheSuite = 0xc02f;  // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256

// A handshake of which nothing has happened.
class ProofsTest : public ::testing::Test {
 protected:
  HandshakeContext context(Role role) {
    return {role,   channel, *pair.algorithms, pair.server_config,
            hooks,  facts,   session,          session_context,
            stages, nullptr};
  }
  static void expect_internal_error(const Result<PeerAuthenticated>& proof) {
    ASSERT_FALSE(proof);
    EXPECT_EQ(proof.error().reason, Reason::internal_error);
  }

  Pair pair;
  Hooks hooks = pair.server_hooks.hooks();
  CloseState close;
  TlsChannel channel{*pair.algorithms, pair.server_config, hooks, close};
  Negotiated facts;
  Ref<Session> session;
  SessionContext session_context;
  Stages stages{hooks};
};

TEST_F(ProofsTest, APskHasToBeInUse) {
  HandshakeContext handshake = context(Role::server);
  expect_internal_error(PeerAuthenticated::by_psk(handshake));
  facts.suite = find_suite12(kEcdheSuite);
  expect_internal_error(PeerAuthenticated::by_psk(handshake));
  facts.suite = find_suite12(kPskSuite);
  EXPECT_TRUE(PeerAuthenticated::by_psk(handshake));
  facts.suite = nullptr;
  facts.resumed = true;
  EXPECT_TRUE(PeerAuthenticated::by_psk(handshake));
  facts.resumed = false;
  handshake.exchange.psk.session = make_ref<Session>();
  EXPECT_TRUE(PeerAuthenticated::by_psk(handshake));
}

TEST_F(ProofsTest, OnlyRsaKeyExchangeProvesAServerByDecryption) {
  HandshakeContext client = context(Role::client);
  expect_internal_error(PeerAuthenticated::by_decryption(client));
  facts.suite = find_suite12(kEcdheSuite);
  expect_internal_error(PeerAuthenticated::by_decryption(client));
  facts.suite = find_suite12(kRsaSuite);
  EXPECT_TRUE(PeerAuthenticated::by_decryption(client));
  const HandshakeContext server = context(Role::server);
  expect_internal_error(PeerAuthenticated::by_decryption(server));
}

TEST_F(ProofsTest, AServerMayNotGoWithoutACertificate) {
  const HandshakeContext client = context(Role::client);
  expect_internal_error(PeerAuthenticated::without_certificate(client));
  const HandshakeContext server = context(Role::server);
  EXPECT_TRUE(PeerAuthenticated::without_certificate(server));
}

TEST_F(ProofsTest, ACertificateThatWasShownHasToBeProven) {
  std::vector<Bytes> chain = *pair.server_hooks.certificate_list(test_credential(KeyKind::ecdsa));
  facts.peer = *PeerCertificates::parse(*pair.algorithms, {chain.front()});
  const HandshakeContext server = context(Role::server);
  expect_internal_error(PeerAuthenticated::without_certificate(server));
}

TEST_F(ProofsTest, ARequiredCertificateIsMissed) {
  pair.server_config->peer_authentication = PeerAuthentication::required;
  const HandshakeContext server = context(Role::server);
  // Not asked for: in a resumption, or because it comes after the handshake.
  EXPECT_TRUE(PeerAuthenticated::without_certificate(server));
  facts.certificate_requested = true;
  facts.version = ProtocolVersion::tls1_3;
  Result<PeerAuthenticated> proof = PeerAuthenticated::without_certificate(server);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().reason, Reason::peer_did_not_return_a_certificate);
  EXPECT_EQ(proof.error().alert, AlertDescription::certificate_required);
  facts.version = ProtocolVersion::tls1_2;
  proof = PeerAuthenticated::without_certificate(server);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().alert, AlertDescription::handshake_failure);
  pair.server_config->peer_authentication = PeerAuthentication::request;
  EXPECT_TRUE(PeerAuthenticated::without_certificate(server));
}

}  // namespace
}  // namespace ciao::tls::testing
