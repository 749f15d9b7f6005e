// TLS 1.2's key exchanges beside ECDHE, in both roles: what works, and what is not chosen.
#include "engine/key_exchange12.h"

namespace ciao::tls::testing {
namespace {

// Both log the same, and a client whose key exchange is RSA a line more.
void expect_same_keys(const Pair& pair) {
  std::map<std::string, Bytes> clients = pair.client_hooks.keys;
  // What the full handshake before a resumption logged is still there.
  const bool rsa = pair.client->negotiated().suite->key_exchange == KeyExchange::rsa;
  EXPECT_EQ(clients.erase("RSA"), rsa ? 1U : 0U);
  EXPECT_EQ(clients, pair.server_hooks.keys);
}

void expect_established(Pair& pair) {
  ASSERT_TRUE(pair.handshake()) << "client reason "
                                << (pair.client_error ? code(pair.client_error->reason) : 0)
                                << ", server reason "
                                << (pair.server_error ? code(pair.server_error->reason) : 0);
  expect_same_keys(pair);
  const Bytes data(20000, 'd');
  pair.write_all(*pair.client, data);
  EXPECT_EQ(pair.read_all(*pair.server), data);
  pair.write_all(*pair.server, data);
  EXPECT_EQ(pair.read_all(*pair.client), data);
}

// --- what works ----------------------------------------------------------------------------------

class Kinds : public ::testing::TestWithParam<std::uint16_t> {};
INSTANTIATE_TEST_SUITE_P(All, Kinds,
                         ::testing::Values(kDhe, kRsa, kPsk, kDhePsk, kEcdhePsk,
                                           0x006b,    // DHE_RSA AES_256_CBC_SHA256
                                           0x003d,    // RSA AES_256_CBC_SHA256
                                           0x00af,    // PSK AES_256_CBC_SHA384
                                           0x00b2,    // DHE_PSK AES_128_CBC_SHA256
                                           0xc038));  // ECDHE_PSK AES_256_CBC_SHA384

TEST_P(Kinds, FullAndResumed) {
  PairOf pair(GetParam());
  expect_established(pair);
  EXPECT_EQ(pair.client->negotiated().suite->id, GetParam());
  EXPECT_FALSE(pair.client->negotiated().resumed);
  const Ref<Session> session = pair.client->session();
  pair.restart();
  pair.client->set_session(session);
  expect_established(pair);
  EXPECT_TRUE(pair.client->negotiated().resumed);
}

TEST_P(Kinds, WithoutExtendedMasterSecret) {
  PairOf pair(GetParam());
  pair.client_config->options |= option::kNoExtendedMasterSecret;
  expect_established(pair);
  EXPECT_FALSE(pair.server->negotiated().extended_master_secret);
}

TEST_P(Kinds, ByteByByteAndWithHooksThatWait) {
  PairOf pair(GetParam());
  pair.wire.chunk = 1;
  pair.client_hooks.pending_rounds = 2;
  pair.server_hooks.pending_rounds = 2;
  ASSERT_TRUE(pair.handshake());
  expect_same_keys(pair);
}

// RFC 8422 §5.1.1: the client's groups come in its order of preference; which side's counts is
// what SSL_CTX_set1_groups(3) says.
TEST(KeyExchange12, CurveIsTheClientsFirstUnlessTheServersOrderCounts) {
  for (const bool own_order : {false, true}) {
    PairOf pair(kEcdhePsk);
    pair.client_config->groups = {NamedGroup::secp521r1, NamedGroup::secp256r1, NamedGroup::x25519};
    pair.server_config->groups = {NamedGroup::x25519, NamedGroup::secp256r1};
    if (own_order) pair.server_config->options |= option::kCipherServerPreference;
    pair.restart();
    expect_established(pair);
    EXPECT_EQ(pair.server->negotiated().group,
              own_order ? NamedGroup::x25519 : NamedGroup::secp256r1);
  }
}

TEST(KeyExchange12, ClientCertificatesGoWithDheAndRsa) {
  for (const std::uint16_t suite : {kDhe, kRsa}) {
    PairOf pair(suite);
    pair.client_hooks.credentials = {{KeyKind::ecdsa, &test_credential(KeyKind::ecdsa)}};
    pair.server_config->peer_authentication = PeerAuthentication::required;
    pair.restart();
    pair.server->set_session_context(as_bytes("test"));
    expect_established(pair);
    EXPECT_FALSE(pair.server->negotiated().peer->empty());
  }
}

// RFC 4279 §2: the key authenticates the client; no certificate is asked for.
TEST(KeyExchange12, PskSuitesAskForNoCertificate) {
  for (const std::uint16_t suite : {kPsk, kDhePsk, kEcdhePsk}) {
    PairOf pair(suite);
    pair.server_config->peer_authentication = PeerAuthentication::required;
    pair.restart();
    pair.server->set_session_context(as_bytes("test"));
    expect_established(pair);
    EXPECT_FALSE(pair.sent_by_server(HandshakeType::certificate));
    EXPECT_FALSE(pair.sent_by_server(HandshakeType::certificate_request));
  }
}

TEST(KeyExchange12, AHintReachesTheClient) {
  for (const std::uint16_t suite : {kPsk, kDhePsk, kEcdhePsk}) {
    PairOf pair(suite);
    pair.server_hooks.psk_hint = "which one";
    expect_established(pair);
    EXPECT_TRUE(pair.sent_by_server(HandshakeType::server_key_exchange));
    EXPECT_EQ(pair.client_hooks.seen_hint, "which one");
    EXPECT_EQ(pair.client->session()->psk_identity_hint, "which one");
    EXPECT_EQ(pair.client->session()->psk_identity, "someone");
    EXPECT_EQ(pair.server->session()->psk_identity, "someone");
  }
}

// RFC 4279 §2: "the ServerKeyExchange message is omitted" without a hint, but only then.
TEST(KeyExchange12, WithoutHintPlainPskHasNoServerKeyExchange) {
  PairOf plain(kPsk);
  expect_established(plain);
  EXPECT_FALSE(plain.sent_by_server(HandshakeType::server_key_exchange));
  EXPECT_FALSE(plain.client_hooks.seen_hint);
  PairOf dhe(kDhePsk);
  expect_established(dhe);
  EXPECT_TRUE(dhe.sent_by_server(HandshakeType::server_key_exchange));
  EXPECT_FALSE(dhe.client_hooks.seen_hint);
}

TEST(KeyExchange12, StaplesGoWithCertificatesAlone) {
  for (const std::uint16_t suite : {kDhe, kRsa, kPsk}) {
    PairOf pair(suite);
    pair.client_config->status_request = true;
    pair.server_hooks.ocsp = Bytes(100, 'o');
    pair.restart();
    expect_established(pair);
    EXPECT_EQ(pair.client_hooks.seen_ocsp.empty(), suite == kPsk);
    EXPECT_EQ(pair.sent_by_server(HandshakeType::certificate_status), suite != kPsk);
  }
}

class DhGroups : public ::testing::TestWithParam<NamedGroup> {};
INSTANTIATE_TEST_SUITE_P(All, DhGroups,
                         ::testing::Values(NamedGroup::ffdhe2048, NamedGroup::ffdhe3072,
                                           NamedGroup::ffdhe4096, NamedGroup::ffdhe6144,
                                           NamedGroup::ffdhe8192));
TEST_P(DhGroups, Work) {
  PairOf pair(kDhe);
  pair.server_hooks.dh = GetParam();
  expect_established(pair);
}

TEST(DhGroups, LeadingZerosOfTheSecretAreStripped) {
  const Algorithms algorithms(nullptr, nullptr);
  const DhGroup group = *DhGroup::named(algorithms, NamedGroup::ffdhe2048);
  const DhShare own = *DhShare::generate(algorithms, group);
  const Bytes value = own.public_values()->value;
  EXPECT_EQ(value.size(), 256u);
  // One in 256 has one; the values stay as long as the prime.
  bool stripped = false;
  for (int i = 0; i < 5000 && !stripped; ++i) {
    const DhShare peer = *DhShare::generate(algorithms, group);
    const Result<DhPublic> peers = peer.public_values();
    ASSERT_TRUE(peers);
    ASSERT_EQ(peers->value.size(), 256u);
    const Result<SecretBytes> secret = own.derive(algorithms, peers->value);
    ASSERT_TRUE(secret);
    EXPECT_NE(secret->view()[0], 0);
    stripped = secret->view().size() == 255;
    if (!stripped) continue;
    EXPECT_TRUE(equal(secret->view(), peer.derive(algorithms, value)->view()));
  }
  EXPECT_TRUE(stripped);
}

// --- what is not chosen --------------------------------------------------------------------------

TEST(KeyExchange12, AServerChoosesNoSuiteThatItHasNothingFor) {
  struct Case {
    std::uint16_t suite;
    std::function<void(TestHooks&)> take_away;
  };
  const std::vector<Case> cases{
      {kDhe, [](TestHooks& hooks) { hooks.dh = NamedGroup::none; }},
      {kDhe, [](TestHooks& hooks) { hooks.credentials.clear(); }},
      {kDhePsk, [](TestHooks& hooks) { hooks.dh = NamedGroup::none; }},
      {kPsk, [](TestHooks& hooks) { hooks.psks.clear(); }},
      {kDhePsk, [](TestHooks& hooks) { hooks.psks.clear(); }},
      {kEcdhePsk, [](TestHooks& hooks) { hooks.psks.clear(); }},
      {kRsa, [](TestHooks& hooks) { hooks.credentials.clear(); }},
      // RFC 5756 §3: an RSASSA-PSS key does not encrypt.
      {kRsa,
       [](TestHooks& hooks) {
         hooks.credentials = {{KeyKind::rsa_pss, &test_credential(KeyKind::rsa_pss)}};
       }},
  };
  for (const Case& one : cases) {
    PairOf pair(one.suite);
    one.take_away(pair.server_hooks);
    EXPECT_FALSE(pair.handshake());
    ASSERT_TRUE(pair.server_error);
    EXPECT_EQ(code(pair.server_error->reason), code(Reason::no_shared_cipher));
    EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::handshake_failure));
  }
}

TEST(KeyExchange12, AClientWithoutKeysOffersNoPskSuite) {
  PairOf pair(kPsk);
  pair.client_hooks.psks.clear();
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::no_ciphers_available));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::internal_error));
}

}  // namespace
}  // namespace ciao::tls::testing
