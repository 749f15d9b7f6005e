// Next protocol negotiation (draft-agl-tls-nextprotoneg-04): who asks, what is refused, and where
// NextProtocol has to stand.
#include "engine/hello_editing.h"

namespace ciao::tls::testing {
namespace {

using A = AlertDescription;
using X = ExtensionType;

const Bytes kAdvertised = {2, 'h', '2', 1, 'x'};

// Both sides want it, in TLS 1.2.
struct NextProtocolDuel : Duel {
  explicit NextProtocolDuel(Role victims) : Duel(victims) {
    speak_tls12();
    TestHooks& client = victims == Role::client ? victim_hooks : peer_hooks;
    TestHooks& server = victims == Role::client ? peer_hooks : victim_hooks;
    client.next_protocol = "x";
    server.advertised = kAdvertised;
  }
};

struct NextProtocolPair : Pair {
  explicit NextProtocolPair(ProtocolVersion version = ProtocolVersion::tls1_2) {
    client_config->max_version = version;
    client_hooks.next_protocol = "x";
    server_hooks.advertised = kAdvertised;
  }
  void expect(std::string_view protocol) {
    EXPECT_EQ(as_text(client->negotiated().next_protocol), protocol);
    EXPECT_EQ(as_text(server->negotiated().next_protocol), protocol);
  }
  std::ptrdiff_t sent() const {
    return std::ranges::count(server_hooks.messages,
                              std::pair(Flow::received, HandshakeType::next_proto));
  }
};

TEST(NextProtocol, IsChosenByTheClient) {
  for (const std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
    NextProtocolPair pair;
    pair.wire = {chunk, chunk};
    ASSERT_TRUE(pair.handshake());
    pair.expect("x");
    EXPECT_EQ(as_text(pair.client_hooks.seen_advertised), as_text(kAdvertised));
    pair.expect_data_flows();
  }
}

// What the application gives need not fit the extension: that is our own failure, and no
// ServerHello goes out that the client could not read.
TEST(NextProtocol, ListsThatDoNotFitAreNotSent) {
  for (const std::size_t protocols : {std::size_t{255}, std::size_t{256}}) {
    NextProtocolPair pair;
    pair.server_hooks.advertised = Bytes();
    for (std::size_t i = 0; i < protocols; ++i) {
      pair.server_hooks.advertised->push_back(255);
      pair.server_hooks.advertised->insert(pair.server_hooks.advertised->end(), 255, 'x');
    }
    EXPECT_EQ(pair.handshake(), protocols == 255);
    if (protocols == 255) continue;
    ASSERT_TRUE(pair.server_error);
    EXPECT_EQ(code(pair.server_error->reason), code(Reason::internal_error));
    EXPECT_EQ(code(pair.server_error->alert), code(A::internal_error));
  }
}

TEST(NextProtocol, IsChosenAnewWhenASessionIsResumed) {
  NextProtocolPair pair;
  ASSERT_TRUE(pair.handshake());
  const Ref<Session> session = pair.client->session();
  pair.restart();
  pair.client->set_session(session);
  pair.client_hooks.next_protocol = "h2";
  ASSERT_TRUE(pair.handshake());
  EXPECT_TRUE(pair.client->negotiated().resumed);
  pair.expect("h2");
  pair.expect_data_flows();
}

TEST(NextProtocol, TakesBothSides) {
  NextProtocolPair silent_client;
  silent_client.client_hooks.next_protocol.clear();
  ASSERT_TRUE(silent_client.handshake());
  silent_client.expect("");
  NextProtocolPair silent_server;
  silent_server.server_hooks.advertised.reset();
  ASSERT_TRUE(silent_server.handshake());
  silent_server.expect("");
  EXPECT_EQ(silent_client.sent() + silent_server.sent(), 0);
}

// A list without protocols is one: the client may choose what is not in it.
TEST(NextProtocol, MayBeOneThatTheServerDidNotAdvertise) {
  NextProtocolPair pair;
  pair.server_hooks.advertised.emplace();
  ASSERT_TRUE(pair.handshake());
  pair.expect("x");
}

TEST(NextProtocol, GivesWayToAlpn) {
  NextProtocolPair pair;
  pair.client_config->alpn = kAdvertised;
  pair.server_hooks.alpn_choice = "h2";
  ASSERT_TRUE(pair.handshake());
  pair.expect("");
  EXPECT_EQ(as_text(pair.client->negotiated().alpn), "h2");
}

TEST(NextProtocol, IsNotPartOfTls13) {
  NextProtocolPair pair(ProtocolVersion::tls1_3);
  ASSERT_TRUE(pair.handshake());
  EXPECT_EQ(pair.client->negotiated().version, ProtocolVersion::tls1_3);
  pair.expect("");
}

TEST(NextProtocol, StaysTheSameInARenegotiation) {
  NextProtocolPair pair;
  ASSERT_TRUE(pair.handshake());
  pair.client_hooks.next_protocol = "h2";
  pair.server->request_renegotiation(true);
  ASSERT_TRUE(pair.handshake());
  EXPECT_EQ(pair.client->renegotiation().total, 1U);
  EXPECT_EQ(pair.sent(), 1);
  pair.expect("x");
}

TEST(NextProtocol, AServerRefusesAFinishedInItsPlace) {
  NextProtocolDuel duel(Role::server);
  duel.deviate([](Outgoing& out) { out.drop = out.type == HandshakeType::next_proto; });
  expect_refused(duel, A::unexpected_message, Reason::unexpected_message);
}

TEST(NextProtocol, AServerRefusesOneThatItDidNotAskFor) {
  Duel duel(Role::server);
  duel.speak_tls12();
  duel.deviate([](Outgoing& out) {
    if (out.type != HandshakeType::finished) return;
    EXPECT_TRUE(out.channel.send(Bytes{67, 0, 0, 4, 1, 'x', 1, 0}));
  });
  expect_refused(duel, A::unexpected_message, Reason::unexpected_message);
}

TEST(NextProtocol, AServerRefusesASecondOne) {
  NextProtocolDuel duel(Role::server);
  duel.deviate([](Outgoing& out) {
    if (out.type != HandshakeType::next_proto) return;
    EXPECT_TRUE(out.channel.send(out.message));
  });
  expect_refused(duel, A::unexpected_message, Reason::unexpected_message);
}

TEST(NextProtocol, AServerRefusesWhatIsMalformed) {
  const Bytes kBad[] = {{}, {0}, {1, 'x'}, {1, 'x', 1}, {1, 'x', 0, 0}, {2, 'x', 0}};
  for (const Bytes& body : kBad) {
    NextProtocolDuel duel(Role::server);
    duel.deviate([&](Outgoing& out) {
      if (out.type != HandshakeType::next_proto) return;
      out.message = {67, 0, 0, static_cast<std::uint8_t>(body.size())};
      out.message.insert(out.message.end(), body.begin(), body.end());
    });
    expect_refused(duel, A::decode_error, Reason::length_mismatch);
  }
}

TEST(NextProtocol, AServerRefusesAHugeOneBeforeItCame) {
  NextProtocolDuel duel(Role::server);
  duel.deviate([](Outgoing& out) {
    if (out.type == HandshakeType::next_proto) out.message = {67, 0, 2, 1};  // 513 bytes to come
  });
  expect_refused(duel, A::illegal_parameter, Reason::excessive_message_size);
}

Edit with(Bytes content) {
  return [=](EditableHello& hello) {
    hello.remove(X::next_protocol_negotiation);
    hello.extensions.emplace_back(X::next_protocol_negotiation, content);
  };
}

TEST(NextProtocol, AClientRefusesAListThatIsNone) {
  const Bytes kBad[] = {{0}, {2, 'x'}, {1, 'x', 0}, {1, 'x', 1}};
  for (const Bytes& list : kBad) {
    NextProtocolDuel duel(Role::client);
    duel.deviate(edit_hello(HandshakeType::server_hello, 0, with(list)));
    expect_refused(duel, A::decode_error, Reason::bad_extension);
    EXPECT_FALSE(duel.victim_hooks.seen_advertised.size()) << "the application saw it";
  }
}

TEST(NextProtocol, AClientRefusesAnAnswerWithoutAQuestion) {
  Duel duel(Role::client);
  duel.speak_tls12();
  duel.deviate(edit_hello(HandshakeType::server_hello, 0, with({1, 'x'})));
  expect_refused(duel, A::unsupported_extension, Reason::unsolicited_extension);
}

TEST(NextProtocol, AClientRefusesItInTls13) {
  Duel duel(Role::client);
  duel.victim_hooks.next_protocol = "x";
  duel.victim_config->min_version = ProtocolVersion::tls1_2;
  duel.deviate([](Outgoing& out) {
    if (out.type != HandshakeType::encrypted_extensions) return;
    EditableHello message = take_apart(out.message, 0);
    with({1, 'x'})(message);
    out.message = put_together(HandshakeType::encrypted_extensions, message);
  });
  expect_refused(duel, A::illegal_parameter, Reason::bad_extension);
}

TEST(NextProtocol, TheApplicationsRefusalEndsTheHandshake) {
  NextProtocolDuel duel(Role::client);
  duel.victim_hooks.refuses_protocols = true;
  expect_refused(duel, A::handshake_failure, Reason::bad_extension);
}

}  // namespace
}  // namespace ciao::tls::testing
