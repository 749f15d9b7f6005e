// Early data (RFC 8446 §2.3, §4.2.10): taken, refused, and out of place.
#include "engine/hello_editing.h"
#include "engine/pair.h"

namespace ciao::tls::testing {
namespace {

constexpr std::uint32_t kLimit = 1000;

// A client with a ticket for early data, and the server that gave it.
struct Resuming {
  Pair pair;
  Ref<Session> session;

  explicit Resuming(std::string alpn = "", std::uint32_t limit = kLimit) {
    if (!alpn.empty()) {
      pair.client_config->alpn = Bytes(1, static_cast<std::uint8_t>(alpn.size()));
      pair.client_config->alpn.insert(pair.client_config->alpn.end(), alpn.begin(), alpn.end());
      pair.server_hooks.alpn_choice = alpn;
    }
    pair.server_config->max_early_data = limit;
    EXPECT_TRUE(pair.handshake());
    session = pair.client->session();
    EXPECT_EQ(session->max_early_data, limit);
    reset();
  }

  // Both are made anew from the configurations; the application asks for early data on both sides.
  void reset() {
    pair.restart();
    pair.client_hooks.keys.clear();
    pair.server_hooks.keys.clear();
    pair.client_hooks.messages.clear();
    pair.client->set_session(session);
    pair.client->use_early_data();
    pair.server->use_early_data();
  }

  // What the server keeps of the ticket.
  Session& kept() { return *pair.server_hooks.tickets->at(session->ticket); }

  void begin() {
    const Result<Wait> wait = pair.client->advance();
    ASSERT_TRUE(wait);
    EXPECT_EQ(*wait, Wait::early_data);
    EXPECT_TRUE(pair.client->in_early_data());
    EXPECT_FALSE(pair.client->in_init());
  }
  void write(ByteView data) {
    ASSERT_TRUE(pair.client->announce_early_data(data.size()));
    while (!data.empty()) {
      const Result<std::size_t> written = pair.client->write_early_data(data);
      ASSERT_TRUE(written);
      data = data.subspan(*written);
    }
  }
  void run() {
    while (pair.step()) {
    }
  }
  bool finish() {
    pair.client->end_early_data();
    pair.client->resume_handshake();
    pair.server->resume_handshake();
    return pair.handshake();
  }

  void expect_talk() {
    pair.write_all(*pair.client, as_bytes("late"));
    EXPECT_EQ(pair.read_all(*pair.server), to_bytes(as_bytes("late")));
    pair.write_all(*pair.server, as_bytes("answer"));
    EXPECT_EQ(pair.read_all(*pair.client), to_bytes(as_bytes("answer")));
  }

  // The client sends; the handshake succeeds without the server having read any of it.
  void expect_rejected() {
    begin();
    write(as_bytes("early"));
    run();
    EXPECT_TRUE(pair.server->readable().empty());
    EXPECT_EQ(pair.client->early_data_status(), EarlyDataStatus::rejected);
    EXPECT_EQ(pair.server->early_data_status(), EarlyDataStatus::rejected);
    ASSERT_TRUE(finish());
    EXPECT_EQ(pair.client->early_data_status(), EarlyDataStatus::rejected);
    EXPECT_EQ(pair.server->early_data_status(), EarlyDataStatus::rejected);
    Bytes material(16);
    EXPECT_FALSE(pair.server->export_early_keying_material("label", {}, material));
    expect_talk();
  }
};

std::size_t count(const TestHooks& hooks, HandshakeType type) {
  return static_cast<std::size_t>(
      std::count(hooks.messages.begin(), hooks.messages.end(), std::pair(Flow::sent, type)));
}

TEST(EarlyData, IsReadBeforeTheHandshakeIsComplete) {
  Resuming early;
  Pair& pair = early.pair;
  early.begin();
  early.write(as_bytes("early"));
  early.run();
  EXPECT_TRUE(pair.server->in_early_data());
  EXPECT_EQ(as_text(pair.server->readable()), "early");
  EXPECT_EQ(pair.server->phase(), Phase::handshaking);
  pair.server->consume_readable(5);
  EXPECT_EQ(pair.client->early_data_status(), EarlyDataStatus::accepted);
  EXPECT_EQ(pair.server->early_data_status(), EarlyDataStatus::accepted);

  // The server answers before it knows whether the client is there; the client goes on.
  pair.write_all(*pair.server, as_bytes("answer"));
  EXPECT_EQ(pair.read_all(*pair.client), to_bytes(as_bytes("answer")));
  EXPECT_EQ(pair.client->stage(), HandshakeStage::pending_early_data_end);
  // The exporter's secret hangs on the server's Finished alone (RFC 8446 §7.1).
  Bytes exported(32), exported_there(32);
  ASSERT_TRUE(pair.client->export_keying_material("label", as_bytes("c"), exported));
  ASSERT_TRUE(pair.server->export_keying_material("label", as_bytes("c"), exported_there));
  EXPECT_EQ(exported, exported_there);
  early.write(as_bytes("more"));
  EXPECT_EQ(pair.read_all(*pair.server), to_bytes(as_bytes("more")));
  EXPECT_EQ(pair.client->phase(), Phase::handshaking);

  ASSERT_TRUE(early.finish());
  EXPECT_EQ(count(pair.client_hooks, HandshakeType::end_of_early_data), 1u);
  EXPECT_EQ(pair.client_hooks.keys, pair.server_hooks.keys);
  EXPECT_TRUE(pair.client_hooks.keys.contains("CLIENT_EARLY_TRAFFIC_SECRET"));
  EXPECT_TRUE(pair.client_hooks.keys.contains("EARLY_EXPORTER_SECRET"));
  Bytes ours(32), theirs(32);
  ASSERT_TRUE(pair.client->export_early_keying_material("label", as_bytes("c"), ours));
  ASSERT_TRUE(pair.server->export_early_keying_material("label", as_bytes("c"), theirs));
  EXPECT_EQ(ours, theirs);
  EXPECT_NE(ours, Bytes(32));
  ASSERT_TRUE(pair.client->export_keying_material("label", as_bytes("c"), ours));
  EXPECT_EQ(ours, exported);
  early.expect_talk();
  // The new ticket allows it again.
  EXPECT_EQ(pair.client->session()->max_early_data, kLimit);
  EXPECT_NE(pair.client->session()->ticket, early.session->ticket);
}

TEST(EarlyData, TravelsInAnyPieces) {
  for (const bool compatible : {true, false}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
      SCOPED_TRACE(size);
      Resuming early("x", 60000);
      early.pair.server_config->recv_max_early_data = 60000;
      if (!compatible) early.pair.client_config->options &= ~option::kEnableMiddleboxCompat;
      early.reset();
      early.pair.wire.chunk = size;
      early.pair.wire.accepts = size;
      const Bytes data(40000, 'e');
      early.begin();
      early.write(data);
      EXPECT_EQ(early.pair.read_all(*early.pair.server), data);
      ASSERT_TRUE(early.finish());
      EXPECT_EQ(early.pair.server->early_data_status(), EarlyDataStatus::accepted);
      early.expect_talk();
    }
  }
}

// Nothing at all is early data, too.
TEST(EarlyData, MayBeEmpty) {
  Resuming early;
  early.begin();
  ASSERT_TRUE(early.finish());
  EXPECT_EQ(early.pair.client->early_data_status(), EarlyDataStatus::accepted);
  EXPECT_EQ(count(early.pair.client_hooks, HandshakeType::end_of_early_data), 1u);
  early.expect_talk();
}

TEST(EarlyData, ThePauseEndsWhenNobodyAskedForOne) {
  Resuming early;
  early.pair.restart();
  early.pair.client->set_session(early.session);
  ASSERT_TRUE(early.pair.handshake());
  EXPECT_EQ(early.pair.client->early_data_status(), EarlyDataStatus::not_sent);
  EXPECT_EQ(early.pair.server->early_data_status(), EarlyDataStatus::not_sent);
  Bytes material(16);
  EXPECT_FALSE(early.pair.client->export_early_keying_material("label", {}, material));
}

TEST(EarlyData, TheClientMayCloseBehindIt) {
  Resuming early;
  early.begin();
  early.write(as_bytes("early"));
  early.pair.client->close_state().want_close_notify();
  ASSERT_TRUE(early.pair.client->seal_close_notify());
  EXPECT_EQ(early.pair.read_all(*early.pair.server), to_bytes(as_bytes("early")));
  EXPECT_EQ(early.pair.server->close_state().read_side(), CloseState::ReadSide::close_notify);
}

// --- refused, with a handshake that goes on ---

struct Rejection {
  const char* name;
  std::function<void(Resuming&)> prepare;
};

class Rejections : public ::testing::TestWithParam<Rejection> {};

TEST_P(Rejections, TheDataIsSkipped) {
  Resuming early("x");
  GetParam().prepare(early);
  early.expect_rejected();
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, Rejections,
    ::testing::Values(
        Rejection{"ServerDoesNotAsk",
                  [](Resuming& early) {
                    early.pair.server = std::make_unique<Connection>(
                        early.pair.algorithms, early.pair.server_config,
                        early.pair.server_hooks.hooks());
                    early.pair.server->start_over(Role::server);
                  }},
        Rejection{"ServerTakesNone",
                  [](Resuming& early) {
                    early.pair.server_config->max_early_data = 0;
                    early.reset();
                  }},
        Rejection{"ApplicationSaysNo",
                  [](Resuming& early) { early.pair.server_hooks.allow_early = false; }},
        Rejection{"OtherProtocol",
                  [](Resuming& early) {
                    early.pair.client_config->alpn = {1, 'x', 1, 'y'};
                    early.pair.server_hooks.alpn_choice = "y";
                    early.reset();
                  }},
        Rejection{"OtherSuite", [](Resuming& early) { early.kept().suite = 0x1303; }},
        Rejection{"TicketWithoutAllowance",
                  [](Resuming& early) { early.kept().max_early_data = 0; }},
        Rejection{"TicketOlderThanItSays", [](Resuming& early) { early.kept().time -= 30; }},
        Rejection{"TicketYoungerThanItSays",
                  [](Resuming& early) { early.session->received_at_ms -= 30'000; }},
        Rejection{"TicketFromTheFuture", [](Resuming& early) { early.kept().time += 30; }},
        Rejection{"UnknownTicket",
                  [](Resuming& early) { early.pair.server_hooks.tickets->clear(); }},
        Rejection{"HelloRetryRequest",
                  [](Resuming& early) {
                    early.pair.client_config->groups = {NamedGroup::x25519, NamedGroup::secp256r1};
                    early.pair.server_config->groups = {NamedGroup::secp256r1};
                    early.reset();
                  }}),
    [](const auto& test) { return test.param.name; });

// RFC 8446 §4.2.11.1: what the application writes is never sent, and it is told so.
TEST(EarlyData, IsNotOfferedWithATicketThatHasExpired) {
  Resuming early;
  early.session->time -= 100'000;
  early.begin();
  early.write(as_bytes("early"));
  EXPECT_EQ(early.pair.client->early_data_status(), EarlyDataStatus::rejected);
  early.run();
  ASSERT_TRUE(early.finish());
  EXPECT_EQ(early.pair.server->early_data_status(), EarlyDataStatus::not_sent);
  EXPECT_FALSE(early.pair.server->negotiated().resumed);
  early.expect_talk();
}

// RFC 8446 §4.2.10: the second ClientHello goes in the clear and without the extension.
TEST(EarlyData, IsNotOfferedAgainAfterAHelloRetryRequest) {
  Resuming early;
  early.pair.client_config->groups = {NamedGroup::x25519, NamedGroup::secp256r1};
  early.pair.server_config->groups = {NamedGroup::secp256r1};
  early.reset();
  early.expect_rejected();
  EXPECT_TRUE(early.pair.server->negotiated().resumed);
  EXPECT_EQ(count(early.pair.client_hooks, HandshakeType::client_hello), 2u);
  EXPECT_EQ(count(early.pair.client_hooks, HandshakeType::end_of_early_data), 0u);
}

TEST(EarlyData, WhatIsWrittenAfterTheRefusalIsDropped) {
  Resuming early;
  early.pair.server_hooks.allow_early = false;
  early.begin();
  early.write(as_bytes("early"));
  early.run();
  early.write(as_bytes("more"));
  EXPECT_TRUE(early.pair.client->output().empty());
  ASSERT_TRUE(early.finish());
  early.expect_talk();
}

// --- limits ---

TEST(EarlyData, AClientSendsNoMoreThanTheTicketAllows) {
  Resuming early;
  early.begin();
  early.write(Bytes(kLimit, 'e'));
  const Result<void> more = early.pair.client->announce_early_data(1);
  ASSERT_FALSE(more);
  EXPECT_EQ(code(more.error().reason), code(Reason::too_much_early_data));
  EXPECT_EQ(code(more.error().alert), code(AlertDescription::internal_error));
  EXPECT_EQ(early.pair.client->phase(), Phase::dead);
}

void expect_too_much(Resuming& early) {
  early.begin();
  early.write(Bytes(kLimit + 1, 'e'));
  early.run();
  ASSERT_TRUE(early.pair.server_error);
  EXPECT_EQ(code(early.pair.server_error->reason), code(Reason::too_much_early_data));
  EXPECT_EQ(code(early.pair.server_error->alert), code(AlertDescription::unexpected_message));
  EXPECT_TRUE(early.pair.server->readable().empty());
}

TEST(EarlyData, AServerTakesNoMoreThanTheTicketAllowed) {
  Resuming early;
  early.session->max_early_data = 2 * kLimit;
  early.reset();
  expect_too_much(early);
}

TEST(EarlyData, AServerTakesNoMoreThanItsOwnLimit) {
  Resuming early("", 2 * kLimit);
  early.pair.server_config->recv_max_early_data = kLimit;
  early.reset();
  expect_too_much(early);
}

TEST(EarlyData, AServerSkipsNoMoreThanItsOwnLimit) {
  for (const std::uint32_t size : {8000u, 12000u}) {
    Resuming early("", 20000);
    early.pair.server_config->recv_max_early_data = 8000;
    early.pair.server_hooks.allow_early = false;
    early.reset();
    early.begin();
    early.write(Bytes(size, 'e'));
    early.run();
    EXPECT_EQ(early.finish(), size == 8000);
    if (size == 8000) continue;
    ASSERT_TRUE(early.pair.server_error);
    EXPECT_EQ(code(early.pair.server_error->reason), code(Reason::too_much_early_data));
  }
}

// --- a client that must not offer it ---

TEST(EarlyData, IsForTheHostOfTheSession) {
  Pair pair;
  pair.server_config->max_early_data = kLimit;
  pair.client_config->server_name = "one.example";
  pair.restart();
  ASSERT_TRUE(pair.handshake());
  const Ref<Session> session = pair.client->session();
  pair.client_config->server_name = "two.example";
  pair.restart();
  pair.client->set_session(session);
  pair.client->use_early_data();
  const Result<Wait> wait = pair.client->advance();
  ASSERT_FALSE(wait);
  EXPECT_EQ(code(wait.error().reason), code(Reason::inconsistent_early_data_sni));
}

TEST(EarlyData, IsForTheProtocolOfTheSession) {
  for (const Bytes& offer : {Bytes(), Bytes{1, 'y'}}) {
    Resuming early("x");
    early.pair.client_config->alpn = offer;
    early.reset();
    const Result<Wait> wait = early.pair.client->advance();
    ASSERT_FALSE(wait);
    EXPECT_EQ(code(wait.error().reason), code(Reason::inconsistent_early_data_alpn));
  }
}

// --- what a client refuses ---

// A duel whose two sides share a ticket for early data.
struct EarlyDuel : Duel {
  explicit EarlyDuel(Role role) : Duel(role) {
    Resuming source(protocol());
    TestHooks& server = role == Role::server ? victim_hooks : peer_hooks;
    server.tickets = source.pair.server_hooks.tickets;
    server.alpn_choice = protocol();
    (role == Role::client ? victim_config : peer_config)->alpn = {1, 'x'};
    session = source.session;
    session->id_context.assign(role == Role::client ? as_bytes("duel") : ByteView());
    for (const auto& [ticket, kept] : *server.tickets) {
      kept->id_context.assign(role == Role::server ? as_bytes("duel") : ByteView());
    }
    if (role == Role::client) {
      victim_session = session;
      victim_early_data = true;
    } else {
      victim_config->max_early_data = kLimit;
      victim_early_data = true;
      peer_session = session;
      peer_early_data = std::make_unique<EarlyData>();
      peer_early_data->writing = false;
    }
  }
  static std::string protocol() { return "x"; }

  Ref<Session> session;
};

void expect_refused(Duel& duel, AlertDescription alert, Reason reason) {
  EXPECT_FALSE(duel.run());
  ASSERT_TRUE(duel.error) << "the deviation was not noticed";
  EXPECT_EQ(code(duel.reason()), code(reason));
  EXPECT_EQ(code(duel.alert()), code(alert));
}

// The server says that it takes early data, which this one never does.
Deviation claim_early_data(Edit more = {}) {
  return [more](Outgoing& out) {
    if (out.type != HandshakeType::encrypted_extensions) return;
    EditableHello message = take_apart(out.message, 0);
    message.extensions.emplace_back(ExtensionType::early_data, Bytes());
    if (more) more(message);
    out.message = put_together(out.type, message);
  };
}

TEST(EarlyDataAtAClient, IsRejectedWithoutADeviation) {
  EarlyDuel duel(Role::client);
  EXPECT_TRUE(duel.run());
  EXPECT_EQ(duel.victim->early_data_status(), EarlyDataStatus::rejected);
}

TEST(EarlyDataAtAClient, TakenWithoutAnOffer) {
  EarlyDuel duel(Role::client);
  duel.victim_early_data = false;
  duel.deviate(claim_early_data());
  expect_refused(duel, AlertDescription::unsupported_extension, Reason::unsolicited_extension);
}

TEST(EarlyDataAtAClient, TakenWithContent) {
  EarlyDuel duel(Role::client);
  duel.deviate(claim_early_data(
      [](EditableHello& message) { *message.find(ExtensionType::early_data) = {0}; }));
  expect_refused(duel, AlertDescription::decode_error, Reason::bad_extension);
}

TEST(EarlyDataAtAClient, TakenWithoutTheSession) {
  EarlyDuel duel(Role::client);
  duel.peer_hooks.tickets = std::make_shared<std::map<Bytes, Ref<Session>>>();
  duel.deviate(claim_early_data());
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::bad_extension);
}

TEST(EarlyDataAtAClient, TakenWithAnotherSuite) {
  EarlyDuel duel(Role::client);
  // Of the same hash: resumption is fine, early data is not.
  duel.session->suite = 0x1303;
  for (const auto& [ticket, kept] : *duel.peer_hooks.tickets) kept->suite = 0x1303;
  duel.session->secret.shrink(32);
  for (const auto& [ticket, kept] : *duel.peer_hooks.tickets) kept->secret.shrink(32);
  duel.peer_config->suites13 = {0x1301};
  duel.deviate(claim_early_data());
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::bad_extension);
}

TEST(EarlyDataAtAClient, TakenWithoutTheProtocol) {
  EarlyDuel duel(Role::client);
  duel.deviate(claim_early_data([](EditableHello& message) {
    message.remove(ExtensionType::application_layer_protocol_negotiation);
  }));
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::bad_early_data);
}

TEST(EarlyDataAtAClient, TakenAfterAHelloRetryRequest) {
  EarlyDuel duel(Role::client);
  duel.victim_config->groups = {NamedGroup::x25519, NamedGroup::secp256r1};
  duel.peer_config->groups = {NamedGroup::secp256r1};
  duel.deviate(claim_early_data());
  expect_refused(duel, AlertDescription::unsupported_extension, Reason::unsolicited_extension);
}

// RFC 8446 §D.3
TEST(EarlyDataAtAClient, AnsweredWithTls12) {
  EarlyDuel duel(Role::client);
  duel.victim_config->min_version = ProtocolVersion::tls1_2;
  duel.victim_config->suites12 = {Duel::kEcdsaGcm};
  duel.peer_config->min_version = ProtocolVersion::tls1_2;
  duel.peer_config->max_version = ProtocolVersion::tls1_2;
  duel.peer_config->suites12 = {Duel::kEcdsaGcm};
  expect_refused(duel, AlertDescription::protocol_version, Reason::wrong_ssl_version);
}

// --- what a server refuses ---

TEST(EarlyDataAtAServer, IsTakenWithoutADeviation) {
  EarlyDuel duel(Role::server);
  EXPECT_TRUE(duel.run());
  EXPECT_EQ(duel.victim->early_data_status(), EarlyDataStatus::accepted);
}

TEST(EarlyDataAtAServer, WithoutAnEnd) {
  EarlyDuel duel(Role::server);
  duel.deviate([](Outgoing& out) { out.drop = out.type == HandshakeType::end_of_early_data; });
  // Finished comes under keys that are not in use yet.
  expect_refused(duel, AlertDescription::bad_record_mac,
                 Reason::decryption_failed_or_bad_record_mac);
}

TEST(EarlyDataAtAServer, AnEndWithContent) {
  EarlyDuel duel(Role::server);
  duel.deviate([](Outgoing& out) {
    if (out.type != HandshakeType::end_of_early_data) return;
    out.message.push_back(0);
    out.message[3] = 1;
  });
  expect_refused(duel, AlertDescription::decode_error, Reason::length_mismatch);
}

TEST(EarlyDataAtAServer, AnotherMessageInPlaceOfItsEnd) {
  EarlyDuel duel(Role::server);
  duel.deviate([](Outgoing& out) {
    if (out.type == HandshakeType::end_of_early_data) {
      out.message[0] = code(HandshakeType::finished);
    }
  });
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
}

TEST(EarlyDataAtAServer, AMessageBehindItsEndInTheSameRecord) {
  EarlyDuel duel(Role::server);
  duel.deviate([](Outgoing& out) {
    if (out.type == HandshakeType::end_of_early_data) out.message.push_back(0);
  });
  expect_refused(duel, AlertDescription::unexpected_message, Reason::not_on_record_boundary);
}

TEST(EarlyDataAtAServer, AnEndOfWhatWasRefused) {
  EarlyDuel duel(Role::server);
  duel.victim_hooks.allow_early = false;
  duel.deviate([](Outgoing& out) {
    if (out.type != HandshakeType::finished) return;
    const std::uint8_t end[] = {code(HandshakeType::end_of_early_data), 0, 0, 0};
    EXPECT_TRUE(out.channel.send(end));
  });
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
}

TEST(EarlyDataAtAServer, ApplicationDataBetweenItsEndAndFinished) {
  EarlyDuel duel(Role::server);
  duel.deviate([&](Outgoing& out) {
    if (out.type != HandshakeType::finished) return;
    EXPECT_TRUE(duel.peer_channel.flush_flight());
    EXPECT_TRUE(duel.peer_channel.write_data(as_bytes("too early")));
  });
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_record);
}

TEST(EarlyDataAtAServer, OfferedWithoutAPsk) {
  EarlyDuel duel(Role::server);
  duel.deviate(edit_hello(HandshakeType::client_hello, 0, [](EditableHello& hello) {
    hello.remove(ExtensionType::pre_shared_key);
  }));
  duel.run();
  EXPECT_EQ(duel.victim->early_data_status(), EarlyDataStatus::rejected);
}

}  // namespace
}  // namespace ciao::tls::testing
