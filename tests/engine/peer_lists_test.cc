// Lists of a peer that name the same thing thousands of times: what they cost is told by how often
// the application is asked for a credential, and those who ask see them as they came.
#include "engine/hello_editing.h"

namespace ciao::tls::testing {
namespace {

using T = HandshakeType;
using X = ExtensionType;

constexpr std::size_t kTimes = 3000;
constexpr std::uint16_t kSecp384r1 = 24;
constexpr std::uint16_t kEcdsaP256 = 0x0403;

Bytes repeated(std::uint16_t value) {
  Bytes list;
  Writer writer(list);
  const Writer::Scope scope = writer.scope16();
  for (std::size_t i = 0; i < kTimes; ++i) writer.u16(value);
  return list;
}

void set(EditableHello& hello, ExtensionType type, std::uint16_t value) {
  hello.remove(type);
  hello.extensions.insert(hello.extensions.begin(), {type, repeated(value)});
}

void set_suites(EditableHello& hello, std::uint16_t suite) {
  const std::size_t id = 2 + kRandomSize;
  hello.head.resize(id + 1 + hello.head[id]);
  const Bytes suites = repeated(suite);
  hello.head.insert(hello.head.end(), suites.begin(), suites.end());
  hello.head.insert(hello.head.end(), {1, 0});
}

// The certificate's curve is not among the groups, so that nothing fits and all is tried.
TEST(PeerLists, Tls12AsksOncePerSuiteAndScheme) {
  for (const std::uint64_t options : {std::uint64_t{0}, option::kCipherServerPreference}) {
    Duel duel(Role::server);
    duel.speak_tls12();
    duel.victim_config->options |= options;
    duel.deviate(edit_hello(T::client_hello, 0, [](EditableHello& hello) {
      set_suites(hello, Duel::kEcdsaGcm);
      set(hello, X::supported_groups, kSecp384r1);
      set(hello, X::signature_algorithms, kEcdsaP256);
    }));
    expect_refused(duel, AlertDescription::handshake_failure, Reason::no_shared_cipher);
    EXPECT_GT(duel.victim_hooks.credential_questions, 0);
    EXPECT_LE(duel.victim_hooks.credential_questions, 4);
    EXPECT_EQ(duel.victim->negotiated().peer_suites.size(), kTimes);
    EXPECT_EQ(duel.victim->negotiated().peer_groups.size(), kTimes);
    EXPECT_EQ(duel.victim->negotiated().peer_schemes.size(), kTimes);
  }
}

TEST(PeerLists, Tls13AsksOncePerScheme) {
  Duel duel(Role::server);
  // The key is of the scheme's kind and on another curve.
  duel.victim_hooks.credentials = {
      {KeyKind::ecdsa, &test_credential(KeyKind::ecdsa, NamedGroup::secp384r1)}};
  duel.deviate(edit_hello(T::client_hello, 0, [](EditableHello& hello) {
    set(hello, X::signature_algorithms, kEcdsaP256);
  }));
  expect_refused(duel, AlertDescription::handshake_failure,
                 Reason::no_suitable_signature_algorithm);
  EXPECT_EQ(duel.victim_hooks.credential_questions, 1);
  EXPECT_EQ(duel.victim->negotiated().peer_schemes.size(), kTimes);
}

// RFC 8446 §4.4.2.2: a certificate that signature_algorithms_cert allows, where there is one. Each
// of these signed itself.
TEST(PeerLists, SignaturesOfCertificatesDecideBetweenCredentials) {
  for (const KeyKind kind : {KeyKind::rsa, KeyKind::ecdsa, KeyKind::ed448}) {
    Duel duel(Role::server);
    duel.victim_hooks.credentials = {{KeyKind::rsa, &test_credential(KeyKind::rsa)},
                                     {KeyKind::ecdsa, &test_credential(KeyKind::ecdsa)}};
    duel.deviate(edit_hello(T::client_hello, 0, [&](EditableHello& hello) {
      const Bytes list = kind == KeyKind::rsa     ? Bytes{0, 2, 4, 1}
                         : kind == KeyKind::ecdsa ? Bytes{0, 2, 4, 3}
                                                  : Bytes{0, 2, 8, 8};
      hello.extensions.insert(hello.extensions.begin(), {X::signature_algorithms_cert, list});
    }));
    duel.run();
    // None of Ed448: the first that fits otherwise.
    const KeyKind expected = kind == KeyKind::rsa ? kind : KeyKind::ecdsa;
    EXPECT_EQ(code(duel.victim->negotiated().own_credential), code(expected));
  }
}

// A client answers a request that it has no key for with an empty list.
TEST(PeerLists, AClientAsksOncePerScheme) {
  for (const ProtocolVersion version : {ProtocolVersion::tls1_2, ProtocolVersion::tls1_3}) {
    Pair pair;
    pair.client_config->max_version = version;
    pair.server_config->peer_authentication = PeerAuthentication::request;
    pair.server_config->client_schemes.assign(kTimes, SignatureScheme::ed25519);
    EXPECT_TRUE(pair.handshake());
    EXPECT_EQ(pair.client_hooks.credential_questions, 1);
    EXPECT_EQ(pair.client->negotiated().peer_schemes.size(), kTimes);
  }
}

}  // namespace
}  // namespace ciao::tls::testing
