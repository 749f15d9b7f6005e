// max_fragment_length (RFC 6066 §4): its values, and the records that it allows.
#include "engine/hello_editing.h"

namespace ciao::tls::testing {
namespace {

using A = AlertDescription;
using X = ExtensionType;

constexpr ProtocolVersion kVersions[] = {ProtocolVersion::tls1_2, ProtocolVersion::tls1_3};

Edit with(Bytes content) {
  return [=](EditableHello& hello) {
    hello.remove(X::max_fragment_length);
    hello.extensions.insert(hello.extensions.begin(), {X::max_fragment_length, content});
  };
}

Deviation answer_with(Bytes content) {
  return [=](Outgoing& out) {
    if (out.type != HandshakeType::encrypted_extensions) return;
    EditableHello message = take_apart(out.message, 0);
    with(content)(message);
    out.message = put_together(HandshakeType::encrypted_extensions, message);
  };
}

struct Case {
  Bytes content;
  AlertDescription alert;
  Reason reason;
};
const Case kBad[] = {
    {{0}, A::illegal_parameter, Reason::ssl3_ext_invalid_max_fragment_length},
    {{5}, A::illegal_parameter, Reason::ssl3_ext_invalid_max_fragment_length},
    {{255}, A::illegal_parameter, Reason::ssl3_ext_invalid_max_fragment_length},
    {{}, A::decode_error, Reason::bad_extension},
    {{1, 1}, A::decode_error, Reason::bad_extension},
};

TEST(FragmentLength, AServerRefusesWhatIsNoLength) {
  for (const bool tls12 : {false, true}) {
    for (const Case& bad : kBad) {
      Duel duel(Role::server);
      if (tls12) duel.speak_tls12();
      duel.deviate(edit_hello(HandshakeType::client_hello, 0, with(bad.content)));
      expect_refused(duel, bad.alert, bad.reason);
    }
  }
}

TEST(FragmentLength, AClientRefusesWhatIsNotItsLength) {
  std::vector<Case> cases(std::begin(kBad), std::end(kBad));
  cases.push_back({{3}, A::illegal_parameter, Reason::ssl3_ext_invalid_max_fragment_length});
  for (const Case& bad : cases) {
    Duel duel(Role::client);
    duel.victim_config->max_fragment_length = 2;
    duel.deviate(answer_with(bad.content));
    expect_refused(duel, bad.alert, bad.reason);
    Duel older(Role::client);
    older.speak_tls12();
    older.victim_config->max_fragment_length = 2;
    older.deviate(edit_hello(HandshakeType::server_hello, 0, with(bad.content)));
    expect_refused(older, bad.alert, bad.reason);
  }
}

TEST(FragmentLength, AClientRefusesAnAnswerWithoutAQuestion) {
  Duel duel(Role::client);
  duel.deviate(answer_with({2}));
  expect_refused(duel, A::unsupported_extension, Reason::unsolicited_extension);
}

// Both sides send short records, and refuse longer ones.
TEST(FragmentLength, BindsBothSides) {
  for (const ProtocolVersion version : kVersions) {
    Pair pair;
    pair.client_config->max_version = version;
    pair.client_config->max_fragment_length = 1;
    ASSERT_TRUE(pair.handshake());
    EXPECT_EQ(pair.client->session()->max_fragment_length, 1);
    EXPECT_EQ(pair.client->max_fragment(), 512U);
    EXPECT_EQ(pair.server->max_fragment(), 512U);
    EXPECT_EQ(pair.client->write(Bytes(600, 'x')).value_or(0), 512U);
    const Ref<Session> session = pair.client->session();
    pair.restart();
    pair.client->set_session(session);
    ASSERT_TRUE(pair.handshake());
    EXPECT_TRUE(pair.client->negotiated().resumed);
    EXPECT_EQ(pair.server->max_fragment(), 512U);
    EXPECT_EQ(pair.client->max_fragment(), 512U);
  }
}

TEST(FragmentLength, ALongerRecordIsAnOverflow) {
  for (const bool tls12 : {false, true}) {
    for (const std::size_t size : {512U, 513U}) {
      Duel duel(Role::client);
      if (tls12) duel.speak_tls12();
      duel.victim_config->max_fragment_length = 1;
      ASSERT_TRUE(duel.run());
      ASSERT_TRUE(duel.peer_channel.flush_flight());
      ASSERT_TRUE(duel.peer_channel.write_data(Bytes(size, 'x')));
      duel.deliver_to_victim();
      EXPECT_EQ(duel.error.has_value(), size > 512);
      if (size <= 512) continue;
      expect_died(duel, A::record_overflow, Reason::data_length_too_long);
    }
  }
}

// A resumed session's length holds whatever the client asks for.
TEST(FragmentLength, AResumedSessionKeepsItsOwn) {
  for (const ProtocolVersion version : kVersions) {
    for (const std::uint8_t second : {std::uint8_t{0}, std::uint8_t{3}}) {
      Pair pair;
      pair.client_config->max_version = version;
      pair.client_config->max_fragment_length = 2;
      ASSERT_TRUE(pair.handshake());
      const Ref<Session> session = pair.client->session();
      pair.client_config->max_fragment_length = second;
      pair.restart();
      pair.client->set_session(session);
      const bool done = pair.handshake();
      EXPECT_EQ(done, second == 0);
      if (done) {
        EXPECT_TRUE(pair.client->negotiated().resumed);
        EXPECT_EQ(pair.client->max_fragment(), 1024U);
        EXPECT_EQ(pair.server->max_fragment(), 1024U);
      } else {
        ASSERT_TRUE(pair.client_error);
        EXPECT_EQ(code(pair.client_error->reason),
                  code(Reason::ssl3_ext_invalid_max_fragment_length));
        EXPECT_EQ(code(pair.client_error->alert), code(AlertDescription::illegal_parameter));
      }
    }
  }
}

// Early data goes before the server has said anything: by what it agreed to when it gave the
// ticket.
TEST(FragmentLength, EarlyDataKeepsToTheSessions) {
  for (const bool retry : {false, true}) {
    Pair pair;
    pair.client_config->max_fragment_length = 1;
    pair.server_config->max_early_data = 8000;
    ASSERT_TRUE(pair.handshake());
    const Ref<Session> session = pair.client->session();
    pair.client_config->max_fragment_length = 0;
    if (retry) {
      pair.server_hooks.tickets->clear();
      pair.client_config->groups = {NamedGroup::x25519, NamedGroup::secp256r1};
      pair.server_config->groups = {NamedGroup::secp256r1};
    }
    pair.restart();
    pair.client->set_session(session);
    pair.client->use_early_data();
    pair.server->use_early_data();
    ASSERT_TRUE(pair.client->advance());
    ASSERT_TRUE(pair.client->announce_early_data(2000));
    std::vector<std::size_t> records;
    for (std::size_t left = 2000; left > 0; left -= records.back()) {
      const Result<std::size_t> written = pair.client->write_early_data(Bytes(left, 'e'));
      ASSERT_TRUE(written);
      records.push_back(*written);
    }
    EXPECT_EQ(records, (std::vector<std::size_t>{512, 512, 512, 464}));
    bool again = false;
    pair.tamper = [&](const Connection& from, Bytes&) {
      if (&from != pair.client.get() || !from.negotiated().hello_retry || again) return;
      again = true;
      EXPECT_EQ(from.max_fragment(), limits::kMaxPlaintext);
    };
    if (retry) {
      pair.client->end_early_data();
      EXPECT_TRUE(pair.handshake());
      EXPECT_EQ(pair.client->max_fragment(), limits::kMaxPlaintext);
    } else {
      EXPECT_EQ(pair.read_all(*pair.server), Bytes(2000, 'e'));
    }
    EXPECT_EQ(again, retry);
    EXPECT_FALSE(pair.server_error);
  }
}

}  // namespace
}  // namespace ciao::tls::testing
