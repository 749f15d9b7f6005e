// TLS 1.2's key exchanges as the C interface configures them: ephemeral DH, pre-shared keys, RSA
// only by name.
#include <gtest/gtest.h>
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "libssl/owned_for_tests.h"

namespace {

using namespace ciao::tls::testing;

using DhPtr = std::unique_ptr<DH, Free<DH_free>>;

EVP_PKEY* rsa_key(std::size_t bits) {
  static const Key small(EVP_RSA_gen(2048));
  static const Key large(EVP_RSA_gen(3072));
  return bits == 2048 ? small.get() : large.get();
}

class KeyExchange12Face : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(use_certificate_for(server_.get(), rsa_key(2048)));
    SSL_CTX_set_max_proto_version(server_.get(), TLS1_2_VERSION);
  }

  // Runs one handshake; true when both sides are done.
  bool meet() {
    ERR_clear_error();
    client_ssl_.reset(SSL_new(client_.get()));
    server_ssl_.reset(SSL_new(server_.get()));
    BIO* near = nullptr;
    BIO* far = nullptr;
    EXPECT_EQ(BIO_new_bio_pair(&near, 0, &far, 0), 1);
    SSL_set_bio(client_ssl_.get(), near, near);
    SSL_set_bio(server_ssl_.get(), far, far);
    SSL_set_connect_state(client_ssl_.get());
    SSL_set_accept_state(server_ssl_.get());
    client_reason_ = server_reason_ = 0;
    int client = 0;
    int server = 0;
    for (int i = 0; i < 20 && (client != 1 || server != 1); ++i) {
      client = go_on(client_ssl_.get(), client_reason_);
      server = go_on(server_ssl_.get(), server_reason_);
    }
    return client == 1 && server == 1;
  }

  int temporary_bits() {
    EVP_PKEY* key = nullptr;
    // SSL_get_peer_tmp_key() converts without a cast.
    if (SSL_ctrl(client_ssl_.get(), SSL_CTRL_GET_PEER_TMP_KEY, 0, static_cast<void*>(&key)) != 1) {
      return 0;
    }
    const Key owner(key);
    EXPECT_EQ(EVP_PKEY_get_id(key), EVP_PKEY_DH);
    return EVP_PKEY_get_bits(key);
  }

  std::string temporary_group() {
    EVP_PKEY* key = nullptr;
    if (SSL_ctrl(client_ssl_.get(), SSL_CTRL_GET_PEER_TMP_KEY, 0, static_cast<void*>(&key)) != 1) {
      return "no key";
    }
    const Key owner(key);
    char name[40];
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, name, sizeof name, &size) != 1) return "no name";
    return {name, size};
  }

  void set_ciphers(const char* server, const char* client) {
    ASSERT_EQ(SSL_CTX_set_cipher_list(server_.get(), server), 1);
    ASSERT_EQ(SSL_CTX_set_cipher_list(client_.get(), client), 1);
  }

  static int go_on(SSL* ssl, int& reason) {
    const int result = SSL_do_handshake(ssl);
    const unsigned long error = ERR_get_error();
    if (result <= 0 && error != 0 && reason == 0) reason = ERR_GET_REASON(error);
    ERR_clear_error();
    return result;
  }

  const Context client_{SSL_CTX_new(TLS_client_method())};
  const Context server_{SSL_CTX_new(TLS_server_method())};
  Connection client_ssl_;
  Connection server_ssl_;
  int client_reason_ = 0;
  int server_reason_ = 0;
};

// --- ephemeral DH --------------------------------------------------------------------------------

TEST_F(KeyExchange12Face, WithoutParametersThereIsNoDhe) {
  set_ciphers("DHE", "DHE");
  EXPECT_FALSE(meet());
  EXPECT_EQ(server_reason_, SSL_R_NO_SHARED_CIPHER);
}

TEST_F(KeyExchange12Face, AutomaticGroupsFollowTheKeyAndAreNamedByTheClient) {
  set_ciphers("DHE", "DHE");
  SSL_CTX_set_dh_auto(server_.get(), 1);
  ASSERT_TRUE(meet());
  EXPECT_EQ(temporary_group(), "ffdhe2048");
  EXPECT_EQ(temporary_bits(), 2048);
  ASSERT_TRUE(use_certificate_for(server_.get(), rsa_key(3072)));
  ASSERT_TRUE(meet());
  EXPECT_EQ(temporary_group(), "ffdhe3072");
  // 2: by the security level alone.
  SSL_CTX_set_dh_auto(server_.get(), 2);
  ASSERT_TRUE(meet());
  EXPECT_EQ(temporary_group(), "ffdhe2048");
}

TEST_F(KeyExchange12Face, TheClientsOwnListOfGroupsIsKept) {
  set_ciphers("DHE", "DHE");
  SSL_CTX_set_dh_auto(server_.get(), 1);
  ASSERT_EQ(SSL_CTX_set1_groups_list(client_.get(), "X25519:ffdhe4096"), 1);
  ASSERT_TRUE(meet());
  EXPECT_EQ(temporary_group(), "ffdhe4096");
}

// RFC 7919 §4: with none acceptable among the client's groups there is no DHE suite to choose.
TEST_F(KeyExchange12Face, GroupsThatAreTooWeakAreNotChosen) {
  ASSERT_TRUE(use_certificate_for(server_.get(), rsa_key(3072)));
  SSL_CTX_set_dh_auto(server_.get(), 1);
  ASSERT_EQ(SSL_CTX_set1_groups_list(client_.get(), "X25519:ffdhe2048"), 1);
  set_ciphers("DHE", "DHE");
  EXPECT_FALSE(meet());
  EXPECT_EQ(server_reason_, SSL_R_NO_SHARED_CIPHER);
  set_ciphers("DHE:ECDHE", "DHE:ECDHE");
  EXPECT_TRUE(meet());
}

TEST_F(KeyExchange12Face, WithoutNamedGroupsTheSizesAreOpenSsls) {
  set_ciphers("DHE:@SECLEVEL=1", "DHE:@SECLEVEL=1");
  ASSERT_EQ(SSL_CTX_set1_groups_list(client_.get(), "X25519"), 1);
  SSL_CTX_set_dh_auto(server_.get(), 1);
  ASSERT_TRUE(meet());
  EXPECT_EQ(temporary_group(), "modp_2048");
  SSL_CTX_set_dh_auto(server_.get(), 2);
  ASSERT_TRUE(meet());
  EXPECT_EQ(temporary_bits(), 1024);
  // The same is too little for a client at Debian's level.
  set_ciphers("DHE:@SECLEVEL=1", "DHE:@SECLEVEL=2");
  EXPECT_FALSE(meet());
  EXPECT_EQ(client_reason_, SSL_R_DH_KEY_TOO_SMALL);
  EXPECT_EQ(server_reason_, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
}

EVP_PKEY* modp(const char* name) {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_keygen_init(context);
  EVP_PKEY_CTX_set_group_name(context, name);
  EVP_PKEY_generate(context, &key);
  EVP_PKEY_CTX_free(context);
  return key;
}

TEST_F(KeyExchange12Face, ConfiguredParametersAreUsedAsTheyAre) {
  set_ciphers("DHE", "DHE");
  ASSERT_EQ(SSL_CTX_set0_tmp_dh_pkey(server_.get(), modp("modp_4096")), 1);
  ASSERT_TRUE(meet());
  EXPECT_EQ(temporary_group(), "modp_4096");
  // Automatic ones go first.
  SSL_CTX_set_dh_auto(server_.get(), 1);
  ASSERT_TRUE(meet());
  EXPECT_EQ(temporary_group(), "ffdhe2048");
}

TEST_F(KeyExchange12Face, ParametersBelowTheSecurityLevelAreRefusedWhenSet) {
  const Key weak(modp("modp_1536"));
  EXPECT_EQ(SSL_CTX_set0_tmp_dh_pkey(server_.get(), weak.get()), 0);
  EXPECT_EQ(ERR_GET_REASON(ERR_peek_last_error()), SSL_R_DH_KEY_TOO_SMALL);
}

TEST_F(KeyExchange12Face, TheCallbackIsAskedWhenNothingElseIsSet) {
  set_ciphers("DHE", "DHE");
  SSL_CTX_set_tmp_dh_callback(server_.get(), [](SSL*, int, int) -> DH* {
    static const DhPtr made(DH_new_by_nid(NID_modp_3072));
    return made.get();
  });
  ASSERT_TRUE(meet());
  EXPECT_EQ(temporary_group(), "modp_3072");
  const DhPtr dh(DH_new_by_nid(NID_ffdhe3072));
  ASSERT_EQ(SSL_CTX_set_tmp_dh(server_.get(), dh.get()), 1);
  ASSERT_TRUE(meet());
  EXPECT_EQ(temporary_group(), "ffdhe3072");
}

TEST_F(KeyExchange12Face, ACallbackWithoutParametersEndsTheHandshake) {
  set_ciphers("DHE", "DHE");
  SSL_CTX_set_tmp_dh_callback(server_.get(), [](SSL*, int, int) -> DH* { return nullptr; });
  EXPECT_FALSE(meet());
  EXPECT_EQ(server_reason_, ERR_R_INTERNAL_ERROR);
}

// SSL_CTX_set_security_callback(3): SSL_SECOP_TMP_DH, on both sides.
TEST_F(KeyExchange12Face, TheSecurityCallbackDecidesAboutGroups) {
  static int asked_bits;
  const auto refuse = [](const SSL*, const SSL_CTX*, int op, int bits, int, void* other,
                         void*) -> int {
    if (op != SSL_SECOP_TMP_DH) return 1;
    EXPECT_EQ(EVP_PKEY_get_id(static_cast<EVP_PKEY*>(other)), EVP_PKEY_DH);
    asked_bits = bits;
    return 0;
  };
  set_ciphers("DHE", "DHE");
  SSL_CTX_set_dh_auto(server_.get(), 1);
  SSL_CTX_set_security_callback(client_.get(), refuse);
  asked_bits = 0;
  EXPECT_FALSE(meet());
  EXPECT_EQ(client_reason_, SSL_R_DH_KEY_TOO_SMALL);
  EXPECT_EQ(asked_bits, 112);
  SSL_CTX_set_security_callback(client_.get(), nullptr);
  SSL_CTX_set_security_callback(server_.get(), refuse);
  asked_bits = 0;
  EXPECT_FALSE(meet());
  EXPECT_EQ(server_reason_, SSL_R_DH_KEY_TOO_SMALL);
  EXPECT_EQ(asked_bits, 112);
}

// --- pre-shared keys -----------------------------------------------------------------------------

unsigned int give_psk(SSL*, const char* hint, char* identity, unsigned int max_identity,
                      unsigned char* psk, unsigned int max_psk) {
  EXPECT_EQ(max_identity, 256u);
  EXPECT_EQ(max_psk, 512u);
  std::snprintf(identity, max_identity, "%s", hint != nullptr ? hint : "no hint");
  std::memset(psk, 7, max_psk);
  return max_psk;
}

unsigned int find_psk(SSL*, const char* identity, unsigned char* psk, unsigned int max_psk) {
  if (std::strcmp(identity, "nobody") == 0) return 0;
  std::memset(psk, 7, max_psk);
  return max_psk;
}

TEST_F(KeyExchange12Face, PresharedKeysComeFromTheCallbacks) {
  SSL_CTX_set_psk_client_callback(client_.get(), give_psk);
  SSL_CTX_set_psk_server_callback(server_.get(), find_psk);
  SSL_CTX_set_dh_auto(server_.get(), 1);
  for (const char* suite :
       {"PSK-AES128-GCM-SHA256", "ECDHE-PSK-CHACHA20-POLY1305", "DHE-PSK-AES256-GCM-SHA384"}) {
    set_ciphers(suite, suite);
    ASSERT_EQ(SSL_CTX_use_psk_identity_hint(server_.get(), nullptr), 1);
    ASSERT_TRUE(meet()) << suite;
    EXPECT_STREQ(SSL_get_psk_identity(client_ssl_.get()), "no hint");
    EXPECT_STREQ(SSL_get_psk_identity(server_ssl_.get()), "no hint");
    EXPECT_EQ(SSL_get_psk_identity_hint(client_ssl_.get()), nullptr);
    ASSERT_EQ(SSL_CTX_use_psk_identity_hint(server_.get(), "here"), 1);
    ASSERT_TRUE(meet()) << suite;
    EXPECT_STREQ(SSL_get_psk_identity(server_ssl_.get()), "here");
    EXPECT_STREQ(SSL_get_psk_identity_hint(client_ssl_.get()), "here");
  }
}

TEST_F(KeyExchange12Face, AnIdentityThatTheServerDoesNotKnow) {
  SSL_CTX_set_psk_client_callback(client_.get(), give_psk);
  SSL_CTX_set_psk_server_callback(server_.get(), find_psk);
  set_ciphers("PSK", "PSK");
  ASSERT_EQ(SSL_CTX_use_psk_identity_hint(server_.get(), "nobody"), 1);
  EXPECT_FALSE(meet());
  EXPECT_EQ(server_reason_, SSL_R_PSK_IDENTITY_NOT_FOUND);
  EXPECT_EQ(client_reason_, SSL_R_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY);
}

TEST_F(KeyExchange12Face, AClientWithoutAKeyStops) {
  SSL_CTX_set_psk_client_callback(client_.get(), [](SSL*, const char*, char*, unsigned int,
                                                    unsigned char*, unsigned int) { return 0u; });
  SSL_CTX_set_psk_server_callback(server_.get(), find_psk);
  set_ciphers("PSK", "PSK");
  EXPECT_FALSE(meet());
  EXPECT_EQ(client_reason_, SSL_R_PSK_IDENTITY_NOT_FOUND);
  EXPECT_EQ(server_reason_, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
}

TEST_F(KeyExchange12Face, ACallbackThatClaimsTooMuchEndsTheHandshake) {
  SSL_CTX_set_psk_client_callback(client_.get(), give_psk);
  SSL_CTX_set_psk_server_callback(
      server_.get(), [](SSL*, const char*, unsigned char*, unsigned int) { return 513u; });
  set_ciphers("PSK", "PSK");
  EXPECT_FALSE(meet());
  EXPECT_EQ(server_reason_, ERR_R_INTERNAL_ERROR);
}

TEST_F(KeyExchange12Face, AHintHasALimit) {
  const std::string longest(PSK_MAX_IDENTITY_LEN, 'h');
  EXPECT_EQ(SSL_CTX_use_psk_identity_hint(server_.get(), longest.c_str()), 1);
  EXPECT_EQ(SSL_CTX_use_psk_identity_hint(server_.get(), (longest + "h").c_str()), 0);
  EXPECT_EQ(ERR_GET_REASON(ERR_peek_last_error()), SSL_R_DATA_LENGTH_TOO_LONG);
  EXPECT_EQ(SSL_use_psk_identity_hint(nullptr, "h"), 0);
}

// --- suites that are left out --------------------------------------------------------------------

// Listed as OpenSSL's cipher strings list them, and never offered.
TEST_F(KeyExchange12Face, SuitesThatAreLeftOutAreOnlyListed) {
  for (const char* rules :
       {"ADH-AES128-SHA256", "AECDH-AES256-SHA", "DHE-DSS-AES256-GCM-SHA384", "NULL-SHA256",
        "DHE-RSA-CAMELLIA128-SHA256", "ECDHE-RSA-CAMELLIA256-SHA384", "ECDHE-ARIA128-GCM-SHA256",
        "DHE-RSA-ARIA256-GCM-SHA384"}) {
    SCOPED_TRACE(rules);
    SSL_CTX_set_security_level(client_.get(), 0);
    SSL_CTX_set_max_proto_version(client_.get(), TLS1_2_VERSION);
    ASSERT_EQ(SSL_CTX_set_cipher_list(client_.get(), rules), 1);
    const Connection ssl(SSL_new(client_.get()));
    const std::string first = SSL_get_cipher_list(ssl.get(), 3);  // behind those of TLS 1.3
    EXPECT_EQ(first, rules);
    EXPECT_FALSE(meet());
    EXPECT_EQ(client_reason_, SSL_R_NO_CIPHERS_AVAILABLE);
  }
}

// --- RSA -----------------------------------------------------------------------------------------

TEST_F(KeyExchange12Face, RsaKeyExchangeIsUsedOnlyWhereItIsNamed) {
  SSL_CTX_set_dh_auto(server_.get(), 1);
  ASSERT_EQ(SSL_CTX_set_cipher_list(client_.get(), "kRSA"), 1);
  for (const char* rules : {"DEFAULT", "ALL", "HIGH", "aRSA", "AES", "AESGCM+aRSA", "TLSv1.2",
                            "kRSA:-kRSA:ALL", "DEFAULT:+kRSA", "HIGH:!kRSA:kRSA"}) {
    ASSERT_EQ(SSL_CTX_set_cipher_list(server_.get(), rules), 1);
    EXPECT_FALSE(meet()) << rules;
    EXPECT_EQ(server_reason_, SSL_R_NO_SHARED_CIPHER);
  }
  for (const char* rules : {"kRSA", "RSA", "DEFAULT:kRSA", "ALL:RSA", "AES128-GCM-SHA256",
                            "HIGH:AES256-SHA", "ALL:kRSA+AESGCM", "kRSA:@STRENGTH"}) {
    ASSERT_EQ(SSL_CTX_set_cipher_list(server_.get(), rules), 1);
    EXPECT_TRUE(meet()) << rules;
    EXPECT_EQ(SSL_CIPHER_get_kx_nid(SSL_get_current_cipher(client_ssl_.get())), NID_kx_rsa);
  }
}

TEST_F(KeyExchange12Face, AClientDoesNotOfferRsaKeyExchangeUnnamed) {
  ASSERT_EQ(SSL_CTX_set_cipher_list(server_.get(), "kRSA"), 1);
  ASSERT_TRUE(SSL_CTX_set_cipher_list(client_.get(), "DEFAULT"));
  EXPECT_FALSE(meet());
  for (int i = 0; i < sk_SSL_CIPHER_num(SSL_get_client_ciphers(server_ssl_.get())); ++i) {
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(SSL_get_client_ciphers(server_ssl_.get()), i);
    EXPECT_NE(SSL_CIPHER_get_kx_nid(cipher), NID_kx_rsa) << SSL_CIPHER_get_name(cipher);
  }
  // The list itself is OpenSSL's.
  bool listed = false;
  for (int i = 0; i < sk_SSL_CIPHER_num(SSL_get_ciphers(client_ssl_.get())); ++i) {
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(SSL_get_ciphers(client_ssl_.get()), i);
    listed = listed || SSL_CIPHER_get_kx_nid(cipher) == NID_kx_rsa;
  }
  EXPECT_TRUE(listed);
}

// The TLS 1.3 list is another one, and setting it leaves the names as they were.
TEST_F(KeyExchange12Face, CiphersuitesDoNotForgetTheNames) {
  ASSERT_EQ(SSL_CTX_set_cipher_list(server_.get(), "kRSA"), 1);
  ASSERT_EQ(SSL_CTX_set_ciphersuites(server_.get(), "TLS_AES_128_GCM_SHA256"), 1);
  ASSERT_EQ(SSL_CTX_set_cipher_list(client_.get(), "kRSA"), 1);
  EXPECT_TRUE(meet());
}

}  // namespace
