// Record padding (SSL_CTX_set_record_padding_callback(3), RFC 8446 §5.4) as it is seen on the wire.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <vector>

#include "libssl/owned_for_tests.h"

namespace {

using namespace ciao::tls::testing;

constexpr std::size_t kTag = 16;
constexpr std::size_t kFull = 16384;

// The lengths in the headers of the records sent.
void note_header(int write_p, int, int content_type, const void* bytes, std::size_t, SSL*,
                 void* lengths) {
  if (write_p == 0 || content_type != SSL3_RT_HEADER) return;
  const auto* header = static_cast<const unsigned char*>(bytes);
  static_cast<std::vector<std::size_t>*>(lengths)->push_back(
      static_cast<std::size_t>(header[3] << 8 | header[4]));
}

class RecordPadding : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(use_new_certificate(server_context_.get()));
    connect();
  }

  void connect() {
    client_.reset(SSL_new(client_context_.get()));
    server_.reset(SSL_new(server_context_.get()));
    BIO* near = nullptr;
    BIO* far = nullptr;
    ASSERT_EQ(BIO_new_bio_pair(&near, 0, &far, 0), 1);
    SSL_set_bio(client_.get(), near, near);
    SSL_set_bio(server_.get(), far, far);
    SSL_set_connect_state(client_.get());
    SSL_set_accept_state(server_.get());
    for (int i = 0; i < 10 && SSL_is_init_finished(server_.get()) == 0; ++i) {
      (void)SSL_do_handshake(client_.get());
      (void)SSL_do_handshake(server_.get());
    }
    ASSERT_EQ(SSL_is_init_finished(server_.get()), 1);
    SSL_set_msg_callback(client_.get(), note_header);
    SSL_set_msg_callback_arg(client_.get(), &lengths_);
  }

  // Writes one record, sees it arrive whole, and returns the length of its inner plaintext.
  std::size_t inner_length(std::size_t size) {
    lengths_.clear();
    const std::vector<char> data(size, 'x');
    std::size_t sent = 0;
    // Larger than the BIO pair holds: the reader makes room.
    std::size_t read = 0;
    std::vector<char> received(kFull);
    for (int i = 0; i < 4 && (sent == 0 || read == 0); ++i) {
      if (sent == 0) (void)SSL_write_ex(client_.get(), data.data(), size, &sent);
      if (read == 0) (void)SSL_read_ex(server_.get(), received.data(), received.size(), &read);
    }
    EXPECT_EQ(sent, size);
    EXPECT_EQ(read, size);
    EXPECT_EQ(lengths_.size(), 1u);
    return lengths_.empty() ? 0 : lengths_[0] - kTag;
  }

  const Context client_context_{SSL_CTX_new(TLS_client_method())};
  const Context server_context_{SSL_CTX_new(TLS_server_method())};
  Connection client_;
  Connection server_;
  std::vector<std::size_t> lengths_;
};

TEST_F(RecordPadding, NoneByDefault) { EXPECT_EQ(inner_length(100), 101u); }

// The inner plaintext ends with its content type, which the block includes.
TEST_F(RecordPadding, BlocksAreFilled) {
  ASSERT_EQ(SSL_set_block_padding(client_.get(), 500), 1);
  EXPECT_EQ(inner_length(1), 500u);
  EXPECT_EQ(inner_length(499), 500u);
  EXPECT_EQ(inner_length(500), 1000u);
}

TEST_F(RecordPadding, NoRecordGrowsBeyondAFullOne) {
  ASSERT_EQ(SSL_set_block_padding(client_.get(), 10000), 1);
  EXPECT_EQ(inner_length(10000), kFull);
  EXPECT_EQ(inner_length(kFull), kFull + 1);
}

TEST_F(RecordPadding, BlocksOfOneAndTooLargeOnes) {
  ASSERT_EQ(SSL_set_block_padding(client_.get(), 500), 1);
  EXPECT_EQ(SSL_set_block_padding(client_.get(), kFull + 1), 0);
  EXPECT_EQ(inner_length(1), 500u);
  EXPECT_EQ(SSL_set_block_padding(client_.get(), 1), 1);
  EXPECT_EQ(inner_length(1), 2u);
}

std::size_t add_argument(SSL*, int type, std::size_t length, void* argument) {
  EXPECT_EQ(type, SSL3_RT_APPLICATION_DATA);
  EXPECT_EQ(length, 8u);
  return *static_cast<std::size_t*>(argument);
}

TEST_F(RecordPadding, TheCallbackGoesBeforeTheBlock) {
  std::size_t added = 30;
  ASSERT_EQ(SSL_set_block_padding(client_.get(), 500), 1);
  ASSERT_EQ(SSL_set_record_padding_callback(client_.get(), add_argument), 1);
  SSL_set_record_padding_callback_arg(client_.get(), &added);
  EXPECT_EQ(inner_length(7), 38u);
  added = 1'000'000;
  EXPECT_EQ(inner_length(7), kFull);
}

std::size_t count_calls(SSL*, int, std::size_t, void* argument) {
  ++*static_cast<int*>(argument);
  return 0;
}

// RFC 5246 §6.2.3 has no padding that somebody could choose.
TEST_F(RecordPadding, TheCallbackIsNotAskedInTls12) {
  int calls = 0;
  for (const auto& context : {client_context_.get(), server_context_.get()}) {
    SSL_CTX_set_record_padding_callback(context, count_calls);
    SSL_CTX_set_record_padding_callback_arg(context, &calls);
  }
  ASSERT_EQ(SSL_CTX_set_max_proto_version(client_context_.get(), TLS1_2_VERSION), 1);
  connect();
  ASSERT_EQ(SSL_version(client_.get()), TLS1_2_VERSION);
  (void)inner_length(100);
  (void)SSL_shutdown(client_.get());
  EXPECT_EQ(calls, 0);
  ASSERT_EQ(SSL_CTX_set_max_proto_version(client_context_.get(), 0), 1);
  connect();
  (void)inner_length(100);
  EXPECT_GT(calls, 0);
}

}  // namespace
