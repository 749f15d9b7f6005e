// What tests/abi/chain_check cannot compare: ciao's hellos list one point format, OpenSSL's three.
#include "libssl/chain_check.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "libssl/owned_for_tests.h"

namespace ciao::tls::testing {
namespace {

int flags_of_uncompressed = 0;
int flags_of_compressed = 0;

// RFC 8422 §5.1.2: the peer lists the formats that it can read.
TEST(ChainCheck, ACompressedKeyDoesNotFitAPeerThatListsTheOtherFormat) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = make_certificate(key.get());
  const Context client(SSL_CTX_new(TLS_client_method()));
  const Context server(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_max_proto_version(client.get(), TLS1_2_VERSION);
  SSL_CTX_use_certificate(server.get(), certificate.get());
  SSL_CTX_use_PrivateKey(server.get(), key.get());
  SSL_CTX_set_cert_cb(
      server.get(),
      [](SSL* ssl, void*) {
        for (const char* format : {"uncompressed", "compressed"}) {
          const Key shown(EVP_EC_gen("P-256"));
          EVP_PKEY_set_utf8_string_param(shown.get(), "point-format", format);
          const Certificate leaf = make_certificate(shown.get());
          const int flags = SSL_check_chain(ssl, leaf.get(), shown.get(), nullptr);
          (format[0] == 'u' ? flags_of_uncompressed : flags_of_compressed) = flags;
        }
        return 1;
      },
      nullptr);
  const Connection ours(SSL_new(client.get()));
  const Connection theirs(SSL_new(server.get()));
  join(ours.get(), theirs.get());
  SSL_do_handshake(ours.get());
  SSL_do_handshake(theirs.get());
  EXPECT_NE(flags_of_uncompressed & CERT_PKEY_VALID, 0);
  EXPECT_NE(flags_of_uncompressed & CERT_PKEY_EE_PARAM, 0);
  EXPECT_EQ(flags_of_compressed & CERT_PKEY_VALID, 0);
  EXPECT_EQ(flags_of_compressed & CERT_PKEY_EE_PARAM, 0);
  ERR_clear_error();
}

}  // namespace
}  // namespace ciao::tls::testing
