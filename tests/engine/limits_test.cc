// Bounds on what a peer may send (record/limits.h): what is at the limit is taken, and what is
// beyond it refused.
#include "record/limits.h"
#include "engine/duel12.h"
#include "engine/hello_editing.h"

namespace ciao::tls::testing {
namespace {

using A = AlertDescription;
using T = HandshakeType;
using X = ExtensionType;

// --- the sizes of messages ---

struct Longest {
  const char* name;
  T type;
  std::size_t body;
  Role victim;
  bool tls12 = false;
};
void PrintTo(const Longest& test, std::ostream* out) { *out << test.name; }

const Longest kLongest[] = {
    {"client_hello", T::client_hello, limits::kMaxClientHello, Role::server},
    {"server_hello", T::server_hello, limits::kMaxServerHello, Role::client},
    {"encrypted_extensions", T::encrypted_extensions, limits::kMaxEncryptedExtensions,
     Role::client},
    {"certificate_request", T::certificate_request, limits::kMaxCertificateRequest, Role::client},
    {"server_certificate", T::certificate, Config().max_certificate_list, Role::client},
    {"client_certificate", T::certificate, Config().max_certificate_list, Role::server},
    {"certificate_verify", T::certificate_verify, limits::kMaxCertificateVerify, Role::server},
    {"finished", T::finished, limits::kMaxFinished, Role::client},
    {"server_key_exchange", T::server_key_exchange, limits::kMaxServerKeyExchange, Role::client,
     true},
    {"server_hello_done", T::server_hello_done, limits::kMaxPlaintext, Role::client, true},
    {"client_key_exchange", T::client_key_exchange, limits::kMaxClientKeyExchange, Role::server,
     true},
    {"new_session_ticket", T::new_session_ticket, limits::kMaxNewSessionTicket, Role::client, true},
    {"finished12", T::finished, limits::kMaxFinished, Role::server, true},
};

// CVE-2016-6307: the header alone is enough to refuse it.
class LongestMessages : public ::testing::TestWithParam<Longest> {};
TEST_P(LongestMessages, AreWaitedForAndLongerOnesRefused) {
  for (const std::size_t more : {0U, 1U}) {
    Duel duel(GetParam().victim);
    if (GetParam().tls12) duel.speak_tls12();
    duel.require_client_certificate();
    const std::size_t size = GetParam().body + more;
    bool announced = false;
    duel.deviate([&](Outgoing& out) {
      out.drop = announced;
      if (out.type != GetParam().type) return;
      announced = true;
      out.message = {code(out.type), static_cast<std::uint8_t>(size >> 16),
                     static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
    });
    duel.channel.before_change_cipher_spec = [&] { return !announced; };
    if (more != 0) {
      expect_refused(duel, A::illegal_parameter, Reason::excessive_message_size);
    } else {
      EXPECT_FALSE(duel.run());
      EXPECT_FALSE(duel.error) << code(duel.reason());
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Messages, LongestMessages, ::testing::ValuesIn(kLongest),
                         [](const auto& test) { return test.param.name; });

// --- entries of lists ---

// Shares for groups that nobody knows, behind the client's own; all of them are listed.
Edit with_shares(std::size_t number) {
  return [number](EditableHello& hello) {
    Bytes& shares = *hello.find(X::key_share);
    Bytes& groups = *hello.find(X::supported_groups);
    for (std::size_t i = 1; i < number; ++i) {
      const Bytes group = {0xf0, static_cast<std::uint8_t>(i)};
      groups.insert(groups.end(), group.begin(), group.end());
      shares.insert(shares.end(), group.begin(), group.end());
      shares.insert(shares.end(), {0, 1, 9});
    }
    for (Bytes* list : {&shares, &groups}) {
      (*list)[0] = static_cast<std::uint8_t>((list->size() - 2) >> 8);
      (*list)[1] = static_cast<std::uint8_t>(list->size() - 2);
    }
  };
}

TEST(Limits, KeyShares) {
  Duel at_limit(Role::server);
  at_limit.deviate(edit_hello(T::client_hello, 0, with_shares(limits::kMaxKeyShares)));
  // The peer hashed another hello than it sent, and ends what the victim has begun.
  EXPECT_FALSE(at_limit.run());
  EXPECT_FALSE(at_limit.error);
  EXPECT_TRUE(at_limit.peer_failed);
  Duel beyond(Role::server);
  beyond.deviate(edit_hello(T::client_hello, 0, with_shares(limits::kMaxKeyShares + 1)));
  expect_refused(beyond, A::illegal_parameter, Reason::bad_key_share);
}

// Identities that nobody knows, each with something in place of a binder.
Edit with_identities(std::size_t number) {
  return [number](EditableHello& hello) {
    Bytes identities;
    Bytes binders;
    for (std::size_t i = 0; i < number; ++i) {
      const Bytes identity = {0, 2, 'i', static_cast<std::uint8_t>(i), 0, 0, 0, 0};
      identities.insert(identities.end(), identity.begin(), identity.end());
      binders.push_back(32);
      binders.resize(binders.size() + 32);
    }
    Bytes content;
    Writer writer(content);
    writer.vector16(identities);
    writer.vector16(binders);
    hello.remove(X::psk_key_exchange_modes);
    hello.extensions.emplace_back(X::psk_key_exchange_modes, Bytes{1, 1});
    hello.extensions.emplace_back(X::pre_shared_key, content);
  };
}

// No identity is an offence; those beyond the limit are not looked at.
TEST(Limits, PskIdentities) {
  constexpr std::size_t kMax = limits::kMaxPskIdentities;
  for (const std::size_t number : {std::size_t{1}, kMax, kMax + 1, 4 * kMax}) {
    SCOPED_TRACE(number);
    Duel duel(Role::server);
    duel.deviate(edit_hello(T::client_hello, 0, with_identities(number)));
    EXPECT_FALSE(duel.run());
    EXPECT_FALSE(duel.error);
    EXPECT_TRUE(duel.peer_failed);
    EXPECT_EQ(duel.victim_hooks.psk_lookups, static_cast<int>(std::min(number, kMax)));
  }
}

// RFC 8446 §4.2.11: one binder for each, also for those that are not looked at.
TEST(Limits, EveryIdentityHasItsBinder) {
  Duel duel(Role::server);
  duel.deviate(edit_hello(T::client_hello, 0, [](EditableHello& hello) {
    with_identities(limits::kMaxPskIdentities + 1)(hello);
    Bytes& content = *hello.find(X::pre_shared_key);
    content.resize(content.size() - 33);
    const std::size_t at = 2 + (limits::kMaxPskIdentities + 1) * 8;
    const std::size_t size = limits::kMaxPskIdentities * 33;
    content[at] = static_cast<std::uint8_t>(size >> 8);
    content[at + 1] = static_cast<std::uint8_t>(size);
  }));
  expect_refused(duel, A::decode_error, Reason::bad_extension);
}

// --- KeyUpdate ---

TEST(Limits, KeyUpdatesInARow) {
  for (const Role sender : {Role::client, Role::server}) {
    Pair pair;
    ASSERT_TRUE(pair.handshake());
    Connection& from = sender == Role::client ? *pair.client : *pair.server;
    Connection& to = sender == Role::client ? *pair.server : *pair.client;
    const std::optional<Error>& error =
        sender == Role::client ? pair.server_error : pair.client_error;
    const auto update = [&](unsigned times) {
      for (unsigned i = 0; i < times; ++i) {
        ASSERT_TRUE(from.request_key_update(KeyUpdateRequest::update_not_requested));
        while (pair.step()) {
        }
      }
    };
    update(limits::kMaxKeyUpdates);
    ASSERT_FALSE(error);
    pair.expect_data_flows();
    update(limits::kMaxKeyUpdates);
    ASSERT_FALSE(error);
    update(1);
    ASSERT_TRUE(error);
    EXPECT_EQ(code(error->reason), code(Reason::too_many_key_updates));
    EXPECT_EQ(code(error->alert), code(A::unexpected_message));
    EXPECT_EQ(to.phase(), Phase::dead);
  }
}

// A peer that only receives sends nothing but its answers.
TEST(Limits, KeyUpdatesThatWereAskedForDoNotCount) {
  for (const Role sender : {Role::client, Role::server}) {
    Pair pair;
    ASSERT_TRUE(pair.handshake());
    Connection& from = sender == Role::client ? *pair.client : *pair.server;
    Connection& to = sender == Role::client ? *pair.server : *pair.client;
    for (unsigned i = 0; i < 2 * limits::kMaxKeyUpdates; ++i) {
      ASSERT_TRUE(from.request_key_update(KeyUpdateRequest::update_requested));
      while (pair.step()) {
      }
      pair.write_all(from, Bytes(1, 'x'));
      pair.read_all(to);
      ASSERT_TRUE(to.request_key_update(KeyUpdateRequest::update_not_requested));
      while (pair.step()) {
      }
    }
    pair.expect_data_flows();
  }
}

}  // namespace
}  // namespace ciao::tls::testing
