// Early data (RFC 8446 §2.3, §4.2.10): taken, rejected, and not offered.
#include "engine/early_data.h"

namespace ciao::tls::testing {
namespace {

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
  EXPECT_EQ(count_sent(pair.client_hooks, HandshakeType::end_of_early_data), 1u);
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
  EXPECT_EQ(count_sent(early.pair.client_hooks, HandshakeType::end_of_early_data), 1u);
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
  EXPECT_EQ(count_sent(early.pair.client_hooks, HandshakeType::client_hello), 2u);
  EXPECT_EQ(count_sent(early.pair.client_hooks, HandshakeType::end_of_early_data), 0u);
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
  EXPECT_EQ(code(wait.error().alert), code(AlertDescription::internal_error));
}

TEST(EarlyData, IsForTheProtocolOfTheSession) {
  for (const Bytes& offer : {Bytes(), Bytes{1, 'y'}}) {
    Resuming early("x");
    early.pair.client_config->alpn = offer;
    early.reset();
    const Result<Wait> wait = early.pair.client->advance();
    ASSERT_FALSE(wait);
    EXPECT_EQ(code(wait.error().reason), code(Reason::inconsistent_early_data_alpn));
    EXPECT_EQ(code(wait.error().alert), code(AlertDescription::internal_error));
  }
}

}  // namespace
}  // namespace ciao::tls::testing
