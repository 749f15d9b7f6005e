// Every shape of a TLS 1.2 handshake that succeeds, with both sides driven in memory.
#include "engine/pair.h"

namespace ciao::tls::testing {
namespace {

struct KeyCase {
  const char* name;
  KeyKind kind;
  NamedGroup curve;
};
constexpr KeyCase kRsaKeys[] = {{"rsa", KeyKind::rsa, NamedGroup::none},
                                {"rsa_pss", KeyKind::rsa_pss, NamedGroup::none}};
constexpr KeyCase kEcdsaKeys[] = {{"p256", KeyKind::ecdsa, NamedGroup::secp256r1},
                                  {"p384", KeyKind::ecdsa, NamedGroup::secp384r1},
                                  {"p521", KeyKind::ecdsa, NamedGroup::secp521r1},
                                  {"ed25519", KeyKind::ed25519, NamedGroup::none},
                                  {"ed448", KeyKind::ed448, NamedGroup::none}};
constexpr KeyCase kP256 = kEcdsaKeys[0];
constexpr std::uint16_t kGcmSuite = 0xc02c;
constexpr std::uint16_t kCbcSuite = 0xc023;

// What a handshake does beside its key exchange.
enum class Shape { full, id, ticket, ticket_renewed, client_certificate, everything };
constexpr Shape kShapes[] = {
    Shape::full,      Shape::id, Shape::ticket, Shape::ticket_renewed, Shape::client_certificate,
    Shape::everything};

struct Pair12 : Pair {
  Pair12(std::uint16_t suite, const KeyCase& key) {
    client_config->max_version = ProtocolVersion::tls1_2;
    client_config->suites12 = {suite};
    server_config->suites12 = {suite};
    server_hooks.credentials = {{key.kind, &test_credential(key.kind, key.curve)}};
    begin_again();
  }
  void begin_again() {
    restart();
    server->set_session_context(as_bytes("shapes"));
  }
  void set_shape(Shape shape) {
    if (shape == Shape::id) client_config->options |= option::kNoTicket;
    if (shape == Shape::client_certificate || shape == Shape::everything) {
      client_hooks.credentials = {{KeyKind::rsa, &test_credential(KeyKind::rsa)}};
      server_config->peer_authentication = PeerAuthentication::required;
    }
    if (shape == Shape::everything) {
      client_config->server_name = "ciao.example";
      client_config->alpn = to_bytes(as_bytes("\x02h2\x08http/1.1"));
      client_config->status_request = true;
      server_hooks.alpn_choice = "http/1.1";
      server_hooks.ocsp = to_bytes(as_bytes("staple"));
    }
    begin_again();
  }
};

void expect_established(Pair& pair) {
  const bool done = pair.handshake();
  ASSERT_TRUE(done) << "client reason " << (pair.client_error ? code(pair.client_error->reason) : 0)
                    << ", server reason "
                    << (pair.server_error ? code(pair.server_error->reason) : 0);
  const Negotiated& client = pair.client->negotiated();
  const Negotiated& server = pair.server->negotiated();
  EXPECT_EQ(client.version, ProtocolVersion::tls1_2);
  EXPECT_EQ(client.suite, server.suite);
  EXPECT_EQ(client.group, server.group);
  EXPECT_EQ(client.resumed, server.resumed);
  EXPECT_EQ(client.extended_master_secret, server.extended_master_secret);
  EXPECT_EQ(client.encrypt_then_mac, server.encrypt_then_mac);
  EXPECT_EQ(client.own_finished, server.peer_finished);
  EXPECT_EQ(client.peer_finished, server.own_finished);
  // One line for the key log, the same on both sides.
  ASSERT_EQ(pair.client_hooks.keys.size(), 1U);
  EXPECT_EQ(pair.client_hooks.keys.begin()->first, "CLIENT_RANDOM");
  EXPECT_EQ(pair.client_hooks.keys.begin()->second.size(), 48U);
  EXPECT_EQ(pair.client_hooks.keys, pair.server_hooks.keys);
}

void expect_exporters_agree(const Pair& pair) {
  std::vector<Bytes> results;
  for (const auto& context : {std::optional<ByteView>(), std::optional<ByteView>(ByteView()),
                              std::optional<ByteView>(as_bytes("context"))}) {
    Bytes client(40);
    Bytes server(40);
    ASSERT_TRUE(pair.client->export_keying_material("label", context, client));
    ASSERT_TRUE(pair.server->export_keying_material("label", context, server));
    EXPECT_EQ(client, server);
    for (const Bytes& other : results) EXPECT_NE(client, other);
    results.push_back(client);
  }
  // RFC 5705 §4 lets a context have 65,535 bytes and a label any number.
  const std::string label(2000, 'l');
  const Bytes context(65535, 'c');
  Bytes client(40);
  Bytes server(40);
  ASSERT_TRUE(pair.client->export_keying_material(label, ByteView(context), client));
  ASSERT_TRUE(pair.server->export_keying_material(label, ByteView(context), server));
  EXPECT_EQ(client, server);
}

void expect_talk(Pair& pair, std::size_t size = 600) {
  const Bytes question(size, 'q');
  const Bytes answer(1, 'a');
  pair.write_all(*pair.client, question);
  EXPECT_EQ(pair.read_all(*pair.server), question);
  pair.write_all(*pair.server, answer);
  EXPECT_EQ(pair.read_all(*pair.client), answer);
}

// Both sides close, `first` before the other.
void expect_closes(Pair& pair, Role first) {
  Connection& one = first == Role::client ? *pair.client : *pair.server;
  Connection& other = first == Role::client ? *pair.server : *pair.client;
  pair.close(one);
  pair.read_all(other);
  EXPECT_EQ(other.close_state().read_side(), CloseState::ReadSide::close_notify);
  pair.close(other);
  pair.read_all(one);
  EXPECT_EQ(one.close_state().read_side(), CloseState::ReadSide::close_notify);
}

void expect_resumption(Pair12& pair, Shape shape) {
  ASSERT_FALSE(pair.client_hooks.added.empty());
  const Ref<Session> session = pair.client_hooks.added.back();
  EXPECT_EQ(session->ticket.empty(), shape == Shape::id);
  pair.client_hooks.added.clear();
  pair.client_hooks.messages.clear();
  if (shape == Shape::ticket) pair.server_hooks.issue_new = false;
  pair.begin_again();
  pair.client->set_session(session);
  expect_established(pair);
  EXPECT_TRUE(pair.client->negotiated().resumed);
  EXPECT_EQ(pair.client->negotiated().peer, session->peer);
  EXPECT_EQ(pair.client->negotiated().extended_master_secret, session->extended_master_secret);
  // An abbreviated handshake has no key exchange; a new ticket only when the store gives one.
  const bool renewed = shape == Shape::ticket_renewed || shape == Shape::everything ||
                       shape == Shape::client_certificate || shape == Shape::full;
  int exchanges = 0;
  int tickets = 0;
  for (const auto& [flow, type] : pair.client_hooks.messages) {
    exchanges += type == HandshakeType::server_key_exchange ? 1 : 0;
    tickets += type == HandshakeType::new_session_ticket ? 1 : 0;
  }
  EXPECT_EQ(exchanges, 0);
  EXPECT_EQ(tickets, renewed ? 1 : 0);
  EXPECT_EQ(pair.client_hooks.added.size(), renewed ? 1U : 0U);
}

void expect_shape(Pair12& pair, Shape shape) {
  pair.set_shape(shape);
  expect_established(pair);
  EXPECT_FALSE(pair.client->negotiated().resumed);
  const Negotiated& client = pair.client->negotiated();
  if (shape == Shape::client_certificate || shape == Shape::everything) {
    ASSERT_TRUE(pair.server->negotiated().peer);
    EXPECT_FALSE(pair.server->negotiated().peer->empty());
    EXPECT_EQ(client.own_scheme, pair.server->negotiated().peer_scheme);
  }
  if (shape == Shape::everything) {
    EXPECT_EQ(as_text(client.alpn), "http/1.1");
    EXPECT_EQ(as_text(pair.server->negotiated().alpn), "http/1.1");
    EXPECT_EQ(as_text(pair.client_hooks.seen_ocsp), "staple");
    EXPECT_TRUE(client.server_name_acknowledged);
    EXPECT_EQ(pair.server_hooks.asked_name, "ciao.example");
  }
  expect_exporters_agree(pair);
  expect_talk(pair);
  expect_closes(pair, Role::client);
  // Every shape leaves a session; the second handshake takes it up.
  expect_resumption(pair, shape);
  expect_exporters_agree(pair);
  expect_talk(pair);
  expect_closes(pair, Role::server);
}

// Every ECDHE suite, with every kind of key that it goes with.
class Suites12 : public ::testing::TestWithParam<std::tuple<std::uint16_t, Shape>> {};
TEST_P(Suites12, EveryKeyEveryShape) {
  const auto [id, shape] = GetParam();
  const Suite& suite = *find_suite12(id);
  const auto keys = suite.auth == SuiteAuth::rsa ? std::span<const KeyCase>(kRsaKeys)
                                                 : std::span<const KeyCase>(kEcdsaKeys);
  for (const KeyCase& key : keys) {
    SCOPED_TRACE(key.name);
    Pair12 pair(id, key);
    expect_shape(pair, shape);
    EXPECT_EQ(pair.client->negotiated().suite->id, id);
    EXPECT_TRUE(pair.client->negotiated().extended_master_secret);
    EXPECT_EQ(pair.client->negotiated().encrypt_then_mac, suite.aead == AeadId::none);
  }
}
std::vector<std::uint16_t> all_suites() {
  std::vector<std::uint16_t> ids;
  for (unsigned id = 0; id < 0x10000; ++id) {
    const Suite* suite = find_suite12(static_cast<std::uint16_t>(id));
    if (suite != nullptr && suite->key_exchange == KeyExchange::ecdhe) ids.push_back(suite->id);
  }
  return ids;
}
INSTANTIATE_TEST_SUITE_P(All, Suites12,
                         ::testing::Combine(::testing::ValuesIn(all_suites()),
                                            ::testing::ValuesIn(kShapes)));

// However the bytes travel and however often the application asks for time, the result is the same.
using Travel = std::tuple<Shape, std::size_t, std::size_t, int>;
class Travels12 : public ::testing::TestWithParam<Travel> {};
TEST_P(Travels12, ChangeNothing) {
  const auto [shape, chunk, accepts, pending] = GetParam();
  for (const std::uint16_t suite : {kGcmSuite, kCbcSuite}) {
    Pair12 pair(suite, kP256);
    pair.wire = {chunk, accepts};
    pair.client_hooks.pending_rounds = pending;
    pair.server_hooks.pending_rounds = pending;
    expect_shape(pair, shape);
    EXPECT_EQ(pair.server_hooks.client_hellos, 2);
  }
}
INSTANTIATE_TEST_SUITE_P(
    All, Travels12,
    ::testing::Combine(::testing::ValuesIn(kShapes),
                       ::testing::Values(std::size_t{1}, std::size_t{5}, SIZE_MAX),
                       ::testing::Values(std::size_t{1}, std::size_t{100}, SIZE_MAX),
                       ::testing::Values(0, 2)));

class Groups12 : public ::testing::TestWithParam<NamedGroup> {};
TEST_P(Groups12, Work) {
  Pair12 pair(kGcmSuite, kP256);
  // The certificate's curve is one that the client has, too (RFC 8422 §5.1).
  pair.client_config->groups = {GetParam(), NamedGroup::secp256r1};
  pair.server_config->groups = {GetParam()};
  pair.begin_again();
  expect_established(pair);
  EXPECT_EQ(pair.client->negotiated().group, GetParam());
  expect_talk(pair, 20000);
}
INSTANTIATE_TEST_SUITE_P(All, Groups12,
                         ::testing::Values(NamedGroup::x25519, NamedGroup::secp256r1,
                                           NamedGroup::secp384r1, NamedGroup::secp521r1,
                                           NamedGroup::x448));

// The curves that TLS 1.3 has no place for work where they are named.
TEST(Handshake12, EveryCurveOfRfc8422AndBrainpools) {
  for (unsigned id = 1; id <= 28; ++id) {
    const auto group = static_cast<NamedGroup>(id);
    SCOPED_TRACE(group_name(group));
    Pair12 pair(kGcmSuite, kP256);
    pair.client_config->groups = {group, NamedGroup::secp256r1};
    pair.server_config->groups = {group};
    pair.begin_again();
    expect_established(pair);
    EXPECT_EQ(pair.client->negotiated().group, group);
  }
}

TEST(Handshake12, CurvesOfTls12AreNotForTls13) {
  Pair pair;
  pair.client_config->groups = {NamedGroup::brainpoolP256r1, NamedGroup::secp256r1};
  pair.server_config->groups = pair.client_config->groups;
  pair.restart();
  ASSERT_TRUE(pair.handshake());
  EXPECT_EQ(pair.client->negotiated().version, ProtocolVersion::tls1_3);
  EXPECT_EQ(pair.client->negotiated().group, NamedGroup::secp256r1);
  pair.client_config->groups = {NamedGroup::brainpoolP256r1};
  pair.restart();
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::no_suitable_groups));
  EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::internal_error));
}

// Without the extensions that strengthen it, TLS 1.2 is still spoken.
TEST(Handshake12, WithoutExtendedMasterSecretAndEncryptThenMac) {
  constexpr std::uint64_t kBoth = option::kNoExtendedMasterSecret | option::kNoEncryptThenMac;
  for (const bool client_side : {false, true}) {
    for (const Shape shape : kShapes) {
      Pair12 pair(kCbcSuite, kP256);
      (client_side ? pair.client_config : pair.server_config)->options |= kBoth;
      expect_shape(pair, shape);
      EXPECT_FALSE(pair.client->negotiated().extended_master_secret);
      EXPECT_FALSE(pair.client->negotiated().encrypt_then_mac);
    }
  }
}

TEST(Handshake12, VersionIsTheBestThatBothHave) {
  for (const bool client_limits : {false, true}) {
    Pair pair;
    (client_limits ? pair.client_config : pair.server_config)->max_version =
        ProtocolVersion::tls1_2;
    pair.restart();
    ASSERT_TRUE(pair.handshake());
    EXPECT_EQ(pair.client->negotiated().version, ProtocolVersion::tls1_2);
    EXPECT_EQ(pair.server->negotiated().version, ProtocolVersion::tls1_2);
  }
}

TEST(Handshake12, ClientWithoutCertificateIsLetThroughWhenOnlyAsked) {
  Pair12 pair(kGcmSuite, kP256);
  pair.server_config->peer_authentication = PeerAuthentication::request;
  pair.begin_again();
  expect_established(pair);
  EXPECT_TRUE(pair.client->negotiated().certificate_requested);
  EXPECT_TRUE(pair.server->negotiated().peer->empty());
}

// RFC 5246 §7.4.4: every kind of key may answer a request.
TEST(Handshake12, EveryKindOfClientCertificate) {
  const auto check = [](const KeyCase& key) {
    SCOPED_TRACE(key.name);
    Pair12 pair(kGcmSuite, kP256);
    pair.client_hooks.credentials = {{key.kind, &test_credential(key.kind, key.curve)}};
    pair.server_config->peer_authentication = PeerAuthentication::required;
    pair.begin_again();
    expect_established(pair);
    EXPECT_FALSE(pair.server->negotiated().peer->empty());
    EXPECT_EQ(pair.client->negotiated().own_scheme, pair.server->negotiated().peer_scheme);
  };
  for (const KeyCase& key : kRsaKeys) check(key);
  for (const KeyCase& key : kEcdsaKeys) check(key);
}

TEST(Handshake12, EmptyRecordsArriveAsNoData) {
  for (const std::uint16_t suite : {kGcmSuite, kCbcSuite}) {
    for (const std::uint64_t options : {std::uint64_t{0}, option::kNoEncryptThenMac}) {
      Pair12 pair(suite, kP256);
      pair.client_config->options |= options;
      pair.begin_again();
      expect_established(pair);
      ASSERT_TRUE(pair.client->write({}));
      EXPECT_TRUE(pair.read_all(*pair.server).empty());
      EXPECT_EQ(pair.server->traffic().records_read, 1U);
      expect_talk(pair);
    }
  }
}

// A server that announced a staple may leave it out after all (RFC 6066 §8), and one that has none
// does not announce it.
TEST(Handshake12, NoStapleIsNoError) {
  Pair12 pair(kGcmSuite, kP256);
  pair.client_config->status_request = true;
  pair.begin_again();
  expect_established(pair);
  EXPECT_TRUE(pair.client_hooks.seen_ocsp.empty());
}

// RFC 5077 §3.3: "If the server determines that it does not want to include a ticket after it has
// included the SessionTicket extension in the ServerHello, then it sends a zero-length ticket".
TEST(Handshake12, AnEmptyTicketIsNoTicket) {
  Pair12 pair(kGcmSuite, kP256);
  pair.server_hooks.issue_tickets = false;
  expect_established(pair);
  EXPECT_TRUE(pair.client->session()->ticket.empty());
  expect_talk(pair);
}

// RFC 8422 §5.1.2: the others are deprecated.
TEST(PointFormats12, AreListedWithoutTheCompressed) {
  Pair pair;
  pair.server_config->max_version = ProtocolVersion::tls1_2;
  pair.restart();
  ASSERT_TRUE(pair.handshake());
  EXPECT_EQ(pair.client->negotiated().peer_point_formats, Bytes{0});
  EXPECT_EQ(pair.server->negotiated().peer_point_formats, Bytes{0});
}

}  // namespace
}  // namespace ciao::tls::testing
