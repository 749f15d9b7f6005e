// Rows of docs/DIFFERENCES.md that are about calls and callbacks: what ciao does where OpenSSL 3.0
// does otherwise, or ends in an error.
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <string>

#include "libssl/owned_for_tests.h"

namespace {

using namespace ciao::tls::testing;

class Differences : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(use_new_certificate(server_context_.get()));
    begin(0);
  }

  // Two new connections of this version, or of any.
  void begin(int version) {
    client_.reset(SSL_new(client_context_.get()));
    server_.reset(SSL_new(server_context_.get()));
    SSL_set_max_proto_version(client_.get(), version);
    join(client_.get(), server_.get());
  }

  void shake_hands() {
    for (int i = 0; i < 10 && SSL_in_init(client_.get()) + SSL_in_init(server_.get()) != 0; ++i) {
      (void)SSL_do_handshake(client_.get());
      (void)SSL_do_handshake(server_.get());
    }
    ASSERT_EQ(SSL_is_init_finished(client_.get()), 1);
    ASSERT_EQ(SSL_is_init_finished(server_.get()), 1);
  }

  void expect_data_flows() {
    char got = 0;
    EXPECT_EQ(SSL_write(client_.get(), "x", 1), 1);
    EXPECT_EQ(SSL_read(server_.get(), &got, 1), 1);
    EXPECT_EQ(SSL_write(server_.get(), "y", 1), 1);
    EXPECT_EQ(SSL_read(client_.get(), &got, 1), 1);
    EXPECT_EQ(got, 'y');
  }

  const Context client_context_{SSL_CTX_new(TLS_client_method())};
  const Context server_context_{SSL_CTX_new(TLS_server_method())};
  Connection client_;
  Connection server_;
};

TEST_F(Differences, ASessionThatIsSetLaterIsForTheNextHandshake) {
  shake_hands();
  EXPECT_EQ(SSL_set_session(client_.get(), nullptr), 1);
  EXPECT_EQ(SSL_get_session(client_.get()), nullptr);
  expect_data_flows();
}

TEST_F(Differences, ARoleThatIsSetLaterForgetsTheConnection) {
  shake_hands();
  SSL_set_max_proto_version(client_.get(), TLS1_2_VERSION);
  join(client_.get(), server_.get());
  for (const SSL* ssl : {client_.get(), server_.get()}) {
    EXPECT_EQ(SSL_in_before(ssl), 1);
    EXPECT_EQ(SSL_get_current_cipher(ssl), nullptr);
  }
  shake_hands();
  EXPECT_EQ(SSL_version(client_.get()), TLS1_2_VERSION);
  expect_data_flows();
}

// OpenSSL's second call on such a connection reads and writes in the clear.
TEST_F(Differences, ARenegotiationBeforeTheFirstHandshakeLetsNothingOutInTheClear) {
  char byte = 0;
  EXPECT_EQ(SSL_renegotiate(client_.get()), 1);
  EXPECT_EQ(SSL_do_handshake(client_.get()), -1);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(SSL_write(client_.get(), "x", 1), -1);
    EXPECT_EQ(SSL_get_error(client_.get(), -1), SSL_ERROR_SSL);
    EXPECT_EQ(SSL_read(client_.get(), &byte, 1), -1);
    EXPECT_EQ(SSL_get_error(client_.get(), -1), SSL_ERROR_SSL);
  }
  EXPECT_EQ(BIO_pending(SSL_get_rbio(server_.get())), 0U);
  EXPECT_EQ(SSL_clear(client_.get()), 1);
  shake_hands();
  expect_data_flows();
}

TEST_F(Differences, ARenegotiationThatAClientAsksForMidwayBeginsBehindTheHandshake) {
  begin(TLS1_2_VERSION);
  EXPECT_EQ(SSL_do_handshake(client_.get()), -1);
  EXPECT_EQ(SSL_renegotiate(client_.get()), 1);
  shake_hands();
  EXPECT_EQ(SSL_write(client_.get(), "x", 1), -1);
  EXPECT_EQ(SSL_get_error(client_.get(), -1), SSL_ERROR_WANT_READ);
  EXPECT_STREQ(SSL_state_string(client_.get()), "TWCH");
}

TEST_F(Differences, ARenegotiationThatIsAskedForIsCleared) {
  begin(TLS1_2_VERSION);
  shake_hands();
  ASSERT_EQ(SSL_renegotiate(client_.get()), 1);
  EXPECT_EQ(SSL_clear(client_.get()), 1);
  EXPECT_EQ(SSL_renegotiate_pending(client_.get()), 0);
  EXPECT_EQ(SSL_clear(server_.get()), 1);
  shake_hands();
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST_F(Differences, BeforeTheHandshakeNothingIsNegotiated) {
  begin(TLS1_2_VERSION);
  shake_hands();
  const Session session(SSL_get1_session(client_.get()));
  ASSERT_NE(SSL_SESSION_get0_peer(session.get()), nullptr);
  begin(TLS1_2_VERSION);
  ASSERT_EQ(SSL_set_session(client_.get(), session.get()), 1);
  EXPECT_EQ(SSL_get_current_cipher(client_.get()), nullptr);
  EXPECT_EQ(SSL_get0_peer_certificate(client_.get()), nullptr);
}

TEST_F(Differences, ANumberOfTicketsThatIsSetLaterAsksForNone) {
  int made = 0;
  SSL_CTX_set_ex_data(server_context_.get(), 0, &made);
  const auto count = [](SSL* ssl, void*) {
    ++*static_cast<int*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0));
    return 1;
  };
  SSL_CTX_set_session_ticket_cb(server_context_.get(), count, nullptr, nullptr);
  begin(0);
  shake_hands();
  EXPECT_EQ(made, 2);
  SSL_set_num_tickets(server_.get(), 14);
  ASSERT_EQ(SSL_new_session_ticket(server_.get()), 1);
  EXPECT_EQ(SSL_do_handshake(server_.get()), 1);
  EXPECT_EQ(made, 3);
}

TEST_F(Differences, AVersionThatIsSwitchedOffMidwayIsOffForTheNextHandshake) {
  EXPECT_EQ(SSL_do_handshake(client_.get()), -1);
  SSL_set_options(client_.get(), SSL_OP_NO_SSL_MASK);
  shake_hands();
  EXPECT_EQ(SSL_clear(client_.get()), 1);
  EXPECT_EQ(SSL_do_handshake(client_.get()), -1);
  EXPECT_EQ(ERR_GET_REASON(ERR_get_error()), SSL_R_NO_PROTOCOLS_AVAILABLE);
}

TEST_F(Differences, EarlyDataThatWasToBeReadIsCleared) {
  char byte = 0;
  std::size_t taken = 0;
  EXPECT_EQ(SSL_read_early_data(server_.get(), &byte, 1, &taken), SSL_READ_EARLY_DATA_ERROR);
  EXPECT_EQ(SSL_write(server_.get(), "x", 1), 0);
  EXPECT_EQ(ERR_GET_REASON(ERR_get_error()), ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
  EXPECT_EQ(SSL_clear(server_.get()), 1);
  shake_hands();
  expect_data_flows();
}

// --- callbacks ---

using NameFn = int (*)(SSL*, int*, void*);

void set_name_callback(SSL_CTX* ctx, NameFn callback, void* argument = nullptr) {
  SSL_CTX_callback_ctrl(ctx, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                        reinterpret_cast<void (*)()>(callback));
  SSL_CTX_ctrl(ctx, SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, argument);
}

void set_id_context(SSL_CTX* ctx, char id) {
  SSL_CTX_set_session_id_context(ctx, reinterpret_cast<const unsigned char*>(&id), 1);
}

class Revisits : public Differences {
 protected:
  void visit(int version) {
    begin(version);
    std::string name = "localhost";
    SSL_ctrl(client_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    if (session_) (void)SSL_set_session(client_.get(), session_.get());
    shake_hands();
    expect_data_flows();
    session_ = copy_of(SSL_get0_session(client_.get()));
  }

  Session session_;
};

TEST_F(Revisits, AreNoneWhereTheNameBeginsToDemandACertificate) {
  ASSERT_TRUE(use_new_certificate(client_context_.get()));
  set_id_context(server_context_.get(), 's');
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    set_name_callback(server_context_.get(),
                      [](SSL*, int*, void*) -> int { return SSL_TLSEXT_ERR_OK; });
    session_.reset();
    visit(version);
    visit(version);
    EXPECT_EQ(SSL_session_reused(server_.get()), 1);
    set_name_callback(server_context_.get(), [](SSL* ssl, int*, void*) -> int {
      SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     [](int, X509_STORE_CTX*) { return 1; });
      return SSL_TLSEXT_ERR_OK;
    });
    visit(version);
    EXPECT_EQ(SSL_session_reused(server_.get()), 0);
    EXPECT_NE(SSL_get0_peer_certificate(server_.get()), nullptr);
  }
}

TEST_F(Revisits, AreNoneUnderTheContextThatTheNameSets) {
  set_id_context(server_context_.get(), 's');
  const Context other(SSL_CTX_new(TLS_server_method()));
  ASSERT_TRUE(use_new_certificate(other.get()));
  set_id_context(other.get(), 'o');
  visit(TLS1_3_VERSION);
  visit(TLS1_3_VERSION);
  EXPECT_EQ(SSL_session_reused(server_.get()), 1);
  set_name_callback(
      server_context_.get(),
      [](SSL* ssl, int*, void* to) -> int {
        SSL_set_SSL_CTX(ssl, static_cast<SSL_CTX*>(to));
        return SSL_TLSEXT_ERR_OK;
      },
      other.get());
  visit(TLS1_3_VERSION);
  EXPECT_EQ(SSL_session_reused(server_.get()), 0);
}

TEST_F(Differences, AServersCertificateCallbackIsAskedOnceBehindARetry) {
  std::string groups = "P-384";
  SSL_CTX_ctrl(server_context_.get(), SSL_CTRL_SET_GROUPS_LIST, 0, groups.data());
  int calls = 0;
  SSL_CTX_set_cert_cb(
      server_context_.get(),
      [](SSL*, void* count) { return ++*static_cast<int*>(count) != 0 ? 1 : 0; }, &calls);
  groups = "X25519:P-384";
  SSL_CTX_ctrl(client_context_.get(), SSL_CTRL_SET_GROUPS_LIST, 0, groups.data());
  begin(TLS1_3_VERSION);
  shake_hands();
  EXPECT_EQ(calls, 1);
}

TEST_F(Differences, AnEmptyIdentityIsNotOfferedInTls13) {
  SSL_CTX_set_psk_client_callback(
      client_context_.get(),
      [](SSL*, const char*, char* identity, unsigned, unsigned char* key, unsigned size) {
        *identity = '\0';
        std::fill_n(key, std::min(size, 16U), static_cast<unsigned char>(7));
        return std::min(size, 16U);
      });
  begin(TLS1_3_VERSION);
  shake_hands();
  EXPECT_EQ(SSL_session_reused(client_.get()), 0);
  expect_data_flows();
}

// --- what goes out, and what is counted ---

TEST_F(Differences, AClientsAlertIsBehindAChangeCipherSpec) {
  SSL_CTX_set_verify(client_context_.get(), SSL_VERIFY_PEER, nullptr);
  begin(TLS1_3_VERSION);
  EXPECT_EQ(SSL_do_handshake(client_.get()), -1);
  EXPECT_EQ(SSL_do_handshake(server_.get()), -1);
  EXPECT_EQ(SSL_do_handshake(client_.get()), -1);
  EXPECT_EQ(SSL_get_error(client_.get(), -1), SSL_ERROR_SSL);
  unsigned char sent[64] = {};
  ASSERT_GT(BIO_read(SSL_get_rbio(server_.get()), sent, sizeof sent), 6);
  EXPECT_EQ(sent[0], SSL3_RT_CHANGE_CIPHER_SPEC);
  EXPECT_EQ(sent[6], SSL3_RT_APPLICATION_DATA);
}

TEST_F(Differences, AClientOfTls12ListsFiniteFieldGroups) {
  std::string groups;
  SSL_CTX_set_client_hello_cb(
      server_context_.get(),
      [](SSL* ssl, int*, void* list) {
        const unsigned char* content = nullptr;
        std::size_t size = 0;
        SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_groups, &content, &size);
        static_cast<std::string*>(list)->assign(content, content + size);
        return SSL_CLIENT_HELLO_SUCCESS;
      },
      &groups);
  begin(TLS1_2_VERSION);
  shake_hands();
  // RFC 7919 §2: ffdhe2048 is 256.
  bool listed = false;
  for (std::size_t i = 2; i + 1 < groups.size(); i += 2)
    listed |= groups.substr(i, 2) == std::string("\1\0", 2);
  EXPECT_TRUE(listed);
}

TEST_F(Differences, AServersRenegotiationsAreCountedByTheirStarts) {
  begin(TLS1_2_VERSION);
  shake_hands();
  EXPECT_EQ(SSL_renegotiate(server_.get()), 1);
  EXPECT_EQ(SSL_do_handshake(server_.get()), 1);
  const auto count = [&] {
    return SSL_CTX_ctrl(server_context_.get(), SSL_CTRL_SESS_ACCEPT_RENEGOTIATE, 0, nullptr);
  };
  EXPECT_EQ(count(), 1);
  char byte = 0;
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(SSL_read(client_.get(), &byte, 1), -1);
    EXPECT_EQ(SSL_read(server_.get(), &byte, 1), -1);
  }
  EXPECT_EQ(SSL_renegotiate_pending(server_.get()), 0);
  EXPECT_EQ(count(), 2);
  expect_data_flows();
}

}  // namespace
