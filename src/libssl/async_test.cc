// What ciao refuses while a job of a connection is paused. What it does like OpenSSL is compared in
// tests/abi/async_jobs.cc.
#include "libssl/async.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "libssl/owned_for_tests.h"

namespace {

using namespace ciao::tls::testing;

int pause_once(SSL*, void* arg) {
  bool& wanted = *static_cast<bool*>(arg);
  if (std::exchange(wanted, false)) ASYNC_pause_job();
  return 1;
}

class PausedJob : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(use_new_certificate(server_ctx_.get()));
    SSL_CTX_set_mode(server_ctx_.get(), SSL_MODE_ASYNC);
    SSL_CTX_set_cert_cb(server_ctx_.get(), pause_once, &pause_);
    client_.reset(SSL_new(client_ctx_.get()));
    server_.reset(SSL_new(server_ctx_.get()));
    BIO* near = nullptr;
    BIO* far = nullptr;
    ASSERT_EQ(BIO_new_bio_pair(&near, 0, &far, 0), 1);
    SSL_set_bio(client_.get(), near, near);
    SSL_set_bio(server_.get(), far, far);
    ASSERT_EQ(SSL_connect(client_.get()), -1);
    ASSERT_EQ(SSL_accept(server_.get()), -1);
    ASSERT_EQ(SSL_get_error(server_.get(), -1), SSL_ERROR_WANT_ASYNC);
    ASSERT_EQ(SSL_waiting_for_async(server_.get()), 1);
    ERR_clear_error();
  }

  // The handshake is where it was, and comes to its end.
  void expect_whole() {
    ERR_clear_error();
    EXPECT_EQ(SSL_waiting_for_async(server_.get()), 1);
    int client = 0;
    int server = 0;
    for (int i = 0; i < 10 && (client != 1 || server != 1); ++i) {
      server = SSL_accept(server_.get());
      client = SSL_connect(client_.get());
    }
    EXPECT_EQ(client, 1);
    EXPECT_EQ(server, 1);
  }

  static void expect_refusal() {
    EXPECT_EQ(ERR_GET_REASON(ERR_peek_error()), ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
  }

  bool pause_ = true;
  Context client_ctx_{SSL_CTX_new(TLS_client_method())};
  Context server_ctx_{SSL_CTX_new(TLS_server_method())};
  Connection client_, server_;
};

TEST_F(PausedJob, IsNotGoneOnWithByAnotherCall) {
  char byte = 0;
  EXPECT_EQ(SSL_read(server_.get(), &byte, 1), -1);
  expect_refusal();
  ERR_clear_error();
  EXPECT_EQ(SSL_write(server_.get(), "x", 1), -1);
  expect_refusal();
  expect_whole();
}

TEST_F(PausedJob, IsNotClearedAway) {
  EXPECT_EQ(SSL_clear(server_.get()), 0);
  expect_refusal();
  expect_whole();
}

TEST_F(PausedJob, KeepsItsRole) {
  SSL_set_connect_state(server_.get());
  EXPECT_EQ(SSL_is_server(server_.get()), 1);
  expect_whole();
}

}  // namespace
