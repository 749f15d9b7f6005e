// Early data (RFC 8446 §2.3, §4.2.10): how much there may be, and what is refused.
#include "engine/early_data.h"
#include "engine/hello_editing.h"

namespace ciao::tls::testing {
namespace {

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
    EXPECT_EQ(code(early.pair.server_error->alert), code(AlertDescription::unexpected_message));
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
  // The handshake is a full one, which the peer ends: it hashed another hello than it sent.
  EXPECT_FALSE(duel.run());
  EXPECT_TRUE(duel.peer_failed);
  EXPECT_FALSE(duel.error);
  EXPECT_EQ(duel.victim->early_data_status(), EarlyDataStatus::rejected);
  EXPECT_FALSE(duel.victim->negotiated().resumed);
  EXPECT_EQ(count_sent(duel.victim_hooks, HandshakeType::certificate), 1u);
}

}  // namespace
}  // namespace ciao::tls::testing
