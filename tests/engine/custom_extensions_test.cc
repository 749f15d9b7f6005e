// Extensions of the application's: which of the peer's are refused before the application sees
// them (RFC 8446 §4.2), and that its own refusal ends the handshake.
#include "engine/hello_editing.h"
#include "messages/encrypted_extensions.h"

namespace ciao::tls::testing {
namespace {

using A = AlertDescription;

constexpr auto kType = static_cast<ExtensionType>(2000);
constexpr std::uint8_t kHellos =
    In::client_hello | In::server_hello12 | In::encrypted_extensions | In::certificate;

CustomExtension extension(std::uint8_t messages = kHellos) {
  CustomExtension made;
  made.type = kType;
  made.messages = messages;
  return made;
}

Edit append(Bytes content = {7}) {
  return [=](EditableHello& hello) {
    hello.extensions.insert(hello.extensions.begin(), {kType, content});
  };
}

// The peer puts the extension into EncryptedExtensions.
Deviation add_to_encrypted_extensions(ExtensionType type = kType) {
  return [=](Outgoing& out) {
    if (out.type != HandshakeType::encrypted_extensions) return;
    EditableHello message = take_apart(out.message, 0);
    message.extensions.push_back({type, {7}});
    out.message = put_together(HandshakeType::encrypted_extensions, message);
  };
}

TEST(CustomExtensions, AreExchangedInBothVersions) {
  for (const ProtocolVersion version : {ProtocolVersion::tls1_2, ProtocolVersion::tls1_3}) {
    Pair pair;
    pair.client_config->max_version = version;
    pair.client_hooks.extensions = {extension()};
    pair.server_hooks.extensions = {extension()};
    pair.server_hooks.extension_content = {3};
    ASSERT_TRUE(pair.handshake());
    ASSERT_EQ(pair.server_hooks.seen_extensions.size(), 1U);
    EXPECT_EQ(pair.server_hooks.seen_extensions[0].second, (Bytes{1, 2}));
    const bool tls13 = version == ProtocolVersion::tls1_3;
    ASSERT_EQ(pair.client_hooks.seen_extensions.size(), tls13 ? 2U : 1U);
    EXPECT_EQ(pair.client_hooks.seen_extensions[0].second, (Bytes{3}));
  }
}

TEST(CustomExtensions, UnsolicitedInServerHello) {
  Duel duel(Role::client);
  duel.speak_tls12();
  duel.victim_hooks.extensions = {extension()};
  duel.victim_hooks.silent_in = code(In::client_hello);
  duel.deviate(edit_hello(HandshakeType::server_hello, 0, append()));
  expect_refused(duel, A::unsupported_extension, Reason::bad_extension);
  EXPECT_TRUE(duel.victim_hooks.seen_extensions.empty());
}

TEST(CustomExtensions, UnsolicitedInEncryptedExtensions) {
  Duel duel(Role::client);
  duel.victim_hooks.extensions = {extension()};
  duel.victim_hooks.silent_in = code(In::client_hello);
  duel.deviate(add_to_encrypted_extensions());
  expect_refused(duel, A::unsupported_extension, Reason::bad_extension);
}

TEST(CustomExtensions, UnknownOnesStayUnsolicited) {
  Duel duel(Role::client);
  duel.victim_hooks.extensions = {extension()};
  duel.deviate(add_to_encrypted_extensions(static_cast<ExtensionType>(2001)));
  expect_refused(duel, A::unsupported_extension, Reason::unsolicited_extension);
}

TEST(CustomExtensions, InAnotherMessageThanTheirs) {
  Duel client(Role::client);
  client.victim_hooks.extensions = {extension(In::client_hello | In::certificate)};
  client.deviate(add_to_encrypted_extensions());
  expect_refused(client, A::illegal_parameter, Reason::bad_extension);
  Duel server(Role::server);
  server.victim_hooks.extensions = {extension(code(In::encrypted_extensions))};
  server.deviate(edit_hello(HandshakeType::client_hello, 0, append()));
  expect_refused(server, A::illegal_parameter, Reason::bad_extension);
}

TEST(CustomExtensions, ForDatagramsAlone) {
  Duel duel(Role::server);
  CustomExtension datagrams = extension();
  datagrams.datagram_only = true;
  duel.victim_hooks.extensions = {datagrams};
  duel.deviate(edit_hello(HandshakeType::client_hello, 0, append()));
  expect_refused(duel, A::illegal_parameter, Reason::bad_extension);
}

TEST(CustomExtensions, Doubled) {
  Duel duel(Role::server);
  duel.victim_hooks.extensions = {extension()};
  duel.deviate(edit_hello(HandshakeType::client_hello, 0, [](EditableHello& hello) {
    append()(hello);
    append()(hello);
  }));
  expect_refused(duel, A::illegal_parameter, Reason::bad_extension);
}

TEST(CustomExtensions, TheApplicationRefuses) {
  for (const Role victim : {Role::client, Role::server}) {
    for (const bool tls12 : {false, true}) {
      Duel duel(victim);
      if (tls12) duel.speak_tls12();
      duel.victim_hooks.extensions = {extension()};
      duel.peer_hooks.extensions = {extension()};
      duel.victim_hooks.refusal = Error{Reason::bad_extension, A::access_denied};
      expect_refused(duel, A::access_denied, Reason::bad_extension);
    }
  }
}

// What nobody asked for is not sent.
TEST(CustomExtensions, AServerAnswersOnlyWhatItWasAsked) {
  Pair pair;
  pair.server_hooks.extensions = {extension()};
  ASSERT_TRUE(pair.handshake());
}

TEST(CustomExtensions, IgnoredOnResumption) {
  for (const ProtocolVersion version : {ProtocolVersion::tls1_2, ProtocolVersion::tls1_3}) {
    Pair pair;
    pair.client_config->max_version = version;
    CustomExtension ignored = extension();
    ignored.ignored_on_resumption = true;
    pair.client_hooks.extensions = {ignored};
    pair.server_hooks.extensions = {ignored};
    ASSERT_TRUE(pair.handshake());
    const Ref<Session> session = pair.client->session();
    pair.restart();
    pair.client->set_session(session);
    pair.client_hooks.seen_extensions.clear();
    pair.server_hooks.seen_extensions.clear();
    ASSERT_TRUE(pair.handshake());
    EXPECT_TRUE(pair.server->negotiated().resumed);
    EXPECT_TRUE(pair.client_hooks.seen_extensions.empty());
    EXPECT_TRUE(pair.server_hooks.seen_extensions.empty());
  }
}

// RFC 5764 §4.1: "This extension MUST only be used with DTLS, and not with TLS".
TEST(UseSrtp, IsRefusedInTls) {
  for (const bool tls12 : {false, true}) {
    Duel duel(Role::server);
    if (tls12) duel.speak_tls12();
    duel.peer_config->srtp_profiles = {1};
    expect_refused(duel, A::illegal_parameter, Reason::bad_extension);
  }
  Duel client(Role::client);
  client.deviate(add_to_encrypted_extensions(ExtensionType::use_srtp));
  expect_refused(client, A::unsupported_extension, Reason::unsolicited_extension);
}

}  // namespace
}  // namespace ciao::tls::testing
