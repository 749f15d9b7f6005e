// Rows of docs/DIFFERENCES.md about calls on which OpenSSL 3.0 ends in an error, so that there is
// nothing to compare: what ciao does instead.
#include <gtest/gtest.h>
#include <openssl/err.h>

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

}  // namespace
