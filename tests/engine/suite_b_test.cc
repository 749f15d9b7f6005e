// RFC 6460 §3.1: AES-128 with P-256, AES-256 with P-384.
#include "engine/misbehaving_peer.h"

namespace ciao::tls::testing {
namespace {

constexpr std::uint16_t kAes128 = 0xc02b;
constexpr std::uint16_t kAes256 = 0xc02c;
const std::vector<NamedGroup> kCurves = {NamedGroup::secp256r1, NamedGroup::secp384r1};

std::map<KeyKind, const Credential*> key_on(NamedGroup curve) {
  return {{KeyKind::ecdsa, &test_credential(KeyKind::ecdsa, curve)}};
}

TEST(SuiteB, AServerChoosesTheCurveOfTheSuite) {
  for (const std::uint16_t suite : {kAes128, kAes256}) {
    Pair pair;
    for (Config* config : {&*pair.client_config, &*pair.server_config}) {
      config->max_version = ProtocolVersion::tls1_2;
      config->suites12 = {suite};
      config->groups = kCurves;
    }
    pair.server_config->suite_b = true;
    const NamedGroup curve = suite == kAes128 ? NamedGroup::secp256r1 : NamedGroup::secp384r1;
    pair.server_hooks.credentials = key_on(curve);
    pair.restart();
    ASSERT_TRUE(pair.handshake());
    EXPECT_EQ(pair.client->negotiated().group, curve);
  }
}

TEST(SuiteB, AServerTakesNoSuiteWhoseCurveTheClientHasNot) {
  Duel duel(Role::server);
  duel.speak_tls12(kAes256);
  duel.victim_config->suite_b = true;
  duel.victim_config->groups = kCurves;
  duel.victim_hooks.credentials = key_on(NamedGroup::secp384r1);
  duel.peer_config->groups = {NamedGroup::secp256r1};
  expect_refused(duel, AlertDescription::handshake_failure, Reason::no_shared_cipher);
}

TEST(SuiteB, AServerTakesNoSuiteWhoseCurveItsKeyHasNot) {
  for (const std::uint16_t suite : {kAes128, kAes256}) {
    for (const bool suite_b : {false, true}) {
      Duel duel(Role::server);
      duel.speak_tls12(suite);
      duel.victim_config->suite_b = suite_b;
      duel.victim_config->groups = duel.peer_config->groups = kCurves;
      duel.victim_hooks.credentials =
          key_on(suite == kAes128 ? NamedGroup::secp384r1 : NamedGroup::secp256r1);
      if (suite_b) {
        expect_refused(duel, AlertDescription::handshake_failure, Reason::no_shared_cipher);
      } else {
        EXPECT_TRUE(duel.run());
      }
    }
  }
}

// As in OpenSSL it is looked at with the signature.
TEST(SuiteB, APeersKeyIsOnTheCurveOfTheSuite) {
  for (const Role victims : {Role::client, Role::server}) {
    for (const bool suite_b : {false, true}) {
      Duel duel(victims);
      duel.speak_tls12(kAes256);
      duel.victim_config->suite_b = suite_b;
      duel.victim_config->groups = duel.peer_config->groups = kCurves;
      // The key exchange is beyond reproach.
      if (victims == Role::client) duel.peer_config->groups = {NamedGroup::secp384r1};
      duel.victim_hooks.credentials = key_on(NamedGroup::secp384r1);
      duel.peer_hooks.credentials = key_on(NamedGroup::secp256r1);
      duel.victim_config->peer_authentication = PeerAuthentication::required;
      if (suite_b) {
        expect_refused(duel, AlertDescription::illegal_parameter, Reason::wrong_curve);
      } else {
        EXPECT_TRUE(duel.run());
      }
    }
  }
}

TEST(SuiteB, APeersSignatureHasTheHashOfTheCurve) {
  Duel duel(Role::client);
  duel.speak_tls12(kAes256);
  duel.victim_config->suite_b = true;
  duel.victim_config->groups = kCurves;
  duel.peer_config->groups = {NamedGroup::secp384r1};
  duel.peer_hooks.credentials = key_on(NamedGroup::secp384r1);
  duel.peer_config->schemes = {SignatureScheme::ecdsa_secp256r1_sha256};
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::wrong_curve);
}

TEST(SuiteB, AClientRefusesTheOtherCurve) {
  for (const bool suite_b : {false, true}) {
    Duel duel(Role::client);
    duel.speak_tls12(kAes256);
    duel.victim_config->suite_b = suite_b;
    duel.victim_config->groups = kCurves;
    duel.peer_config->groups = {NamedGroup::secp256r1};
    if (suite_b) {
      expect_refused(duel, AlertDescription::illegal_parameter, Reason::wrong_curve);
    } else {
      EXPECT_TRUE(duel.run());
    }
  }
}

}  // namespace
}  // namespace ciao::tls::testing
