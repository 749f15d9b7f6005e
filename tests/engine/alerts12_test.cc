// Alerts, HelloRequest and what comes after the handshake, in TLS 1.2 (RFC 5246 §7.2, §7.4.1.1).
#include "engine/misbehaving_peer.h"
#include "record/limits.h"

namespace ciao::tls::testing {
namespace {

using T = HandshakeType;

struct Duel12 : Duel {
  explicit Duel12(Role role) : Duel(role) { speak_tls12(); }
  void before(HandshakeType type, std::function<void()> act) {
    deviate([type, act, done = false](Outgoing& out) mutable {
      if (out.type == type && !std::exchange(done, true)) act();
    });
  }
  void send_alert(unsigned level, unsigned description) {
    EXPECT_TRUE(peer_channel.flush_flight());
    EXPECT_TRUE(peer_channel.write_alert(static_cast<AlertLevel>(level),
                                         static_cast<AlertDescription>(description)));
  }
};

constexpr unsigned kWarning = 1;
constexpr unsigned kFatal = 2;
constexpr unsigned kUnrecognizedName = 112;
const Bytes kHelloRequest = {code(T::hello_request), 0, 0, 0};

class Roles12 : public ::testing::TestWithParam<Role> {
 protected:
  // From the peer's first message to its last.
  std::vector<HandshakeType> places() const {
    if (GetParam() == Role::client) {
      return {T::server_hello, T::certificate, T::server_key_exchange, T::new_session_ticket,
              T::finished};
    }
    return {T::client_key_exchange, T::finished};
  }
};
INSTANTIATE_TEST_SUITE_P(All, Roles12, ::testing::Values(Role::client, Role::server));

// --- during the handshake ---

// Servers warn of a name that they do not know before their ServerHello, whatever the client offers
// beside TLS 1.2.
TEST_P(Roles12, AFewWarningsAreNoMatter) {
  for (const HandshakeType place : places()) {
    for (const bool offers_tls13 : {false, true}) {
      SCOPED_TRACE(int{code(place)});
      Duel12 duel(GetParam());
      if (offers_tls13) duel.victim_config->max_version = ProtocolVersion::unset;
      if (offers_tls13 && GetParam() == Role::client) {
        // Or its ServerHello would look like a downgrade.
        duel.peer_config->max_version = ProtocolVersion::tls1_2;
      }
      duel.before(place, [&] {
        for (int i = 0; i < 4; ++i) duel.send_alert(kWarning, kUnrecognizedName);
      });
      EXPECT_TRUE(duel.run());
    }
  }
}

// CVE-2016-8610.
TEST_P(Roles12, ManyWarningsAreRefused) {
  for (const HandshakeType place : places()) {
    SCOPED_TRACE(int{code(place)});
    Duel12 duel(GetParam());
    duel.before(place, [&] {
      for (int i = 0; i < 5; ++i) duel.send_alert(kWarning, kUnrecognizedName);
    });
    expect_refused(duel, AlertDescription::unexpected_message, Reason::too_many_warn_alerts);
  }
}

TEST_P(Roles12, AFatalAlertEndsTheHandshakeWithoutAnAnswer) {
  for (const HandshakeType place : places()) {
    Duel12 duel(GetParam());
    duel.before(place, [&] { duel.send_alert(kFatal, 40); });
    EXPECT_FALSE(duel.run());
    ASSERT_TRUE(duel.error);
    EXPECT_EQ(code(duel.reason()), 1040);
    EXPECT_EQ(duel.error->on_wire, OnWire::silent);
    EXPECT_EQ(code(duel.victim->peer_alert()), 40);
  }
}

TEST_P(Roles12, AnUnknownLevelIsRefused) {
  for (const HandshakeType place : places()) {
    for (const unsigned level : {0U, 3U, 255U}) {
      for (const unsigned description : {0U, 40U, 90U, 112U}) {
        Duel12 duel(GetParam());
        duel.before(place, [&] { duel.send_alert(level, description); });
        expect_refused(duel, AlertDescription::illegal_parameter, Reason::unknown_alert_type);
      }
    }
  }
}

TEST_P(Roles12, AnAlertOfAnotherSizeIsRefused) {
  for (const Bytes& content : {Bytes{}, Bytes{1}, Bytes{1, 112, 1}, Bytes{1, 112, 1, 112}}) {
    Duel12 duel(GetParam());
    duel.channel.before_change_cipher_spec = [&] {
      duel.send_raw(ContentType::alert, content);
      return true;
    };
    expect_refused(duel, AlertDescription::unexpected_message, Reason::invalid_alert);
  }
}

// Nobody has asked for a renegotiation.
TEST_P(Roles12, NoRenegotiationIsRefused) {
  Duel12 duel(GetParam());
  duel.before(places().back(), [&] { duel.send_alert(kWarning, 100); });
  expect_refused(duel, AlertDescription::handshake_failure, Reason::no_renegotiation);
}

// RFC 5246 §7.4.1.1: a HelloRequest in the middle of a handshake is ignored, and not hashed.
TEST(HelloRequest12, IsSkippedDuringTheHandshake) {
  for (const HandshakeType place : {T::server_hello, T::certificate, T::server_key_exchange,
                                    T::server_hello_done, T::new_session_ticket, T::finished}) {
    SCOPED_TRACE(int{code(place)});
    Duel12 duel(Role::client);
    duel.before(place, [&] { EXPECT_TRUE(duel.peer_channel.send(kHelloRequest)); });
    EXPECT_TRUE(duel.run());
  }
}

TEST(HelloRequest12, IsSkippedBeforeChangeCipherSpec) {
  Duel12 duel(Role::client);
  duel.channel.before_change_cipher_spec = [&] {
    duel.send_message(kHelloRequest);
    return true;
  };
  EXPECT_TRUE(duel.run());
}

TEST(HelloRequest12, IsRefusedWithContent) {
  for (const HandshakeType place : {T::server_hello, T::certificate, T::finished}) {
    Duel12 duel(Role::client);
    duel.before(place, [&] {
      EXPECT_TRUE(duel.peer_channel.send(Bytes{code(T::hello_request), 0, 0, 1, 0}));
    });
    expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
  }
}

TEST(HelloRequest12, AFloodIsRefused) {
  for (const unsigned count : {limits::kMaxHelloRequests, limits::kMaxHelloRequests + 1}) {
    Duel12 duel(Role::client);
    duel.before(T::certificate, [&] {
      for (unsigned i = 0; i < count; ++i) EXPECT_TRUE(duel.peer_channel.send(kHelloRequest));
    });
    EXPECT_EQ(duel.run(), count == limits::kMaxHelloRequests);
  }
}

TEST(HelloRequest12, IsRefusedByAServer) {
  for (const HandshakeType place : {T::client_hello, T::client_key_exchange, T::finished}) {
    Duel12 duel(Role::server);
    duel.before(place, [&] { EXPECT_TRUE(duel.peer_channel.send(kHelloRequest)); });
    expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
  }
}

// TLS 1.3 has no such message (RFC 8446 §B.3 reserves its number).
TEST(HelloRequest12, IsRefusedByAClientOfTls13) {
  for (const bool offers_tls12 : {false, true}) {
    Duel duel(Role::client);
    if (offers_tls12) duel.victim_config->min_version = ProtocolVersion::tls1_2;
    duel.victim_config->suites12 = {Duel::kEcdsaGcm};
    duel.deviate([](Outgoing& out) {
      if (out.type == T::encrypted_extensions) {
        EXPECT_TRUE(out.channel.send(kHelloRequest));
      }
    });
    expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
  }
}

// --- after the handshake ---

TEST_P(Roles12, CloseNotifyClosesAtLevelWarningAlone) {
  for (const unsigned level : {kWarning, kFatal, 3U}) {
    Duel12 duel(GetParam());
    ASSERT_TRUE(duel.run());
    duel.send_alert(level, 0);
    duel.deliver_to_victim();
    const auto side = duel.victim->close_state().read_side();
    if (level == kWarning) {
      EXPECT_FALSE(duel.error);
      EXPECT_EQ(side, CloseState::ReadSide::close_notify);
    } else if (level == kFatal) {
      ASSERT_TRUE(duel.error);
      EXPECT_EQ(code(duel.reason()), 1000);
      EXPECT_EQ(side, CloseState::ReadSide::peer_alert);
    } else {
      expect_died(duel, AlertDescription::illegal_parameter, Reason::unknown_alert_type);
    }
  }
}

TEST_P(Roles12, WarningsBetweenDataDoNotAddUp) {
  Duel12 duel(GetParam());
  ASSERT_TRUE(duel.run());
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 4; ++i) duel.send_alert(kWarning, 90);
    EXPECT_TRUE(duel.peer_channel.write_data(as_bytes("data")));
    duel.deliver_to_victim();
    ASSERT_FALSE(duel.error);
  }
  for (int i = 0; i < 5; ++i) duel.send_alert(kWarning, 90);
  duel.deliver_to_victim();
  expect_died(duel, AlertDescription::unexpected_message, Reason::too_many_warn_alerts);
}

TEST_P(Roles12, ChangeCipherSpecAfterTheHandshake) {
  Duel12 duel(GetParam());
  ASSERT_TRUE(duel.run());
  EXPECT_TRUE(duel.peer_channel.send_change_cipher_spec());
  duel.deliver_to_victim();
  expect_died(duel, AlertDescription::unexpected_message, Reason::ccs_received_early);
}

// OpenSSL's word for it. Nothing of ours follows a close_notify, no alert either.
TEST_P(Roles12, RecordsOutOfPlaceAfterOurCloseNotify) {
  constexpr auto kUnknown = static_cast<ContentType>(99);
  for (const ContentType type : {ContentType::change_cipher_spec, kUnknown}) {
    Duel12 duel(GetParam());
    ASSERT_TRUE(duel.run());
    duel.victim->close_state().want_close_notify();
    ASSERT_TRUE(duel.victim->seal_close_notify());
    if (type == kUnknown) {
      duel.send_raw(type, Bytes(40));
    } else {
      EXPECT_TRUE(duel.peer_channel.send_change_cipher_spec());
    }
    duel.deliver_to_victim();
    ASSERT_TRUE(duel.error);
    EXPECT_EQ(code(duel.reason()), code(Reason::application_data_after_close_notify));
    EXPECT_EQ(duel.alert(), std::nullopt);
    EXPECT_EQ(duel.victim->phase(), Phase::dead);
  }
}

// A renegotiation that is not wanted: "no_renegotiation" is a warning, and the connection goes on.
TEST_P(Roles12, ARenegotiationIsDeclined) {
  Duel12 duel(GetParam());
  // A client would follow.
  duel.victim_config->options |= option::kNoRenegotiation;
  ASSERT_TRUE(duel.run());
  duel.victim_hooks.alerts.clear();
  duel.send_message(GetParam() == Role::client ? kHelloRequest
                                               : Bytes{code(T::client_hello), 0, 0, 0});
  duel.deliver_to_victim();
  EXPECT_FALSE(duel.error);
  ASSERT_EQ(duel.victim_hooks.alerts.size(), 1U);
  EXPECT_EQ(duel.victim_hooks.alerts[0].first, Flow::sent);
  EXPECT_EQ(code(duel.victim_hooks.alerts[0].second.level), code(AlertLevel::warning));
  EXPECT_EQ(code(duel.victim_hooks.alerts[0].second.description),
            code(AlertDescription::no_renegotiation));
  EXPECT_EQ(duel.victim->phase(), Phase::established);
  EXPECT_TRUE(duel.victim->write(as_bytes("still here")));
}

TEST_P(Roles12, EveryOtherMessageAfterTheHandshakeIsRefused) {
  const int wanted = code(GetParam() == Role::client ? T::hello_request : T::client_hello);
  for (int type = 0; type < 256; ++type) {
    if (type == wanted) continue;
    SCOPED_TRACE(type);
    Duel12 duel(GetParam());
    ASSERT_TRUE(duel.run());
    duel.send_message(Bytes{static_cast<std::uint8_t>(type), 0, 0, 0});
    duel.deliver_to_victim();
    expect_died(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
  }
}

}  // namespace
}  // namespace ciao::tls::testing
