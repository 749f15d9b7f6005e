// SSL_CTX_set_ct_validation_callback(3): missing timestamps end the handshake of a client that
// verifies, and of no other.
#include <gtest/gtest.h>
#include <openssl/ct.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "libssl/owned_for_tests.h"

namespace {

using namespace ciao::tls::testing;

class TimestampsMissing : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    X509_EXTENSION* authority = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints,
                                                    const_cast<char*>("critical,CA:TRUE"));
    X509_add_ext(root_.get(), authority, -1);
    X509_EXTENSION_free(authority);
    X509_sign(root_.get(), root_key_.get(), EVP_sha256());
    const Key key(EVP_EC_gen("P-256"));
    const Certificate leaf = make_certificate(key.get(), "leaf");
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(root_.get()));
    X509_sign(leaf.get(), root_key_.get(), EVP_sha256());
    SSL_CTX_use_certificate(server_.get(), leaf.get());
    SSL_CTX_use_PrivateKey(server_.get(), key.get());
    X509_STORE_add_cert(SSL_CTX_get_cert_store(client_.get()), root_.get());
    SSL_CTX_set_max_proto_version(client_.get(), GetParam());
    SSL_CTX_enable_ct(client_.get(), SSL_CT_VALIDATION_STRICT);
  }

  // Whether both ends are established; the client's verify result.
  bool connects(int verify_mode, long& result) {
    SSL_CTX_set_verify(client_.get(), verify_mode, nullptr);
    const Connection client(SSL_new(client_.get()));
    const Connection server(SSL_new(server_.get()));
    join(client.get(), server.get());
    for (int i = 0; i < 4; ++i) {
      SSL_do_handshake(client.get());
      SSL_do_handshake(server.get());
    }
    result = SSL_get_verify_result(client.get());
    return SSL_is_init_finished(client.get()) == 1 && SSL_is_init_finished(server.get()) == 1;
  }

  const Key root_key_{EVP_EC_gen("P-256")};
  const Certificate root_ = make_certificate(root_key_.get(), "root");
  const Context client_{SSL_CTX_new(TLS_client_method())};
  const Context server_{SSL_CTX_new(TLS_server_method())};
};
INSTANTIATE_TEST_SUITE_P(Versions, TimestampsMissing,
                         ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

TEST_P(TimestampsMissing, EndsTheHandshakeOfAClientThatVerifies) {
  long result = X509_V_OK;
  EXPECT_FALSE(connects(SSL_VERIFY_PEER, result));
  EXPECT_EQ(result, X509_V_ERR_NO_VALID_SCTS);
}

TEST_P(TimestampsMissing, IsFoundInTheVerifyResultOfAnother) {
  long result = X509_V_OK;
  EXPECT_TRUE(connects(SSL_VERIFY_NONE, result));
  EXPECT_EQ(result, X509_V_ERR_NO_VALID_SCTS);
}

}  // namespace
