// Another handshake that is not bound to the one before it (RFC 5746).
#include "engine/duel12.h"
#include "engine/hello_editing.h"
#include "keys/prf12.h"

namespace ciao::tls::testing {
namespace {

using A = AlertDescription;
using T = HandshakeType;

// Established, with a victim that would renegotiate.
struct Renegotiating : Duel12 {
  explicit Renegotiating(Role role) : Duel12(role) {
    victim_config->options |= option::kAllowClientRenegotiation;
  }
  void expect_refused_again(AlertDescription alert, Reason reason) {
    EXPECT_FALSE(renegotiate());
    expect_died(*this, alert, reason);
  }
};

bool sent_no_renegotiation(const Duel& duel) {
  return std::ranges::any_of(duel.victim_hooks.alerts, [](const auto& seen) {
    return seen.first == Flow::sent && seen.second.level == AlertLevel::warning &&
           seen.second.description == A::no_renegotiation;
  });
}

// The list of suites in a ClientHello: it begins with its length.
std::size_t suites_at(const EditableHello& hello) {
  return 2 + kRandomSize + 1 + hello.head[2 + kRandomSize];
}

void add_scsv(EditableHello& hello) {
  const std::size_t at = suites_at(hello);
  hello.head[at + 1] = static_cast<std::uint8_t>(hello.head[at + 1] + 2);
  hello.head.insert(hello.head.begin() + static_cast<std::ptrdiff_t>(at) + 2, {0x00, 0xff});
}

void remove_scsv(EditableHello& hello) {
  const std::size_t at = suites_at(hello);
  ASSERT_EQ(hello.head[at + 1], 4);
  hello.head[at + 1] = 2;
  const auto suites = hello.head.begin() + static_cast<std::ptrdiff_t>(at) + 2;
  ASSERT_EQ(suites[3], 0xff);
  hello.head.erase(suites + 2, suites + 4);
}

TEST(RenegotiationRefusals, NothingIsRefusedWithoutADeviation) {
  for (const Role role : {Role::client, Role::server}) {
    Renegotiating duel(role);
    ASSERT_TRUE(duel.run());
    const auto random = duel.victim->negotiated().client_random;
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(duel.renegotiate());
    EXPECT_FALSE(duel.error);
    EXPECT_NE(duel.victim->negotiated().client_random, random);
  }
}

// RFC 5746 §3.5, §3.7: both verify_data are compared.
TEST(RenegotiationRefusals, ProofsThatAreNotThoseOfTheHandshakeBefore) {
  for (const Role role : {Role::client, Role::server}) {
    Renegotiating duel(role);
    ASSERT_TRUE(duel.run());
    Renegotiation& proven = duel.peer_facts.renegotiation;
    (role == Role::client ? proven.server_verify_data : proven.client_verify_data)[0] ^= 1;
    duel.expect_refused_again(A::handshake_failure, Reason::renegotiation_mismatch);
  }
}

// RFC 5746 §3.5, §3.7: once secure, always secure.
TEST(RenegotiationRefusals, ProofsLeftOut) {
  for (const Role role : {Role::client, Role::server}) {
    Renegotiating duel(role);
    ASSERT_TRUE(duel.run());
    const T hello = role == Role::client ? T::server_hello : T::client_hello;
    duel.deviate(edit_hello(hello, 0,
                            [](EditableHello& h) { h.remove(ExtensionType::renegotiation_info); }));
    duel.expect_refused_again(A::handshake_failure, Reason::renegotiation_mismatch);
  }
}

// RFC 5746 §3.7: "When ClientHello is received, the server MUST verify that it does not contain the
// TLS_EMPTY_RENEGOTIATION_INFO_SCSV SCSV."
TEST(RenegotiationRefusals, SignallingSuiteOfAFirstHandshake) {
  Renegotiating duel(Role::server);
  ASSERT_TRUE(duel.run());
  duel.deviate(edit_hello(T::client_hello, 0, add_scsv));
  duel.expect_refused_again(A::handshake_failure, Reason::scsv_received_when_renegotiating);
}

// RFC 5746 §4.4: "It is RECOMMENDED that servers not permit legacy renegotiation."
TEST(RenegotiationRefusals, AClientThatKnowsNothingOfIt) {
  Renegotiating duel(Role::server);
  duel.peer_config->options |= option::kNoExtendedMasterSecret | option::kLegacyServerConnect;
  const Deviation edit = edit_hello(T::client_hello, 0, remove_scsv);
  duel.deviate([&](Outgoing& out) {
    edit(out);
    if (out.type != T::finished) return;
    // The honest one of a client that sent what the victim has seen.
    const Digest transcript = *hash_of(*duel.algorithms, HashId::sha256, {duel.channel.exchanged});
    const VerifyData data =
        *verify_data12(*duel.algorithms, HashId::sha256, duel.peer_hooks.keys.at("CLIENT_RANDOM"),
                       Role::client, transcript.view());
    copy_bytes(out.message.data() + kHandshakeHeaderSize, data.view());
  });
  ASSERT_TRUE(duel.run());
  EXPECT_FALSE(duel.victim->negotiated().renegotiation.secure);
  duel.deviate({});
  EXPECT_FALSE(duel.renegotiate());
  EXPECT_FALSE(duel.error);
  EXPECT_TRUE(sent_no_renegotiation(duel));
  EXPECT_FALSE(duel.victim->in_init());
}

// RFC 5746 §4.2: a client had better not follow a server that knows nothing of it.
TEST(RenegotiationRefusals, AServerThatKnowsNothingOfIt) {
  for (const bool trusted : {false, true}) {
    Renegotiating duel(Role::client);
    duel.victim_config->options |= option::kLegacyServerConnect;
    // It has read the ClientHello, and not answered yet.
    duel.peer_hooks.on_name = [&] { duel.peer_facts.renegotiation.secure = false; };
    ASSERT_TRUE(duel.run());
    ASSERT_FALSE(duel.victim->negotiated().renegotiation.secure);
    if (!trusted) duel.victim->edit_config().options &= ~option::kLegacyServerConnect;
    duel.renegotiate();
    EXPECT_EQ(sent_no_renegotiation(duel), !trusted);
    EXPECT_FALSE(!trusted && duel.error);
  }
}

}  // namespace
}  // namespace ciao::tls::testing
