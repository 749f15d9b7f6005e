// Which name a session belongs to, and under which it is resumed (RFC 6066 §3), through the C
// interface.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string>
#include <tuple>

#include "libssl/owned_for_tests.h"

namespace {

using namespace ciao::tls::testing;

// What the application at the server does with names.
enum class Names { not_asked_for, ignored, acknowledged };

int say_nothing(SSL*, int*, void*) { return SSL_TLSEXT_ERR_NOACK; }
int acknowledge(SSL*, int*, void*) { return SSL_TLSEXT_ERR_OK; }

struct Visit {
  bool reused = false;
  std::string host;         // in the client's session
  std::string server_name;  // SSL_get_servername at the server
  Session session;
};

std::string text_of(const char* text) { return text != nullptr ? text : ""; }

// Whether both get to the end of it.
bool shake_hands(SSL* client, SSL* server) {
  bool done = false;
  for (int i = 0; i < 20 && !done; ++i) {
    const bool at_client = SSL_do_handshake(client) == 1;
    const bool at_server = SSL_do_handshake(server) == 1;
    done = at_client && at_server;
  }
  return done;
}

class SessionNames : public ::testing::TestWithParam<std::tuple<int, bool>> {
 protected:
  void SetUp() override {
    const auto [version, by_ticket] = GetParam();
    ASSERT_TRUE(use_new_certificate(server.get()));
    SSL_CTX_set_session_id_context(server.get(), reinterpret_cast<const unsigned char*>("x"), 1);
    SSL_CTX_set_max_proto_version(client.get(), version);
    if (!by_ticket) SSL_CTX_set_options(server.get(), SSL_OP_NO_TICKET);
  }

  void use(Names names) {
    void (*callback)() = nullptr;
    if (names == Names::ignored) callback = reinterpret_cast<void (*)()>(say_nothing);
    if (names == Names::acknowledged) callback = reinterpret_cast<void (*)()>(acknowledge);
    SSL_CTX_callback_ctrl(server.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, callback);
  }

  Visit visit(std::string name, SSL_SESSION* offered = nullptr) {
    const Connection near(SSL_new(client.get()));
    const Connection far(SSL_new(server.get()));
    join(near.get(), far.get());
    if (!name.empty()) {
      SSL_ctrl(near.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    }
    if (offered != nullptr) SSL_set_session(near.get(), offered);
    EXPECT_TRUE(shake_hands(near.get(), far.get()));
    char byte = 0;
    (void)SSL_read(near.get(), &byte, 1);
    Visit seen{SSL_session_reused(far.get()) == 1, "",
               text_of(SSL_get_servername(far.get(), TLSEXT_NAMETYPE_host_name)),
               Session(SSL_get1_session(near.get()))};
    seen.host = text_of(SSL_SESSION_get0_hostname(seen.session.get()));
    SSL_shutdown(near.get());
    SSL_shutdown(far.get());
    ERR_clear_error();
    return seen;
  }

  bool is_tls12() const { return std::get<0>(GetParam()) == TLS1_2_VERSION; }

  const Context client{SSL_CTX_new(TLS_client_method())};
  const Context server{SSL_CTX_new(TLS_server_method())};
};
INSTANTIATE_TEST_SUITE_P(Versions, SessionNames,
                         ::testing::Combine(::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                                            ::testing::Bool()));

// As in OpenSSL, whose sessions would not be resumed here otherwise.
TEST_P(SessionNames, MakeNoDifferenceWhereNobodyActsUponThem) {
  for (const Names names : {Names::not_asked_for, Names::ignored}) {
    use(names);
    for (const auto& [first, second] :
         {std::pair{"one", "one"}, std::pair{"one", "two"}, std::pair{"", "one"}}) {
      SCOPED_TRACE(std::string(first) + " " + second);
      const Visit made = visit(first);
      EXPECT_EQ(made.host, "");
      EXPECT_EQ(made.server_name, first);
      const Visit taken = visit(second, made.session.get());
      EXPECT_TRUE(taken.reused);
      // SSL_get_servername(3): in TLS 1.2 the name is the session's.
      EXPECT_EQ(taken.server_name, is_tls12() ? "" : second);
    }
  }
}

TEST_P(SessionNames, ThatAreAcknowledgedBindTheSession) {
  use(Names::acknowledged);
  const Visit made = visit("one");
  EXPECT_EQ(made.host, "one");
  const Visit taken = visit("one", made.session.get());
  EXPECT_TRUE(taken.reused);
  EXPECT_EQ(taken.server_name, "one");
  EXPECT_FALSE(visit("two", visit("one").session.get()).reused);
  EXPECT_FALSE(visit("", visit("one").session.get()).reused);
}

// What one host's policy has let in must not come to another's (CVE-2025-23419 in nginx).
TEST_P(SessionNames, ThatAreAcknowledgedRefuseSessionsWithoutAName) {
  use(Names::acknowledged);
  EXPECT_FALSE(visit("one", visit("").session.get()).reused);
  use(Names::ignored);
  const Visit made = visit("one");
  use(Names::acknowledged);
  EXPECT_FALSE(visit("one", made.session.get()).reused);
}

TEST_P(SessionNames, StayWithASessionThatHasOne) {
  for (const char* second : {"one", "two"}) {
    use(Names::acknowledged);
    const Visit made = visit("one");
    use(Names::ignored);
    EXPECT_EQ(visit(second, made.session.get()).reused, std::string(second) == "one");
  }
}

// TLS 1.2: a ticket's session has no id of its own, and OpenSSL's can be resumed again.
TEST(SessionFromATicket, HasTheClientsId) {
  const Context client(SSL_CTX_new(TLS_client_method()));
  const Context server(SSL_CTX_new(TLS_server_method()));
  ASSERT_TRUE(use_new_certificate(server.get()));
  SSL_CTX_set_max_proto_version(client.get(), TLS1_2_VERSION);
  Session kept;
  for (const bool resumed : {false, true}) {
    const Connection near(SSL_new(client.get()));
    const Connection far(SSL_new(server.get()));
    join(near.get(), far.get());
    if (kept) SSL_set_session(near.get(), kept.get());
    ASSERT_TRUE(shake_hands(near.get(), far.get()));
    ASSERT_EQ(SSL_session_reused(far.get()), int{resumed});
    kept.reset(SSL_get1_session(near.get()));
    const SSL_SESSION* at_far = SSL_get_session(far.get());
    if (resumed) {
      unsigned size = 0;
      unsigned other_size = 0;
      const unsigned char* id = SSL_SESSION_get_id(kept.get(), &size);
      const unsigned char* other_id = SSL_SESSION_get_id(at_far, &other_size);
      EXPECT_EQ(std::string(id, id + size), std::string(other_id, other_id + other_size));
      EXPECT_EQ(size, 32U);
      EXPECT_EQ(SSL_SESSION_is_resumable(at_far), 1);
    }
    SSL_shutdown(near.get());
    SSL_shutdown(far.get());
  }
}

}  // namespace
