// When callbacks hear of a handshake, where docs/DIFFERENCES.md says that it is not as in OpenSSL.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>

#include "libssl/owned_for_tests.h"

namespace {

using namespace ciao::tls::testing;

std::string& told() {
  static std::string text;
  return text;
}

int on_name(SSL*, int*, void*) {
  told() += "name ";
  return SSL_TLSEXT_ERR_OK;
}

SSL_TICKET_RETURN on_ticket(SSL*, SSL_SESSION*, const unsigned char*, size_t, SSL_TICKET_STATUS,
                            void*) {
  told() += "ticket ";
  return SSL_TICKET_RETURN_USE_RENEW;
}

void on_info(const SSL* ssl, int where, int) {
  if ((where & SSL_CB_LOOP) != 0) told() += std::string(SSL_state_string(ssl)) + ' ';
}

class Observing : public ::testing::Test {
 protected:
  void SetUp() override {
    told().clear();
    ASSERT_TRUE(use_new_certificate(server_context_.get()));
    connect();
  }

  void connect() {
    client_.reset(SSL_new(client_context_.get()));
    server_.reset(SSL_new(server_context_.get()));
    ASSERT_EQ(BIO_new_bio_pair(&near_, 0, &far_, 0), 1);
    SSL_set_bio(client_.get(), near_, near_);
    SSL_set_bio(server_.get(), far_, far_);
    SSL_set_connect_state(client_.get());
    SSL_set_accept_state(server_.get());
    std::string name = "localhost";
    SSL_ctrl(client_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }

  void shake_hands() {
    for (int i = 0; i < 10 && SSL_is_init_finished(server_.get()) == 0; ++i) {
      (void)SSL_do_handshake(client_.get());
      (void)SSL_do_handshake(server_.get());
    }
    ASSERT_EQ(SSL_is_init_finished(server_.get()), 1);
    char byte = 0;
    (void)SSL_read(client_.get(), &byte, 1);  // the tickets
  }

  const Context client_context_{SSL_CTX_new(TLS_client_method())};
  const Context server_context_{SSL_CTX_new(TLS_server_method())};
  Connection client_;
  Connection server_;
  BIO* near_ = nullptr;  // the client's, which owns it
  BIO* far_ = nullptr;   // the server's
};

// RFC 8446 §4.6.1: a ticket is for one name, so that the name is settled first.
TEST_F(Observing, TheNameIsAskedBeforeTheTicket) {
  SSL_CTX_callback_ctrl(server_context_.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                        reinterpret_cast<void (*)()>(on_name));
  shake_hands();
  told().clear();
  const Session session = copy_of(SSL_get0_session(client_.get()));
  SSL_CTX_set_session_ticket_cb(server_context_.get(), nullptr, on_ticket, nullptr);
  connect();
  EXPECT_EQ(SSL_set_session(client_.get(), session.get()), 1);
  shake_hands();
  EXPECT_EQ(told(), "name ticket ");
}

// The header of ServerHello alone changes nothing; the whole of it does.
TEST_F(Observing, HalfAMessageIsNotTold) {
  (void)SSL_do_handshake(client_.get());
  (void)SSL_do_handshake(server_.get());
  SSL_set_info_callback(client_.get(), on_info);
  unsigned char flight[16384];
  const int size = BIO_read(near_, flight, sizeof flight);
  ASSERT_GT(size, 100);
  BIO* const slow = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(slow, -1);
  SSL_set0_rbio(client_.get(), slow);
  // RFC 8446 §5.1: records may be cut where they like; here one holds the message's header.
  const unsigned char header[] = {flight[0], 3,         3,         0,        4,
                                  flight[5], flight[6], flight[7], flight[8]};
  ASSERT_EQ(BIO_write(slow, header, sizeof header), static_cast<int>(sizeof header));
  EXPECT_EQ(SSL_do_handshake(client_.get()), -1);
  EXPECT_EQ(told(), "");
  EXPECT_STREQ(SSL_state_string(client_.get()), "TWCH");
  const int rest = (flight[3] << 8 | flight[4]) - 4;
  const unsigned char next[] = {flight[0], 3, 3, static_cast<unsigned char>(rest >> 8),
                                static_cast<unsigned char>(rest & 0xff)};
  ASSERT_EQ(BIO_write(slow, next, sizeof next), static_cast<int>(sizeof next));
  ASSERT_EQ(BIO_write(slow, flight + 9, rest), rest);
  EXPECT_EQ(SSL_do_handshake(client_.get()), -1);
  EXPECT_EQ(told(), "TWCH ");
  EXPECT_STREQ(SSL_state_string(client_.get()), "TRSH");
}

}  // namespace
