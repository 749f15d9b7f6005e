// What an established TLS 1.3 endpoint must refuse, each with its alert (RFC 8446 §4.6).
#include <algorithm>

#include "engine/misbehaving_peer.h"

namespace ciao::tls::testing {
namespace {

using A = AlertDescription;
using T = HandshakeType;

// A victim that is established, and what it is sent then.
struct Established : Duel {
  explicit Established(Role role, bool late_requests = false) : Duel(role) {
    victim_config->post_handshake_auth = late_requests;
    EXPECT_TRUE(run());
  }
  void expect_refusal_of(ByteView message, AlertDescription alert, Reason reason) {
    send_message(message);
    deliver_to_victim();
    expect_died(*this, alert, reason);
  }
  void expect_taken(ByteView message) {
    send_message(message);
    deliver_to_victim();
    EXPECT_FALSE(error);
  }
};

class AfterHandshake : public ::testing::TestWithParam<Role> {};
INSTANTIATE_TEST_SUITE_P(Roles, AfterHandshake, ::testing::Values(Role::client, Role::server));

// --- KeyUpdate ---

TEST_P(AfterHandshake, KeyUpdateOfNoKind) {
  for (const std::uint8_t request : {std::uint8_t{2}, std::uint8_t{255}}) {
    Established duel(GetParam());
    duel.expect_refusal_of(Bytes{code(T::key_update), 0, 0, 1, request}, A::illegal_parameter,
                           Reason::bad_key_update);
  }
}

TEST_P(AfterHandshake, EmptyKeyUpdate) {
  Established duel(GetParam());
  duel.expect_refusal_of(Bytes{code(T::key_update), 0, 0, 0}, A::decode_error,
                         Reason::bad_key_update);
}

TEST_P(AfterHandshake, LongKeyUpdate) {
  Established duel(GetParam());
  duel.expect_refusal_of(Bytes{code(T::key_update), 0, 0, 2, 0, 0}, A::illegal_parameter,
                         Reason::excessive_message_size);
}

// RFC 8446 §5.1: a message cannot begin under the keys that the one before it ends.
TEST_P(AfterHandshake, MessageBehindAKeyUpdateInTheSameRecord) {
  Established duel(GetParam());
  duel.expect_refusal_of(Bytes{code(T::key_update), 0, 0, 1, 0, code(T::key_update)},
                         A::unexpected_message, Reason::not_on_record_boundary);
}

// --- messages that have no place ---

TEST_P(AfterHandshake, MessagesOfTheHandshake) {
  for (int type = 0; type < 256; ++type) {
    if (type == code(T::key_update)) continue;
    // Malformed at a client, which takes them; those have tests of their own.
    if (GetParam() == Role::client && type == code(T::new_session_ticket)) continue;
    SCOPED_TRACE(type);
    Established duel(GetParam());
    duel.expect_refusal_of(Bytes{static_cast<std::uint8_t>(type), 0, 0, 1, 0},
                           A::unexpected_message, Reason::unexpected_message);
  }
}

// RFC 8446 §5.1: "Handshake messages MUST NOT be interleaved with other record types."
TEST_P(AfterHandshake, DataInsideAMessage) {
  Established duel(GetParam());
  duel.send_message(Bytes{code(T::key_update), 0, 0});
  EXPECT_TRUE(duel.peer_channel.write_data(as_bytes("in between")));
  duel.deliver_to_victim();
  expect_died(duel, A::unexpected_message, Reason::mixed_handshake_and_non_handshake_data);
}

TEST_P(AfterHandshake, AlertInsideAMessage) {
  Established duel(GetParam());
  duel.send_message(Bytes{code(T::key_update), 0, 0});
  EXPECT_TRUE(duel.peer_channel.write_alert(AlertLevel::warning, A::close_notify));
  duel.deliver_to_victim();
  expect_died(duel, A::unexpected_message, Reason::mixed_handshake_and_non_handshake_data);
}

// --- NewSessionTicket ---

// One with this content of early_data.
Bytes ticket_with(ByteView early_data) {
  Bytes out;
  MessageBuilder message(out, T::new_session_ticket);
  message.body().u32(3600);
  message.body().u32(0);
  message.body().vector8(Bytes{0});
  message.body().vector16(as_bytes("ticket"));
  {
    const Writer::Scope extensions = message.body().scope16();
    message.body().put(ExtensionType::early_data);
    message.body().vector16(early_data);
  }
  EXPECT_TRUE(message.finish());
  return out;
}

TEST(TicketRefusals, MaxEarlyDataIsANumberOfFourBytes) {
  Established honest(Role::client);
  honest.expect_taken(ticket_with(Bytes{0, 0, 1, 2}));
  ASSERT_EQ(honest.victim_hooks.added.size(), 1U);
  EXPECT_EQ(honest.victim_hooks.added[0]->max_early_data, 258U);
  for (const std::size_t size : {0U, 3U, 5U}) {
    SCOPED_TRACE(size);
    Established duel(Role::client);
    duel.expect_refusal_of(ticket_with(Bytes(size, 1)), A::decode_error,
                           Reason::invalid_max_early_data);
  }
}

TEST(TicketRefusals, CutAnywhere) {
  const Bytes whole = ticket_with(Bytes{0, 0, 1, 2});
  for (std::size_t size = kHandshakeHeaderSize; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    fix_length(cut);
    Established duel(Role::client);
    duel.send_message(cut);
    duel.deliver_to_victim();
    ASSERT_TRUE(duel.error);
    EXPECT_EQ(duel.alert(), A::decode_error);
    EXPECT_TRUE(duel.victim_hooks.added.empty());
  }
}

// --- CertificateRequest ---

Bytes late_request() {
  Bytes out;
  MessageBuilder message(out, T::certificate_request);
  message.body().vector8(as_bytes("context"));
  {
    const Writer::Scope extensions = message.body().scope16();
    message.body().put(ExtensionType::signature_algorithms);
    const Bytes schemes = {0, 2, 4, 3};
    message.body().vector16(schemes);
  }
  EXPECT_TRUE(message.finish());
  return out;
}

// RFC 8446 §4.6.2: "A client that receives a post-handshake CertificateRequest message without
// having sent the "post_handshake_auth" extension MUST send an "unexpected_message" fatal alert."
TEST(LateRequestRefusals, WithoutAnOffer) {
  Established asked(Role::client, true);
  asked.expect_taken(late_request());
  Established duel(Role::client);
  duel.expect_refusal_of(late_request(), A::unexpected_message, Reason::unexpected_message);
}

// A client answers each before it reads the next one. Whoever makes it read on has one at a time.
TEST(LateRequestRefusals, AnotherWhileOneWaitsForItsAnswer) {
  Bytes two = late_request();
  const Bytes second = late_request();
  two.insert(two.end(), second.begin(), second.end());
  Established one_by_one(Role::client, true);
  one_by_one.expect_taken(two);
  for (int i = 0; i < 2; ++i) one_by_one.deliver_to_victim();
  EXPECT_FALSE(one_by_one.error);
  const auto& messages = one_by_one.victim_hooks.messages;
  EXPECT_EQ(std::ranges::count(messages, std::pair(Flow::sent, T::certificate)), 2);

  Established duel(Role::client, true);
  duel.victim_hooks.pending_rounds = 1000;
  duel.expect_taken(two);
  ASSERT_TRUE(duel.victim->in_init());
  const Result<Received> received = duel.victim->receive();
  ASSERT_FALSE(received);
  duel.error = received.error();
  duel.deliver_to_victim();
  expect_died(duel, A::unexpected_message, Reason::unexpected_message);
}

// --- the end of the transport ---

TEST_P(AfterHandshake, EndOfFileWithoutACloseNotify) {
  for (const bool ignored : {false, true}) {
    Established duel(GetParam());
    if (ignored) duel.victim->edit_config().options |= option::kIgnoreUnexpectedEof;
    const Result<void> ended = duel.victim->input_ended();
    EXPECT_EQ(ended.has_value(), ignored);
    if (ignored) continue;
    duel.error = ended.error();
    duel.deliver_to_victim();
    expect_died(duel, A::decode_error, Reason::unexpected_eof_while_reading);
  }
}

}  // namespace
}  // namespace ciao::tls::testing
