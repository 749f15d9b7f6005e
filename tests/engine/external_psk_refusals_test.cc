// What is refused about external PSKs (RFC 8446 §4.2.11, §4.2.9), each with its alert.
#include "engine/external_psk.h"
#include "engine/hello_editing.h"

namespace ciao::tls::testing {
namespace {

constexpr std::uint32_t kMaxEarlyData = 1000;

// --- what a client refuses ---

Deviation select_identity(std::uint8_t number) {
  return edit_hello(HandshakeType::server_hello, 0, [=](EditableHello& hello) {
    hello.remove(ExtensionType::pre_shared_key);
    hello.extensions.emplace_back(ExtensionType::pre_shared_key, Bytes{0, number});
  });
}

TEST(PskAtAClient, IsTakenWithoutADeviation) {
  PskDuel duel(Role::client);
  EXPECT_TRUE(duel.run());
  EXPECT_TRUE(duel.victim->negotiated().resumed);
}

TEST(PskAtAClient, IndexOutOfRange) {
  for (const bool ticket : {false, true}) {
    PskDuel duel(Role::client);
    if (ticket) duel.offer_ticket_too();
    duel.deviate(select_identity(ticket ? 2 : 1));
    expect_refused(duel, AlertDescription::illegal_parameter, Reason::bad_psk_identity);
  }
}

// A server that says one key and uses the other cannot go on.
TEST(PskAtAClient, IndexOfAnotherKey) {
  PskDuel duel(Role::client);
  duel.offer_ticket_too();
  duel.victim_session->secret.bytes()[0] ^= 1;
  duel.deviate(select_identity(0));
  expect_refused(duel, AlertDescription::bad_record_mac,
                 Reason::decryption_failed_or_bad_record_mac);
}

TEST(PskAtAClient, SelectedWithASuiteOfAnotherHash) {
  PskDuel duel(Role::client);
  duel.peer_hooks.external_psks.clear();
  duel.peer_config->suites13 = {kSha384Suite};
  duel.deviate(select_identity(0));
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::ciphersuite_digest_has_changed);
}

// Without SSL_OP_ALLOW_NO_DHE_KEX psk_ke is not offered: there is a key exchange.
TEST(PskAtAClient, SelectedWithoutAKeyShare) {
  PskDuel duel(Role::client);
  duel.deviate(edit_hello(HandshakeType::server_hello, 0,
                          [](EditableHello& hello) { hello.remove(ExtensionType::key_share); }));
  expect_refused(duel, AlertDescription::missing_extension, Reason::no_suitable_key_share);
}

// RFC 8446 §4.2.11: what a client writes about each.
TEST(PskAtAClient, WritesNoAgeForAKeyFromElsewhere) {
  PskDuel duel(Role::client);
  duel.offer_ticket_too();
  duel.victim_session->ticket_age_add = 0x12345678;
  ASSERT_TRUE(duel.run());
  EditableHello hello = take_apart(
      duel.channel.client_hello, head_size(HandshakeType::client_hello, duel.channel.client_hello));
  EXPECT_EQ(*hello.find(ExtensionType::psk_key_exchange_modes),
            (Bytes{1, code(PskKeyExchangeMode::psk_dhe_ke)}));
  Reader body(*hello.find(ExtensionType::pre_shared_key));
  Reader identities = *body.reader16();
  EXPECT_EQ(as_text(*identities.vector16()), "identity2");
  EXPECT_NE(*identities.u32(), 0U);
  EXPECT_EQ(as_text(*identities.vector16()), kIdentity);
  EXPECT_EQ(*identities.u32(), 0U);
  EXPECT_TRUE(identities.empty());
  Reader binders = *body.reader16();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(binders.vector8()->size(), 32U);
  EXPECT_TRUE(binders.empty());
}

// RFC 8446 §4.2.11: "If the server supplies an "early_data" extension, the client MUST verify that
// the server's selected_identity is 0."
TEST(PskAtAClient, EarlyDataWithAnotherIdentityThanTheFirst) {
  for (const bool taken : {false, true}) {
    SCOPED_TRACE(taken);
    PskDuel duel(Role::client);
    duel.offer_ticket_too(kMaxEarlyData);
    duel.victim_early_data = true;
    if (!taken) {
      EXPECT_TRUE(duel.run());
      EXPECT_TRUE(duel.victim->negotiated().resumed);
      EXPECT_EQ(duel.victim->early_data_status(), EarlyDataStatus::rejected);
      continue;
    }
    duel.deviate([](Outgoing& out) {
      if (out.type != HandshakeType::encrypted_extensions) return;
      EditableHello message = take_apart(out.message, 0);
      message.extensions.emplace_back(ExtensionType::early_data, Bytes());
      out.message = put_together(out.type, message);
    });
    expect_refused(duel, AlertDescription::illegal_parameter, Reason::bad_extension);
  }
}

// --- what a server refuses ---

TEST(PskAtAServer, IsTakenWithoutADeviation) {
  PskDuel duel(Role::server);
  EXPECT_TRUE(duel.run());
  EXPECT_TRUE(duel.victim->negotiated().resumed);
}

TEST(PskAtAServer, WithoutModes) {
  PskDuel duel(Role::server);
  duel.deviate(edit_hello(HandshakeType::client_hello, 0, [](EditableHello& hello) {
    hello.remove(ExtensionType::psk_key_exchange_modes);
  }));
  expect_refused(duel, AlertDescription::missing_extension,
                 Reason::missing_psk_kex_modes_extension);
}

TEST(PskAtAServer, WithAnEditedBinder) {
  for (const bool shorter : {false, true}) {
    SCOPED_TRACE(shorter);
    PskDuel duel(Role::server);
    // A binder of the other hash's length, or one whose last bit is wrong.
    if (shorter) duel.victim_hooks.external_psks[kIdentity]->suite = kSha384Suite;
    if (shorter) duel.peer_config->suites13 = {kSha384Suite, kSha256Suite};
    duel.deviate([=](Outgoing& out) {
      if (out.type == HandshakeType::client_hello && !shorter) out.message.back() ^= 1;
    });
    expect_refused(duel, AlertDescription::decrypt_error, Reason::binder_does_not_verify);
  }
}

// The hello that a binder is for ends with the binders: nothing in it can be changed.
TEST(PskAtAServer, WithAnEditedHello) {
  PskDuel duel(Role::server);
  duel.deviate(edit_hello(HandshakeType::client_hello, 0, [](EditableHello& hello) {
    hello.extensions.insert(hello.extensions.begin(),
                            {static_cast<ExtensionType>(0xfafa), Bytes{1}});
  }));
  expect_refused(duel, AlertDescription::decrypt_error, Reason::binder_does_not_verify);
}

}  // namespace
}  // namespace ciao::tls::testing
