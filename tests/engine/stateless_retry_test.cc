// A server that forgets whom it has sent a HelloRetryRequest (RFC 8446 §4.2.2).
#include <gtest/gtest.h>

#include "base/copy_on_write.h"
#include "engine/pair.h"

namespace ciao::tls::testing {
namespace {

class StatelessRetry : public ::testing::Test {
 protected:
  StatelessRetry() {
    edit(pair_.server_config).min_version = ProtocolVersion::tls1_3;
    edit(pair_.client_config).min_version = ProtocolVersion::tls1_3;
    pair_.restart();
    pair_.server->use_stateless_retry();
  }

  // Another process: it knows the keys, and nothing of the client.
  void forget_client() {
    pair_.server = std::make_unique<Connection>(pair_.algorithms, pair_.server_config,
                                                pair_.server_hooks.hooks());
    pair_.server->start_over(Role::server);
    pair_.server->use_stateless_retry();
  }

  // All that `from` has to send.
  static void hand_over(Connection& from, Connection& to) {
    Bytes bytes = to_bytes(from.output());
    from.output_sent(bytes.size());
    while (!bytes.empty() && to.advance()) {
      const MutableBytes space = to.input_space();
      const std::size_t size = std::min(space.size(), bytes.size());
      copy_bytes(space.data(), ByteView(bytes).first(size));
      to.input_received(size);
      bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    }
    const Result<Wait> wait = to.advance();
    EXPECT_TRUE(wait) << code(wait.error().reason);
  }

  // Up to the pause behind HelloRetryRequest.
  void send_retry() {
    ASSERT_TRUE(pair_.client->advance());
    hand_over(*pair_.client, *pair_.server);
    ASSERT_TRUE(pair_.server->in_early_data());
    ASSERT_TRUE(pair_.server->negotiated().hello_retry);
    ASSERT_FALSE(pair_.server->negotiated().cookie_verified);
    hand_over(*pair_.server, *pair_.client);
    forget_client();
  }

  void expect_taken_up() {
    EXPECT_TRUE(pair_.handshake());
    EXPECT_TRUE(pair_.server->negotiated().cookie_verified);
    pair_.expect_data_flows();
  }

  void expect_cookie_refused(AlertDescription alert, Reason reason) {
    EXPECT_FALSE(pair_.handshake());
    ASSERT_TRUE(pair_.server_error);
    EXPECT_EQ(code(pair_.server_error->reason), code(reason));
    EXPECT_EQ(code(pair_.server_error->alert), code(alert));
    EXPECT_FALSE(pair_.server->negotiated().cookie_verified);
  }

  Pair pair_;
};

TEST_F(StatelessRetry, IsTakenUpByAnotherServer) {
  send_retry();
  expect_taken_up();
}

TEST_F(StatelessRetry, AsksForAGroupAsWell) {
  edit(pair_.server_config).groups = {NamedGroup::secp384r1};
  forget_client();
  send_retry();
  expect_taken_up();
  EXPECT_EQ(pair_.server->negotiated().group, NamedGroup::secp384r1);
}

TEST_F(StatelessRetry, SkipsTheChangeCipherSpecInFrontOfTheSecondHello) {
  ASSERT_TRUE(pair_.client_config->has(option::kEnableMiddleboxCompat));
  send_retry();
  bool seen = false;
  pair_.tamper = [&](const Connection& from, Bytes& bytes) {
    if (&from == pair_.client.get() && !bytes.empty() && bytes[0] == 20) seen = true;
  };
  expect_taken_up();
  EXPECT_TRUE(seen);
}

TEST_F(StatelessRetry, SendsEveryNewcomerBack) {
  send_retry();
  pair_.restart();
  forget_client();
  send_retry();
}

TEST_F(StatelessRetry, NeedsAnApplicationThatMakesCookies) {
  pair_.server_hooks.cookie.clear();
  expect_cookie_refused(AlertDescription::internal_error, Reason::no_cookie_callback_set);
}

TEST_F(StatelessRetry, RefusesACookieOfAnotherServer) {
  send_retry();
  pair_.server_hooks.cookie_key.name[0] ^= 1;
  expect_cookie_refused(AlertDescription::illegal_parameter, Reason::cookie_mismatch);
}

TEST_F(StatelessRetry, RefusesACookieOfAnotherClient) {
  send_retry();
  pair_.server_hooks.cookie = {'t', 'h', 'e', 'r', 'e'};
  expect_cookie_refused(AlertDescription::illegal_parameter, Reason::cookie_mismatch);
}

TEST_F(StatelessRetry, RefusesAnyChangedByteOfTheCookie) {
  std::size_t size = 1;
  for (std::size_t at = 0; at < size; ++at) {
    pair_.restart();
    forget_client();
    send_retry();
    const Bytes cookie = pair_.server_hooks.sealed_cookie;
    size = cookie.size();
    bool changed = false;
    pair_.tamper = [&](const Connection& from, Bytes& bytes) {
      const auto found = std::ranges::search(bytes, cookie);
      if (&from != pair_.client.get() || found.empty()) return;
      found[static_cast<std::ptrdiff_t>(at)] ^= 1;
      changed = true;
    };
    expect_cookie_refused(AlertDescription::illegal_parameter, Reason::cookie_mismatch);
    EXPECT_TRUE(changed) << at;
    pair_.tamper = nullptr;
  }
  EXPECT_GT(size, 32U);
}

TEST_F(StatelessRetry, RefusesWhatWasSealedAndIsCut) {
  for (std::size_t size = 0; size < 4; ++size) {
    pair_.restart();
    forget_client();
    send_retry();
    pair_.server_hooks.edit_opened_cookie = [size](Bytes& state) { state.resize(size); };
    expect_cookie_refused(AlertDescription::illegal_parameter, Reason::cookie_mismatch);
    pair_.server_hooks.edit_opened_cookie = nullptr;
  }
}

TEST_F(StatelessRetry, RefusesATicketForACookie) {
  send_retry();
  pair_.server_hooks.edit_opened_cookie = [](Bytes& state) { state[0] = 0x30; };
  expect_cookie_refused(AlertDescription::illegal_parameter, Reason::cookie_mismatch);
}

TEST_F(StatelessRetry, RefusesAnotherSuiteThanTheRetryNamed) {
  send_retry();
  pair_.server_hooks.edit_opened_cookie = [](Bytes& state) { state[2] ^= 1; };
  expect_cookie_refused(AlertDescription::illegal_parameter, Reason::bad_cipher);
}

TEST_F(StatelessRetry, RefusesAnotherGroupThanTheRetryAskedFor) {
  edit(pair_.server_config).groups = {NamedGroup::secp384r1, NamedGroup::x25519};
  edit(pair_.client_config).groups = {NamedGroup::secp256r1, NamedGroup::secp384r1,
                                      NamedGroup::x25519};
  pair_.restart();
  forget_client();
  send_retry();
  pair_.server_hooks.edit_opened_cookie = [](Bytes& state) {
    state[3] = 0;
    state[4] = 29;  // x25519
  };
  expect_cookie_refused(AlertDescription::illegal_parameter, Reason::bad_cipher);
}

// Its transcript would be another one.
TEST_F(StatelessRetry, NoticesAnotherFirstHello) {
  send_retry();
  constexpr std::size_t kHashAt = 1 + 2 + 2 + 1 + 8 + 1;
  pair_.server_hooks.edit_opened_cookie = [](Bytes& state) { state[kHashAt] ^= 1; };
  EXPECT_FALSE(pair_.handshake());
  ASSERT_TRUE(pair_.client_error);
  EXPECT_EQ(code(pair_.client_error->reason), code(Reason::decryption_failed_or_bad_record_mac));
  EXPECT_EQ(code(pair_.client_error->alert), code(AlertDescription::bad_record_mac));
}

// The client has been sent back once, and goes away.
TEST_F(StatelessRetry, ForgetsACookieThatIsTooOld) {
  send_retry();
  constexpr std::size_t kIssuedAt = 1 + 2 + 2 + 1;
  pair_.server_hooks.edit_opened_cookie = [](Bytes& state) { state[kIssuedAt + 3] -= 1; };
  EXPECT_FALSE(pair_.handshake());
  EXPECT_FALSE(pair_.server->negotiated().cookie_verified);
  ASSERT_TRUE(pair_.client_error);
  EXPECT_EQ(code(pair_.client_error->alert), code(AlertDescription::unexpected_message));
}

TEST_F(StatelessRetry, IsForgottenWhenTheConnectionStartsOver) {
  pair_.restart();
  EXPECT_TRUE(pair_.handshake());
  EXPECT_FALSE(pair_.server->negotiated().hello_retry);
}

}  // namespace
}  // namespace ciao::tls::testing
