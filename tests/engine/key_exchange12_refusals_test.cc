// TLS 1.2's key exchanges beside ECDHE, in both roles: what is refused.
#include "crypto/rsa_premaster.h"
#include "engine/key_exchange12.h"
#include "handshake/key_exchange12.h"

namespace ciao::tls::testing {
namespace {

Bytes message_of(HandshakeType type, ByteView body) {
  Bytes out;
  MessageBuilder message(out, type);
  message.body().bytes(body);
  EXPECT_TRUE(message.finish());
  return out;
}

Deviation replace_body(HandshakeType type, Bytes body) {
  return [type, body](Outgoing& out) {
    if (out.type == type) out.message = message_of(type, body);
  };
}

Deviation send_before(HandshakeType type, HandshakeType extra, Bytes body) {
  return [=](Outgoing& out) {
    if (out.type != type) return;
    EXPECT_TRUE(out.channel.send(message_of(extra, body)));
  };
}

Deviation leave_out(HandshakeType type) {
  return [type](Outgoing& out) { out.drop = out.drop || out.type == type; };
}

// --- pre-shared keys -----------------------------------------------------------------------------

TEST(KeyExchange12, AWrongKeyFailsAtFinished) {
  for (const std::uint16_t suite : {kPsk, kDhePsk, kEcdhePsk}) {
    PairOf pair(suite);
    pair.server_hooks.psks = {{"someone", Bytes(32, 0xa5)}};
    EXPECT_FALSE(pair.handshake());
    ASSERT_TRUE(pair.server_error);
    EXPECT_EQ(code(pair.server_error->reason), code(Reason::decryption_failed_or_bad_record_mac));
    EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::bad_record_mac));
  }
}

TEST(KeyExchange12, AnUnknownIdentityIsRefused) {
  for (const std::uint16_t suite : {kPsk, kDhePsk, kEcdhePsk}) {
    for (const std::string& name : {std::string("nobody"), std::string("someone\0else", 12)}) {
      PairOf pair(suite);
      pair.client_hooks.psks = {{name, kKey}};
      EXPECT_FALSE(pair.handshake());
      ASSERT_TRUE(pair.server_error);
      EXPECT_EQ(code(pair.server_error->reason), code(Reason::psk_identity_not_found));
      EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::unknown_psk_identity));
    }
  }
}

TEST(KeyExchange12, AClientWhoseApplicationKnowsNoKeyStops) {
  PairOf pair(kPsk);
  pair.client_hooks.psks = {{"someone", Bytes()}};
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::psk_identity_not_found));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::handshake_failure));
}

TEST(KeyExchange12, LongIdentitiesAndHintsAreRefused) {
  Bytes longest;
  Writer(longest).vector16(Bytes(kMaxPskIdentitySize + 1, 'i'));
  DuelOf server(Role::server, kPsk);
  server.deviate(replace_body(HandshakeType::client_key_exchange, longest));
  expect_refused(server, AlertDescription::decode_error, Reason::data_length_too_long);
  DuelOf client(Role::client, kPsk);
  client.peer_hooks.psk_hint = std::string(kMaxPskIdentitySize + 1, 'h');
  expect_refused(client, AlertDescription::handshake_failure, Reason::data_length_too_long);
}

TEST(KeyExchange12, ACertificateRequestBesideAPskIsRefused) {
  DuelOf duel(Role::client, kPsk);
  // rsa_sign; rsa_pkcs1_sha256; no names
  duel.deviate(send_before(HandshakeType::server_hello_done, HandshakeType::certificate_request,
                           {1, 1, 0, 2, 4, 1, 0, 0}));
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
}

TEST(KeyExchange12, ACertificateBesideAPskIsRefused) {
  DuelOf duel(Role::client, kPsk);
  duel.deviate(
      send_before(HandshakeType::server_hello_done, HandshakeType::certificate, {0, 0, 0}));
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
}

// --- ServerKeyExchange present and absent --------------------------------------------------------

TEST(KeyExchange12, AServerKeyExchangeMustBeThereForEphemeralKeys) {
  for (const std::uint16_t suite : {kDhe, kDhePsk, kEcdhePsk}) {
    DuelOf duel(Role::client, suite);
    duel.deviate(leave_out(HandshakeType::server_key_exchange));
    expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
  }
}

// RFC 5246 §7.4.3: "It is not legal to send the ServerKeyExchange message" for RSA.
TEST(KeyExchange12, AServerKeyExchangeMustNotBeThereForRsa) {
  DuelOf duel(Role::client, kRsa);
  duel.deviate(
      send_before(HandshakeType::server_hello_done, HandshakeType::server_key_exchange, {0, 0}));
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
}

TEST(KeyExchange12, OneServerKeyExchangeIsEnough) {
  DuelOf duel(Role::client, kPsk);
  duel.peer_hooks.psk_hint = "one";
  duel.deviate(send_before(HandshakeType::server_hello_done, HandshakeType::server_key_exchange,
                           {0, 1, 'x'}));
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
}

// --- DHE -----------------------------------------------------------------------------------------

TEST(KeyExchange12, AGroupThatIsTooSmallIsRefused) {
  for (const std::uint16_t suite : {kDhe, kDhePsk}) {
    PairOf pair(suite);
    pair.client_hooks.min_dh_bits = 128;
    EXPECT_FALSE(pair.handshake());
    ASSERT_TRUE(pair.client_error);
    EXPECT_EQ(code(pair.client_error->reason), code(Reason::dh_key_too_small));
    EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::handshake_failure));
  }
}

// RFC 7919 §5.1: 1 < Y < p-1; and what no number of the group is.
std::vector<Bytes> bad_values(const Bytes& p) {
  Bytes minus_one = p;
  minus_one.back() -= 1;
  Bytes larger = p;
  larger.insert(larger.begin(), 1);
  return {{0}, {1}, Bytes(p.size(), 0), minus_one, p, larger, Bytes(p.size(), 0xff)};
}

DhPublic ffdhe2048_values() {
  const Algorithms algorithms(nullptr, nullptr);
  return *DhShare::generate(algorithms, *DhGroup::named(algorithms, NamedGroup::ffdhe2048))
              ->public_values();
}

TEST(KeyExchange12, AServerRefusesBadClientValues) {
  for (const Bytes& value : bad_values(ffdhe2048_values().p)) {
    DuelOf duel(Role::server, kDhe);
    Bytes body;
    Writer(body).vector16(value);
    duel.deviate(replace_body(HandshakeType::client_key_exchange, body));
    expect_refused(duel, AlertDescription::illegal_parameter, Reason::bad_dh_value);
  }
}

Bytes server_params(const DhPublic& values) {
  Bytes body;
  Writer writer(body);
  writer.vector16({});  // no hint
  writer.vector16(values.p);
  writer.vector16(values.g);
  writer.vector16(values.value);
  return body;
}

TEST(KeyExchange12, AClientRefusesBadServerValues) {
  const DhPublic good = ffdhe2048_values();
  for (const Bytes& value : bad_values(good.p)) {
    DuelOf duel(Role::client, kDhePsk);
    duel.deviate(
        replace_body(HandshakeType::server_key_exchange, server_params({good.p, good.g, value})));
    expect_refused(duel, AlertDescription::illegal_parameter, Reason::bad_dh_value);
  }
}

TEST(KeyExchange12, AClientRefusesWhatIsNoGroup) {
  const DhPublic good = ffdhe2048_values();
  Bytes even = good.p;
  even.back() &= 0xfe;
  Bytes huge(10000 / 8 + 1, 0xff);
  Bytes minus_one = good.p;
  minus_one.back() -= 1;
  const std::vector<DhPublic> cases{
      {even, good.g, good.value},      {huge, good.g, good.value},
      {Bytes{0}, good.g, good.value},  {Bytes{23}, Bytes{5}, Bytes{8}},
      {good.p, Bytes{0}, good.value},  {good.p, Bytes{1}, good.value},
      {good.p, minus_one, good.value}, {good.p, Bytes(257, 1), good.value}};
  for (const DhPublic& values : cases) {
    DuelOf duel(Role::client, kDhePsk);
    duel.deviate(replace_body(HandshakeType::server_key_exchange, server_params(values)));
    expect_refused(duel, AlertDescription::illegal_parameter, Reason::bad_dh_value);
  }
}

TEST(KeyExchange12, AClientChecksTheSignatureOverTheGroup) {
  const DhPublic others = ffdhe2048_values();
  DuelOf duel(Role::client, kDhe);
  duel.deviate([&](Outgoing& out) {
    if (out.type != HandshakeType::server_key_exchange) return;
    // A value as good as the one that was signed, behind p (256 bytes) and g (1).
    std::ranges::copy(others.value, out.message.begin() + kHandshakeHeaderSize + 258 + 3 + 2);
  });
  expect_refused(duel, AlertDescription::decrypt_error, Reason::bad_signature);
}

// A finite-field group is no curve, whatever the peer makes of the number.
TEST(KeyExchange12, AFiniteFieldGroupInEcdheIsRefused) {
  DuelOf duel(Role::client, kEcdhePsk);
  Bytes body{0, 0, kNamedCurve, 1, 0, 32};
  body.resize(body.size() + 32, 7);
  duel.deviate(replace_body(HandshakeType::server_key_exchange, body));
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::wrong_curve);
}

// --- RSA -----------------------------------------------------------------------------------------

// What a client can put into ClientKeyExchange that is not what it should be.
std::vector<Bytes> bad_ciphertexts() {
  const Algorithms algorithms(nullptr, nullptr);
  EVP_PKEY* key = test_credential(KeyKind::rsa).key.get();
  const auto encrypt = [&](ByteView premaster) {
    return *encrypt_rsa_premaster(algorithms, key, premaster);
  };
  Bytes old_version(48, 9);
  old_version[0] = 3;
  old_version[1] = 1;
  Bytes not_the_clients(48, 9);
  not_the_clients[0] = 3;
  not_the_clients[1] = 4;
  Bytes good_version(48, 9);
  good_version[0] = 3;
  good_version[1] = 3;
  Bytes short_one(good_version.begin(), good_version.end() - 1);
  Bytes long_one = good_version;
  long_one.push_back(9);
  Bytes noise(256, 0x11);
  Bytes damaged = encrypt(good_version);
  damaged[200] ^= 0x40;
  return {encrypt(old_version),
          encrypt(not_the_clients),
          encrypt(short_one),
          encrypt(long_one),
          encrypt(Bytes{3, 3}),
          noise,
          damaged,
          Bytes(256, 0),
          Bytes(256, 0xff),
          Bytes(300, 0x22),
          Bytes(1, 0x33),
          encrypt(good_version)};
}

// RFC 5246 §7.4.7.1: whatever is wrong, the handshake goes on with a random premaster secret and
// fails at Finished, the same for all. The last of the cases is a good premaster, which is not the
// one that the peer's Finished is made with: it cannot be told from the others.
TEST(KeyExchange12, EveryBadPremasterLooksTheSame) {
  for (const Bytes& encrypted : bad_ciphertexts()) {
    DuelOf duel(Role::server, kRsa);
    Bytes body;
    Writer(body).vector16(encrypted);
    duel.deviate(replace_body(HandshakeType::client_key_exchange, body));
    expect_refused(duel, AlertDescription::bad_record_mac,
                   Reason::decryption_failed_or_bad_record_mac);
    // It had got to Finished: the keys were made and are in force.
    EXPECT_EQ(duel.victim->stage(), HandshakeStage::server_read_change);
  }
}

TEST(KeyExchange12, ABadPremasterIsAnotherOneEachTime) {
  const Algorithms algorithms(nullptr, nullptr);
  EVP_PKEY* key = test_credential(KeyKind::rsa).key.get();
  const auto ciphertexts = bad_ciphertexts();
  for (std::size_t i = 0; i + 1 < ciphertexts.size(); ++i) {
    const auto decrypt = [&] {
      return decrypt_rsa_premaster(algorithms, key, ProtocolVersion::tls1_2, ciphertexts[i]);
    };
    const Result<SecretBytes> first = decrypt();
    const Result<SecretBytes> second = decrypt();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->view().size(), kRsaPremasterSize);
    EXPECT_EQ(second->view().size(), kRsaPremasterSize);
    EXPECT_FALSE(equal(first->view(), second->view()));
  }
  const Result<SecretBytes> good =
      decrypt_rsa_premaster(algorithms, key, ProtocolVersion::tls1_2, ciphertexts.back());
  ASSERT_TRUE(good);
  EXPECT_EQ(good->view()[47], 9);
}

// What is malformed outside of the ciphertext is no secret.
TEST(KeyExchange12, AMalformedClientKeyExchangeIsRefused) {
  for (const Bytes& body : {Bytes{}, Bytes{0}, Bytes{0, 0}, Bytes{0, 2, 1}, Bytes{0, 1, 1, 1}}) {
    for (const std::uint16_t suite : {kRsa, kDhe, kDhePsk}) {
      DuelOf duel(Role::server, suite);
      duel.deviate(replace_body(HandshakeType::client_key_exchange, body));
      expect_refused(duel, AlertDescription::decode_error, Reason::length_mismatch);
    }
  }
}

TEST(KeyExchange12, ASecretThatDoesNotFitTheKeyIsRefused) {
  const Algorithms algorithms(nullptr, nullptr);
  EVP_PKEY* key = test_credential(KeyKind::rsa).key.get();  // of 256 bytes
  EXPECT_TRUE(encrypt_rsa_premaster(algorithms, key, Bytes(245)));
  const Result<Bytes> encrypted = encrypt_rsa_premaster(algorithms, key, Bytes(246));
  ASSERT_FALSE(encrypted);
  EXPECT_EQ(code(encrypted.error().reason), code(Reason::bad_rsa_encrypt));
  EXPECT_EQ(code(encrypted.error().alert), code(AlertDescription::internal_error));
}

TEST(KeyExchange12, AServerThatCannotDecryptIsRefused) {
  PairOf pair(kRsa);
  // The certificate's name with another key: it signs nothing here.
  static Credential impostor = test_credential(KeyKind::rsa).copy();
  impostor.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
  pair.server_hooks.credentials = {{KeyKind::rsa, &impostor}};
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::decryption_failed_or_bad_record_mac));
  EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::bad_record_mac));
  EXPECT_NE(pair.client->phase(), Phase::established);
}

}  // namespace
}  // namespace ciao::tls::testing
