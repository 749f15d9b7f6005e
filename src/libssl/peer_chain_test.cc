// SSL_get_peer_cert_chain(3): a session that was stored has the leaf alone, and no chain.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "libssl/owned_for_tests.h"

namespace {

using namespace ciao::tls::testing;

class PeerChain : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(use_new_certificate(server_.get()));
    SSL_CTX_set_max_proto_version(client_.get(), GetParam());
  }

  // The client's connection, established.
  Connection connect(SSL_SESSION* session) {
    Connection client(SSL_new(client_.get()));
    const Connection server(SSL_new(server_.get()));
    join(client.get(), server.get());
    if (session != nullptr) SSL_set_session(client.get(), session);
    for (int i = 0; i < 4; ++i) {
      SSL_do_handshake(client.get());
      SSL_do_handshake(server.get());
    }
    EXPECT_EQ(SSL_is_init_finished(client.get()), 1);
    char byte = 0;
    SSL_read(client.get(), &byte, 1);  // takes the tickets of TLS 1.3
    SSL_shutdown(client.get());
    return client;
  }

  const Context client_{SSL_CTX_new(TLS_client_method())};
  const Context server_{SSL_CTX_new(TLS_server_method())};
};
INSTANTIATE_TEST_SUITE_P(Versions, PeerChain, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

TEST_P(PeerChain, IsLostWhereASessionWasStored) {
  const Connection first = connect(nullptr);
  EXPECT_EQ(sk_X509_num(SSL_get_peer_cert_chain(first.get())), 1);
  const Session session(SSL_get1_session(first.get()));
  const Session stored = copy_of(session.get());
  const Connection kept = connect(session.get());
  ASSERT_EQ(SSL_session_reused(kept.get()), 1);
  EXPECT_EQ(sk_X509_num(SSL_get_peer_cert_chain(kept.get())), 1);
  const Connection resumed = connect(stored.get());
  ASSERT_EQ(SSL_session_reused(resumed.get()), 1);
  EXPECT_NE(SSL_get0_peer_certificate(resumed.get()), nullptr);
  EXPECT_EQ(SSL_get_peer_cert_chain(resumed.get()), nullptr);
}

}  // namespace
