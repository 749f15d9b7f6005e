// Every shape of a handshake that succeeds, with both sides driven in memory.
#include "engine/pair.h"
#include "messages/client_hello.h"
#include "record/limits.h"

namespace ciao::tls::testing {
namespace {

void expect_established(Pair& pair) {
  const bool done = pair.handshake();
  ASSERT_TRUE(done) << "client reason " << (pair.client_error ? code(pair.client_error->reason) : 0)
                    << ", server reason "
                    << (pair.server_error ? code(pair.server_error->reason) : 0);
  EXPECT_EQ(pair.client_hooks.keys, pair.server_hooks.keys);
  EXPECT_EQ(pair.client->negotiated().suite, pair.server->negotiated().suite);
  EXPECT_EQ(pair.client->negotiated().group, pair.server->negotiated().group);
}

void expect_talk(Pair& pair) {
  const Bytes question(20000, 'q');
  const Bytes answer(1, 'a');
  pair.write_all(*pair.client, question);
  EXPECT_EQ(pair.read_all(*pair.server), question);
  pair.write_all(*pair.server, answer);
  EXPECT_EQ(pair.read_all(*pair.client), answer);
}

TEST(Handshake, FullThenDataThenClose) {
  Pair pair;
  expect_established(pair);
  expect_talk(pair);
  EXPECT_EQ(pair.client_hooks.added.size(), 2u);
  pair.close(*pair.client);
  pair.read_all(*pair.server);
  EXPECT_EQ(pair.server->close_state().read_side(), CloseState::ReadSide::close_notify);
  // Half-close: the other direction goes on.
  const Bytes late(100, 'l');
  pair.write_all(*pair.server, late);
  EXPECT_EQ(pair.read_all(*pair.client), late);
  pair.close(*pair.server);
  pair.read_all(*pair.client);
  EXPECT_EQ(pair.client->close_state().read_side(), CloseState::ReadSide::close_notify);
}

class Suites : public ::testing::TestWithParam<std::uint16_t> {};
TEST_P(Suites, Work) {
  Pair pair;
  pair.client_config->suites13 = {GetParam()};
  pair.server_config->suites13 = {GetParam()};
  pair.restart();
  expect_established(pair);
  EXPECT_EQ(pair.client->negotiated().suite->id, GetParam());
  expect_talk(pair);
}
INSTANTIATE_TEST_SUITE_P(All, Suites, ::testing::Values(0x1301, 0x1302, 0x1303, 0x1304, 0x1305));

class Groups : public ::testing::TestWithParam<NamedGroup> {};
TEST_P(Groups, Work) {
  Pair pair;
  pair.client_config->groups = {GetParam()};
  pair.restart();
  expect_established(pair);
  EXPECT_EQ(pair.client->negotiated().group, GetParam());
  EXPECT_FALSE(pair.client->negotiated().hello_retry);
}
TEST_P(Groups, WorkAfterHelloRetryRequest) {
  Pair pair;
  const NamedGroup other =
      GetParam() == NamedGroup::x25519 ? NamedGroup::secp256r1 : NamedGroup::x25519;
  pair.client_config->groups = {other, GetParam()};
  pair.server_config->groups = {GetParam()};
  pair.restart();
  expect_established(pair);
  EXPECT_EQ(pair.client->negotiated().group, GetParam());
  EXPECT_TRUE(pair.client->negotiated().hello_retry);
  EXPECT_TRUE(pair.server->negotiated().hello_retry);
  expect_talk(pair);
}
INSTANTIATE_TEST_SUITE_P(All, Groups,
                         ::testing::Values(NamedGroup::x25519, NamedGroup::secp256r1,
                                           NamedGroup::secp384r1, NamedGroup::secp521r1,
                                           NamedGroup::x448, NamedGroup::ffdhe2048,
                                           NamedGroup::ffdhe3072, NamedGroup::ffdhe4096,
                                           NamedGroup::ffdhe6144, NamedGroup::ffdhe8192));

struct KeyCase {
  KeyKind kind;
  NamedGroup curve;
};
class Keys : public ::testing::TestWithParam<KeyCase> {};
TEST_P(Keys, AuthenticateBothSides) {
  Pair pair;
  pair.server_hooks.credentials = {
      {GetParam().kind, &test_credential(GetParam().kind, GetParam().curve)}};
  pair.client_hooks.credentials = pair.server_hooks.credentials;
  pair.server_config->peer_authentication = PeerAuthentication::required;
  pair.restart();
  pair.server->set_session_context(as_bytes("test"));
  expect_established(pair);
  EXPECT_FALSE(pair.client->negotiated().peer->empty());
  EXPECT_FALSE(pair.server->negotiated().peer->empty());
  EXPECT_EQ(pair.client->negotiated().own_scheme, pair.server->negotiated().peer_scheme);
  expect_talk(pair);
}
INSTANTIATE_TEST_SUITE_P(All, Keys,
                         ::testing::Values(KeyCase{KeyKind::rsa, NamedGroup::none},
                                           KeyCase{KeyKind::rsa_pss, NamedGroup::none},
                                           KeyCase{KeyKind::ecdsa, NamedGroup::secp256r1},
                                           KeyCase{KeyKind::ecdsa, NamedGroup::secp384r1},
                                           KeyCase{KeyKind::ecdsa, NamedGroup::secp521r1},
                                           KeyCase{KeyKind::ed25519, NamedGroup::none},
                                           KeyCase{KeyKind::ed448, NamedGroup::none}));

TEST(Handshake, AClientSignsByItsOwnList) {
  Pair pair;
  pair.client_hooks.credentials = {{KeyKind::rsa, &test_credential(KeyKind::rsa)}};
  pair.client_config->client_schemes = {SignatureScheme::rsa_pss_rsae_sha512};
  pair.server_config->peer_authentication = PeerAuthentication::required;
  pair.restart();
  expect_established(pair);
  EXPECT_EQ(pair.server->negotiated().peer_scheme, SignatureScheme::rsa_pss_rsae_sha512);
}

TEST(Handshake, ClientWithoutCertificateIsLetThroughWhenOnlyAsked) {
  Pair pair;
  pair.server_config->peer_authentication = PeerAuthentication::request;
  pair.restart();
  expect_established(pair);
  EXPECT_TRUE(pair.client->negotiated().certificate_requested);
  EXPECT_TRUE(pair.server->negotiated().peer->empty());
}

TEST(Handshake, ResumesWithTheTicketAndEachTicketIsNew) {
  Pair pair;
  pair.client_config->server_name = "ciao.example";
  pair.restart();
  expect_established(pair);
  pair.read_all(*pair.client);
  for (int round = 0; round < 3; ++round) {
    ASSERT_FALSE(pair.client_hooks.added.empty());
    Ref<Session> session = pair.client_hooks.added.back();
    pair.client_hooks.added.clear();
    pair.restart();
    pair.client->set_session(session);
    expect_established(pair);
    EXPECT_TRUE(pair.client->negotiated().resumed);
    EXPECT_TRUE(pair.server->negotiated().resumed);
    ASSERT_TRUE(pair.client->negotiated().peer);
    EXPECT_FALSE(pair.client->negotiated().peer->empty());
    expect_talk(pair);
    EXPECT_EQ(pair.client_hooks.added.size(), 1u);
  }
}

TEST(Handshake, ResumesAfterHelloRetryRequest) {
  Pair pair;
  expect_established(pair);
  pair.read_all(*pair.client);
  Ref<Session> session = pair.client_hooks.added.back();
  pair.server_config = make_ref<Config>(*pair.server_config);
  pair.server_config->groups = {NamedGroup::secp384r1};
  pair.restart();
  pair.client->set_session(session);
  expect_established(pair);
  EXPECT_TRUE(pair.client->negotiated().hello_retry);
  EXPECT_TRUE(pair.client->negotiated().resumed);
}

TEST(Handshake, AlpnServerNameAndStapleArrive) {
  Pair pair;
  pair.client_config->server_name = "ciao.example";
  pair.client_config->alpn = to_bytes(as_bytes("\x02h2\x08http/1.1"));
  pair.client_config->status_request = true;
  pair.server_hooks.alpn_choice = "http/1.1";
  pair.server_hooks.ocsp = to_bytes(as_bytes("staple"));
  pair.restart();
  expect_established(pair);
  EXPECT_EQ(as_text(pair.client->negotiated().alpn), "http/1.1");
  EXPECT_EQ(as_text(pair.server->negotiated().alpn), "http/1.1");
  EXPECT_EQ(pair.server_hooks.asked_name, "ciao.example");
  EXPECT_TRUE(pair.client->negotiated().server_name_acknowledged);
  EXPECT_EQ(as_text(pair.client_hooks.seen_ocsp), "staple");
}

// The application's answer to ALPN may be another certificate (RFC 8737 §3).
TEST(Handshake, ACertificateThatIsSetMeanwhileIsShown) {
  for (const ProtocolVersion version : {ProtocolVersion::tls1_2, ProtocolVersion::tls1_3}) {
    for (const bool another : {true, false}) {
      Pair pair;
      pair.client_config->max_version = version;
      pair.client_config->alpn = to_bytes(as_bytes("\x02h2"));
      pair.server_hooks.alpn_choice = "h2";
      // Its curve asks for another scheme, too.
      const Credential& second = test_credential(KeyKind::ecdsa, NamedGroup::secp384r1);
      pair.server_hooks.on_alpn = [&] {
        pair.server_hooks.credentials.clear();
        if (another) pair.server_hooks.credentials[KeyKind::ecdsa] = &second;
      };
      pair.restart();
      EXPECT_EQ(pair.handshake(), another);
      if (another) {
        ASSERT_TRUE(pair.client->negotiated().peer);
        EXPECT_EQ(X509_cmp(pair.client->negotiated().peer->leaf(), second.leaf.get()), 0);
        expect_talk(pair);
      } else {
        ASSERT_TRUE(pair.server_error);
        EXPECT_EQ(code(pair.server_error->reason), code(Reason::no_suitable_signature_algorithm));
        EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::handshake_failure));
      }
    }
  }
}

// Hooks that ask to be called again, bytes that come one by one: the result is the same.
class Delivery : public ::testing::TestWithParam<std::tuple<int, std::size_t, bool>> {};
TEST_P(Delivery, ChangesNothing) {
  const auto [pending, chunk, retry] = GetParam();
  Pair pair;
  pair.client_hooks.pending_rounds = pending;
  pair.server_hooks.pending_rounds = pending;
  pair.wire.chunk = chunk;
  pair.client_hooks.credentials = pair.server_hooks.credentials;
  pair.server_config->peer_authentication = PeerAuthentication::required;
  pair.client_config->status_request = true;
  if (retry) pair.server_config->groups = {NamedGroup::secp521r1};
  pair.restart();
  pair.server->set_session_context(as_bytes("test"));
  expect_established(pair);
  // As in OpenSSL the application sees both ClientHellos of a HelloRetryRequest.
  EXPECT_EQ(pair.server_hooks.client_hellos, retry ? 2 : 1);
  expect_talk(pair);
}
INSTANTIATE_TEST_SUITE_P(All, Delivery,
                         ::testing::Combine(::testing::Values(0, 1, 3),
                                            ::testing::Values(1u, 7u, SIZE_MAX),
                                            ::testing::Bool()));

TEST(Handshake, MiddleboxCompatibilityCanBeOff) {
  Pair pair;
  pair.client_config->options = 0;
  pair.server_config->options = 0;
  pair.restart();
  expect_established(pair);
  expect_talk(pair);
}

// RFC 8446 §D.4: a server's change_cipher_spec depends on its own setting alone.
TEST(Handshake, ServerSendsChangeCipherSpecWithoutASessionId) {
  for (const bool compatible : {true, false}) {
    Pair pair;
    pair.client_config->options = 0;
    if (!compatible) pair.server_config->options = 0;
    pair.restart();
    bool seen = false;
    pair.tamper = [&](const Connection& from, Bytes& bytes) {
      const Bytes record = {20, 3, 3, 0, 1, 1};
      if (&from == pair.server.get()) seen = seen || std::ranges::search(bytes, record).size() != 0;
    };
    expect_established(pair);
    EXPECT_EQ(seen, compatible);
  }
}

TEST(Handshake, PaddedRecordsArrive) {
  Pair pair;
  pair.client_hooks.padding = 300;
  pair.server_hooks.padding = 16384;
  pair.restart();
  expect_established(pair);
  expect_talk(pair);
}

TEST(Handshake, ExportersAgree) {
  Pair pair;
  expect_established(pair);
  Bytes a(40);
  Bytes b(40);
  Bytes c(40);
  ASSERT_TRUE(pair.client->export_keying_material("label", as_bytes("context"), a));
  ASSERT_TRUE(pair.server->export_keying_material("label", as_bytes("context"), b));
  ASSERT_TRUE(pair.server->export_keying_material("label", as_bytes("other"), c));
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

// RFC 8446 §7.1: HkdfLabel has room for 249 bytes behind "tls13 ". RFC 5705 §4: the labels of TLS
// itself are not for applications, which would learn its secrets.
TEST(Handshake, ExportersRefuseLabels) {
  Bytes out(16);
  const auto expect_refused = [&](const Pair& pair, const std::string& label) {
    const Result<void> exported = pair.client->export_keying_material(label, std::nullopt, out);
    ASSERT_FALSE(exported) << label;
    EXPECT_EQ(code(exported.error().reason), code(Reason::tls_illegal_exporter_label));
    EXPECT_EQ(code(exported.error().alert), code(AlertDescription::internal_error));
  };
  Pair pair;
  expect_established(pair);
  EXPECT_TRUE(pair.client->export_keying_material(std::string(249, 'l'), std::nullopt, out));
  expect_refused(pair, std::string(250, 'l'));
  Pair older;
  older.client_config->max_version = ProtocolVersion::tls1_2;
  ASSERT_TRUE(older.handshake());
  EXPECT_TRUE(older.client->export_keying_material("the master secret", std::nullopt, out));
  for (const char* label : {"client finished", "server finished", "master secret",
                            "extended master secret", "key expansion", "key expansions"}) {
    expect_refused(older, label);
  }
}

TEST(Handshake, NeedsARole) {
  Pair pair;
  Connection connection(pair.algorithms, pair.client_config, pair.client_hooks.hooks());
  const Result<Wait> wait = connection.advance();
  ASSERT_FALSE(wait);
  EXPECT_EQ(code(wait.error().reason), code(Reason::connection_type_not_set));
  EXPECT_EQ(wait.error().on_wire, OnWire::silent);
}

// What has no content is no data that new keys would be wanted for.
TEST(KeyUpdate, EmptyRecordsBetweenThemDoNotCount) {
  for (const bool data : {false, true}) {
    Pair pair;
    expect_established(pair);
    for (unsigned i = 0; i <= limits::kMaxKeyUpdates && !pair.server_error; ++i) {
      ASSERT_TRUE(pair.client->request_key_update(KeyUpdateRequest::update_not_requested));
      while (pair.step()) {
      }
      if (i % 2 != 0 || pair.server_error) continue;
      ASSERT_TRUE(pair.client->write(data ? as_bytes("x") : ByteView()));
      pair.read_all(*pair.server);
    }
    ASSERT_EQ(pair.server_error.has_value(), !data);
    if (data) continue;
    EXPECT_EQ(code(pair.server_error->reason), code(Reason::too_many_key_updates));
    EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::unexpected_message));
  }
}

TEST(KeyUpdate, BothWaysAndRequested) {
  Pair pair;
  expect_established(pair);
  for (int round = 0; round < 40; ++round) {
    ASSERT_TRUE(pair.client->request_key_update(KeyUpdateRequest::update_requested));
    EXPECT_TRUE(pair.client->in_init());
    expect_talk(pair);
    EXPECT_FALSE(pair.client->in_init());
    ASSERT_TRUE(pair.server->request_key_update(KeyUpdateRequest::update_not_requested));
    expect_talk(pair);
  }
}

// The records of a server's first flight, as content type and length.
std::vector<std::pair<int, std::size_t>> first_flight(ProtocolVersion version) {
  Pair pair;
  pair.server_config->max_version = version;
  pair.restart();
  Bytes flight;
  pair.tamper = [&](const Connection& from, Bytes& bytes) {
    if (&from == pair.server.get() && flight.empty()) flight = bytes;
  };
  EXPECT_TRUE(pair.handshake());
  std::vector<std::pair<int, std::size_t>> records;
  for (std::size_t at = 0; at + limits::kRecordHeader <= flight.size();) {
    const std::size_t size = static_cast<std::size_t>(flight[at + 3]) << 8 | flight[at + 4];
    records.emplace_back(flight[at], size);
    at += limits::kRecordHeader + size;
  }
  return records;
}

// RFC 8446 §5.1 allows it: EncryptedExtensions to Finished are one record.
TEST(HandshakeShapes, ProtectedMessagesOfAFlightShareARecord) {
  const auto records = first_flight(ProtocolVersion::tls1_3);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].first, code(ContentType::handshake));
  EXPECT_EQ(records[1].first, code(ContentType::change_cipher_spec));
  EXPECT_EQ(records[2].first, code(ContentType::application_data));
}

// ServerHello, Certificate, ServerKeyExchange, ServerHelloDone.
TEST(HandshakeShapes, MessagesInTheClearHaveARecordEach) {
  const auto records = first_flight(ProtocolVersion::tls1_2);
  ASSERT_EQ(records.size(), 4U);
  for (const auto& [type, size] : records) EXPECT_EQ(type, code(ContentType::handshake));
  EXPECT_EQ(records[3].second, kHandshakeHeaderSize);
}

// RFC 8446 §5.1: legacy_record_version, 0x0301 for the first record of a client and no other.
TEST(HandshakeShapes, TheRecordOfAFirstClientHelloHasAnOldVersion) {
  Pair pair;
  pair.server_config->groups = {NamedGroup::secp384r1};  // asks for another ClientHello
  pair.restart();
  Bytes sent;
  pair.tamper = [&](const Connection& from, Bytes& bytes) {
    if (&from == pair.client.get()) sent.insert(sent.end(), bytes.begin(), bytes.end());
  };
  ASSERT_TRUE(pair.handshake());
  std::vector<int> versions;
  for (std::size_t at = 0; at + limits::kRecordHeader <= sent.size();) {
    versions.push_back(sent[at + 1] << 8 | sent[at + 2]);
    at += limits::kRecordHeader + (static_cast<std::size_t>(sent[at + 3]) << 8 | sent[at + 4]);
  }
  // A change_cipher_spec, the second ClientHello and the last flight follow.
  ASSERT_GE(versions.size(), 4U);
  EXPECT_EQ(versions.front(), 0x0301);
  EXPECT_EQ(std::ranges::count(versions, 0x0303), std::ssize(versions) - 1);
}

// What only TLS 1.2 uses is not said where it is not offered.
TEST(HandshakeShapes, AClientOfTls13AloneLeavesOlderExtensionsOut) {
  for (const bool older_too : {false, true}) {
    Pair pair;
    pair.client_config->min_version = older_too ? ProtocolVersion::tls1_2 : ProtocolVersion::tls1_3;
    pair.client_config->max_version = ProtocolVersion::tls1_3;
    pair.restart();
    Bytes hello;
    pair.tamper = [&](const Connection& from, Bytes& bytes) {
      if (&from == pair.client.get() && hello.empty()) hello = bytes;
    };
    ASSERT_TRUE(pair.handshake());
    const std::size_t before = limits::kRecordHeader + kHandshakeHeaderSize;
    const Result<ClientHello> parsed = ClientHello::parse(ByteView(hello).subspan(before));
    ASSERT_TRUE(parsed);
    for (const ExtensionType type :
         {ExtensionType::ec_point_formats, ExtensionType::session_ticket,
          ExtensionType::encrypt_then_mac, ExtensionType::extended_master_secret}) {
      EXPECT_EQ(parsed->extensions.find(type) != nullptr, older_too) << code(type);
    }
  }
}

}  // namespace
}  // namespace ciao::tls::testing
