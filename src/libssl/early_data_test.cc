// Early data where ciao answers otherwise than OpenSSL (docs/DIFFERENCES.md). The rest is compared
// in tests/abi/early_data.cc.
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <string>

#include "keys/key_schedule13.h"
#include "libssl/owned_for_tests.h"
#include "record/record_writer.h"

namespace ciao::tls {
namespace {

using testing::Context;
using testing::Free;

using MemoryBio = std::unique_ptr<BIO, Free<BIO_free>>;

Bytes server_traffic_secret;

void remember_secret(const SSL*, const char* line) {
  const std::string text(line);
  if (!text.starts_with("SERVER_TRAFFIC_SECRET_0")) return;
  const std::string hex = text.substr(text.rfind(' ') + 1);
  server_traffic_secret.clear();
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    server_traffic_secret.push_back(
        static_cast<std::uint8_t>(std::stoi(hex.substr(at, 2), nullptr, 16)));
  }
}

class EarlyDataFace : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(testing::use_new_certificate(server_ctx_.get()));
    SSL_CTX_set_max_early_data(server_ctx_.get(), 1000);
    SSL_CTX_set_keylog_callback(server_ctx_.get(), remember_secret);
    SSL_CTX_set_ciphersuites(server_ctx_.get(), "TLS_AES_128_GCM_SHA256");
    meet();
    ASSERT_EQ(SSL_do_handshake(client_.get()), -1);
    for (int i = 0; i < 3; ++i) {
      SSL_do_handshake(server_.get());
      SSL_do_handshake(client_.get());
    }
    char byte = 0;
    SSL_read(client_.get(), &byte, 1);
    session_.reset(SSL_get1_session(client_.get()));
    ASSERT_EQ(SSL_SESSION_get_max_early_data(session_.get()), 1000U);
    // Closed, or the session would go with its connection.
    for (SSL* ssl : {client_.get(), server_.get()}) {
      SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }
    meet();
    ASSERT_EQ(SSL_set_session(client_.get(), session_.get()), 1);
    ERR_clear_error();
  }

  void meet() {
    client_.reset(SSL_new(client_ctx_.get()));
    server_.reset(SSL_new(server_ctx_.get()));
    to_server_.reset(BIO_new(BIO_s_mem()));
    to_client_.reset(BIO_new(BIO_s_mem()));
    for (BIO* bio : {to_server_.get(), to_client_.get()}) {
      BIO_set_mem_eof_return(bio, -1);
      for (int i = 0; i < 2; ++i) BIO_up_ref(bio);
    }
    SSL_set_bio(client_.get(), to_client_.get(), to_server_.get());
    SSL_set_bio(server_.get(), to_server_.get(), to_client_.get());
    SSL_set_connect_state(client_.get());
    SSL_set_accept_state(server_.get());
  }

  // A ticket right behind the server's Finished, which the client's handshake has to end for.
  void send_ticket_early() {
    const Bytes ticket = {4, 0, 0, 18, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 4, 1, 2, 3, 4, 0, 0};
    const Ref<Algorithms> algorithms = make_ref<Algorithms>(nullptr, nullptr);
    const Suite& suite = *find_suite13(0x1301);
    const Result<TrafficKeys> keys = traffic_keys(*algorithms, suite, server_traffic_secret);
    ASSERT_TRUE(keys);
    RecordWriter writer;
    ASSERT_TRUE(writer.install(*algorithms, suite.aead, keys->key.view(), keys->iv.view()));
    ASSERT_TRUE(writer.seal(ContentType::handshake, ticket));
    BIO_write(to_client_.get(), writer.output().data(), static_cast<int>(writer.output().size()));
  }

  Context client_ctx_{SSL_CTX_new(TLS_client_method())};
  Context server_ctx_{SSL_CTX_new(TLS_server_method())};
  MemoryBio to_server_, to_client_;
  testing::Session session_;
  testing::Connection client_, server_;
};

TEST_F(EarlyDataFace, IsNotSentAsOrdinaryDataWhenTheHandshakeIsComplete) {
  SSL_set_max_early_data(server_.get(), 0);
  std::size_t written = 0;
  ASSERT_EQ(SSL_write_early_data(client_.get(), "AAA", 3, &written), 1);
  ASSERT_EQ(SSL_do_handshake(server_.get()), -1);
  send_ticket_early();
  char text[16] = {};
  ASSERT_EQ(SSL_read(client_.get(), text, sizeof text), -1);
  ASSERT_EQ(SSL_is_init_finished(client_.get()), 1);
  ASSERT_EQ(SSL_get_early_data_status(client_.get()), SSL_EARLY_DATA_REJECTED);
  ERR_clear_error();
  EXPECT_EQ(SSL_write_early_data(client_.get(), "BBB", 3, &written), 0);
  EXPECT_EQ(ERR_GET_REASON(ERR_get_error()), ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
  // What was refused is sent again, and arrives once.
  EXPECT_EQ(SSL_write(client_.get(), "AAABBB", 6), 6);
  EXPECT_EQ(SSL_read(server_.get(), text, sizeof text), 6);
  EXPECT_EQ(std::string(text, 6), "AAABBB");
}

TEST_F(EarlyDataFace, HalfReadIsNotWrittenOver) {
  std::size_t size = 0;
  ASSERT_EQ(SSL_write_early_data(client_.get(), "sixteen bytes ..", 16, &size), 1);
  char text[16] = {};
  ASSERT_EQ(SSL_read_early_data(server_.get(), text, 3, &size), SSL_READ_EARLY_DATA_SUCCESS);
  EXPECT_EQ(SSL_do_handshake(server_.get()), -1);
  EXPECT_EQ(ERR_GET_REASON(ERR_get_error()), SSL_R_UNEXPECTED_RECORD);
}

}  // namespace
}  // namespace ciao::tls
