// psk_ke (RFC 8446 §4.2.9): a pre-shared key without a key exchange, where both sides allow it.
#include "engine/external_psk.h"
#include "engine/hello_editing.h"

namespace ciao::tls::testing {
namespace {

using A = AlertDescription;
using X = ExtensionType;

const Bytes kKeOnly = {1, code(PskKeyExchangeMode::psk_ke)};
const Bytes kDheOnly = {1, code(PskKeyExchangeMode::psk_dhe_ke)};
const Bytes kBoth = {2, code(PskKeyExchangeMode::psk_dhe_ke), code(PskKeyExchangeMode::psk_ke)};

// The peer is free to do without shares.
struct KeDuel : PskDuel {
  explicit KeDuel(Role victims, bool allowed = true) : PskDuel(victims) {
    peer_config->options |= option::kAllowNoDheKex;
    if (allowed) victim_config->options |= option::kAllowNoDheKex;
  }
  bool alone() const {
    return victim->negotiated().resumed && victim->negotiated().group == NamedGroup::none;
  }
};

struct KePair : Pair {
  explicit KePair(bool server_allows = true) {
    client_config->options |= option::kAllowNoDheKex;
    if (server_allows) server_config->options |= option::kAllowNoDheKex;
    for (Config* config : {&*client_config, &*server_config}) config->suites13 = {kSha256Suite};
    for (TestHooks* side : {&client_hooks, &server_hooks}) {
      side->external_psks[kIdentity] = make_psk();
    }
    client_config->groups = {NamedGroup::x25519};
    server_config->groups = {NamedGroup::secp384r1};
    restart();
  }
};

// What the client lists does not show in its own keys: it derives what ServerHello says.
Deviation hello_with(const Bytes& modes, bool share) {
  return edit_hello(HandshakeType::client_hello, 0, [=](EditableHello& hello) {
    *hello.find(X::psk_key_exchange_modes) = modes;
    if (!share) *hello.find(X::key_share) = {0, 0};
  });
}

TEST(PskKe, AClientOffersItOnlyWhereItIsAllowed) {
  for (const bool allowed : {false, true}) {
    KeDuel duel(Role::client, allowed);
    ASSERT_TRUE(duel.run());
    EditableHello hello =
        take_apart(duel.channel.client_hello,
                   head_size(HandshakeType::client_hello, duel.channel.client_hello));
    EXPECT_EQ(*hello.find(X::psk_key_exchange_modes), allowed ? kBoth : kDheOnly);
    EXPECT_FALSE(duel.alone());  // a share was there to be taken
  }
}

TEST(PskKe, AServerTakesItWhereNoShareCanBeHad) {
  KePair pair;
  ASSERT_TRUE(pair.handshake());
  for (const Connection* side : {pair.client.get(), pair.server.get()}) {
    EXPECT_TRUE(side->negotiated().resumed);
    EXPECT_EQ(side->negotiated().group, NamedGroup::none);
  }
  pair.expect_data_flows();
}

TEST(PskKe, AServerThatDoesNotAllowItNeedsAShare) {
  KePair pair(false);
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::no_suitable_key_share));
}

TEST(PskKe, AShareThatCanBeAskedForIsAskedFor) {
  KePair pair;
  pair.client_config->groups = {NamedGroup::x25519, NamedGroup::secp384r1};
  pair.restart();
  ASSERT_TRUE(pair.handshake());
  EXPECT_TRUE(pair.client->negotiated().hello_retry);
  EXPECT_TRUE(pair.client->negotiated().resumed);
  EXPECT_EQ(pair.client->negotiated().group, NamedGroup::secp384r1);
}

// Without a key that is known there is no handshake without a share.
TEST(PskKe, AnUnknownKeyDoesNotStandInForAShare) {
  KePair pair;
  pair.server_hooks.external_psks.clear();
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::no_suitable_key_share));
}

// With psk_ke alone in the client's list no share is looked at. (The peer's binder is one over
// another list.)
TEST(PskKe, AServerChecksTheBinderWithoutAShare) {
  KeDuel duel(Role::server);
  duel.deviate(hello_with(kKeOnly, false));
  expect_refused(duel, A::decrypt_error, Reason::binder_does_not_verify);
}

TEST(PskKe, AServerThatDoesNotAllowItDoesNotLookForTheKey) {
  KeDuel duel(Role::server, false);
  duel.deviate(hello_with(kKeOnly, true));
  EXPECT_FALSE(duel.run());  // the peer, who knows nothing of this, ends it
  EXPECT_FALSE(duel.error && duel.reason() == Reason::binder_does_not_verify);
  EXPECT_FALSE(duel.victim->negotiated().resumed);
  EXPECT_EQ(duel.victim_hooks.psk_lookups, 0);
}

Deviation without_share() {
  return edit_hello(HandshakeType::server_hello, 0,
                    [](EditableHello& hello) { hello.remove(X::key_share); });
}

// RFC 8446 §4.2.9: a client that did not offer it must not be talked out of the key exchange.
TEST(PskKe, AClientThatDidNotOfferItRefusesAnAnswerWithoutAShare) {
  KeDuel duel(Role::client, false);
  duel.deviate(without_share());
  expect_refused(duel, A::missing_extension, Reason::no_suitable_key_share);
}

TEST(PskKe, AClientRefusesAFullHandshakeWithoutAShare) {
  KeDuel duel(Role::client);
  duel.peer_hooks.external_psks.clear();
  duel.deviate(without_share());
  expect_refused(duel, A::missing_extension, Reason::no_suitable_key_share);
}

// It is no proof: the keys come from the PSK, and a peer without it fails.
TEST(PskKe, AClientFailsWithAServerThatHasAnotherKey) {
  KeDuel duel(Role::client);
  duel.deviate([&](Outgoing& out) {
    if (out.type == HandshakeType::finished) out.message.back() ^= 1;
  });
  expect_refused(duel, A::decrypt_error, Reason::digest_check_failed);
}

}  // namespace
}  // namespace ciao::tls::testing
