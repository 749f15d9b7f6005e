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

// What SSL_get_servername told the callback when it ran last.
std::string told;

void look(SSL* ssl) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  told = name != nullptr ? name : "";
}

int say_nothing(SSL* ssl, int*, void*) { return look(ssl), SSL_TLSEXT_ERR_NOACK; }
int acknowledge(SSL* ssl, int*, void*) { return look(ssl), SSL_TLSEXT_ERR_OK; }

struct Visit {
  bool complete = false;
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
    Visit seen = try_to_visit(std::move(name), offered);
    EXPECT_TRUE(seen.complete);
    return seen;
  }

  Visit try_to_visit(std::string name, SSL_SESSION* offered) {
    const Connection near(SSL_new(client.get()));
    const Connection far(SSL_new(server.get()));
    join(near.get(), far.get());
    if (!name.empty()) {
      SSL_ctrl(near.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    }
    if (offered != nullptr) SSL_set_session(near.get(), offered);
    const bool complete = shake_hands(near.get(), far.get());
    char byte = 0;
    (void)SSL_read(near.get(), &byte, 1);
    Visit seen{complete, SSL_session_reused(far.get()) == 1, "",
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

// The callback chooses a host's policy by the name that it is told, so that a full handshake under
// another name would be one under the policy of the first host (and its session one of the second).
TEST_P(SessionNames, AreToldAsTheyCountForTheHandshake) {
  use(Names::acknowledged);
  for (const char* first : {"one", ""}) {
    const Visit made = visit(first);
    const Visit taken = visit("two", made.session.get());
    EXPECT_FALSE(taken.reused);
    EXPECT_EQ(taken.host, "two");
    EXPECT_EQ(taken.server_name, "two");
    EXPECT_EQ(told, "two") << "after one of \"" << first << '"';
  }
  const Visit made = visit("one");
  EXPECT_TRUE(visit("one", made.session.get()).reused);
  EXPECT_EQ(told, "one");
  visit("", visit("one").session.get());
  EXPECT_EQ(told, "");
}

// The host's policy is which clients it takes: one that its own authority vouches for.
TEST_P(SessionNames, DoNotBringAClientToAHostThatDoesNotTakeIt) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = make_certificate(key.get());
  SSL_CTX_use_certificate(client.get(), certificate.get());
  SSL_CTX_use_PrivateKey(client.get(), key.get());
  SSL_CTX_callback_ctrl(server.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                        reinterpret_cast<void (*)()>(+[](SSL* ssl, int*, void*) -> int {
                          look(ssl);
                          const bool takes_anybody = told == "one";
                          SSL_set_verify(
                              ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                              takes_anybody ? [](int, X509_STORE_CTX*) { return 1; }
                                            : [](int, X509_STORE_CTX*) { return 0; });
                          return SSL_TLSEXT_ERR_OK;
                        }));
  const Visit made = visit("one");
  ASSERT_EQ(made.host, "one");
  const Visit taken = try_to_visit("two", made.session.get());
  EXPECT_FALSE(taken.complete);
}

// As in OpenSSL a renegotiation has a name of its own, or none.
TEST(RenegotiatedName, IsNotTheOneBefore) {
  const Context client(SSL_CTX_new(TLS_client_method()));
  const Context server(SSL_CTX_new(TLS_server_method()));
  ASSERT_TRUE(use_new_certificate(server.get()));
  SSL_CTX_set_max_proto_version(client.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(server.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  SSL_CTX_callback_ctrl(server.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                        reinterpret_cast<void (*)()>(acknowledge));
  const Connection near(SSL_new(client.get()));
  const Connection far(SSL_new(server.get()));
  join(near.get(), far.get());
  std::string name = "one";
  SSL_ctrl(near.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  for (const char* expected : {"one", ""}) {
    char byte = 0;
    for (int i = 0; i < 20; ++i) {
      SSL_do_handshake(near.get());
      (void)SSL_read(far.get(), &byte, 1);
      (void)SSL_read(near.get(), &byte, 1);
    }
    ASSERT_EQ(SSL_is_init_finished(near.get()), 1);
    ASSERT_EQ(SSL_renegotiate_pending(near.get()), 0);
    EXPECT_EQ(told, expected);
    SSL_ctrl(near.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, nullptr);
    SSL_renegotiate_abbreviated(near.get());
    SSL_renegotiate(near.get());
  }
  ERR_clear_error();
}

std::string id_of(const SSL_SESSION* session) {
  unsigned size = 0;
  const unsigned char* id = SSL_SESSION_get_id(session, &size);
  return std::string(id, id + size);
}

SSL_TICKET_RETURN use_and_renew(SSL*, SSL_SESSION*, const unsigned char*, std::size_t,
                                SSL_TICKET_STATUS status, void*) {
  return status == SSL_TICKET_EMPTY ? SSL_TICKET_RETURN_IGNORE_RENEW : SSL_TICKET_RETURN_USE_RENEW;
}

// TLS 1.2: a ticket's session has no id of its own, and OpenSSL's can be resumed again; nor has
// that of a ticket which took another's place.
TEST(SessionFromATicket, HasTheClientsId) {
  const Context client(SSL_CTX_new(TLS_client_method()));
  const Context server(SSL_CTX_new(TLS_server_method()));
  ASSERT_TRUE(use_new_certificate(server.get()));
  SSL_CTX_set_max_proto_version(client.get(), TLS1_2_VERSION);
  SSL_CTX_set_session_ticket_cb(server.get(), nullptr, use_and_renew, nullptr);
  Session kept;
  for (int visit = 0; visit < 3; ++visit) {
    const Connection near(SSL_new(client.get()));
    const Connection far(SSL_new(server.get()));
    join(near.get(), far.get());
    if (kept) SSL_set_session(near.get(), kept.get());
    ASSERT_TRUE(shake_hands(near.get(), far.get()));
    ASSERT_EQ(SSL_session_reused(far.get()), int{visit != 0});
    if (kept) {
      const SSL_SESSION* at_far = SSL_get_session(far.get());
      EXPECT_EQ(id_of(kept.get()), id_of(at_far));
      EXPECT_EQ(id_of(at_far).size(), 32U);
      EXPECT_EQ(SSL_SESSION_is_resumable(at_far), 1);
    }
    Session next(SSL_get1_session(near.get()));
    if (kept) {
      EXPECT_NE(id_of(next.get()), id_of(kept.get()));  // of the ticket that replaces it
    }
    kept = std::move(next);
    SSL_shutdown(near.get());
    SSL_shutdown(far.get());
  }
}

}  // namespace
