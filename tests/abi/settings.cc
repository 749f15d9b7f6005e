// Options, modes, versions, limits and lists: what is set, what is refused, and what is read back.
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string>
#include <vector>

#include "report.h"

namespace {

using abi::line;

struct Method {
  const char* name;
  const SSL_METHOD* (*make)();
};

const Method kMethods[] = {
    {"TLS", TLS_method},
    {"TLS_client", TLS_client_method},
    {"TLS_server", TLS_server_method},
    {"TLSv1", TLSv1_method},
    {"TLSv1_1", TLSv1_1_method},
    {"TLSv1_2", TLSv1_2_method},
    {"TLSv1_2_client", TLSv1_2_client_method},
    {"DTLS", DTLS_method},
    {"DTLSv1", DTLSv1_method},
    {"DTLSv1_2", DTLSv1_2_method},
};

void show_context(const std::string& what, SSL_CTX* ctx) {
  line(what + " options", SSL_CTX_get_options(ctx));
  line(what + " mode", SSL_CTX_get_mode(ctx));
  line(what + " min", SSL_CTX_get_min_proto_version(ctx));
  line(what + " max", SSL_CTX_get_max_proto_version(ctx));
  line(what + " level", SSL_CTX_get_security_level(ctx));
  line(what + " verify mode", SSL_CTX_get_verify_mode(ctx));
  line(what + " verify depth", SSL_CTX_get_verify_depth(ctx));
  line(what + " verify callback", SSL_CTX_get_verify_callback(ctx) != nullptr);
  line(what + " cache mode", SSL_CTX_get_session_cache_mode(ctx));
  line(what + " cache size", SSL_CTX_sess_get_cache_size(ctx));
  line(what + " max cert list", SSL_CTX_get_max_cert_list(ctx));
  line(what + " read ahead", SSL_CTX_get_read_ahead(ctx));
  line(what + " status type", SSL_CTX_get_tlsext_status_type(ctx));
  line(what + " security callback", SSL_CTX_get_security_callback(ctx) != nullptr);
  line(what + " CA list", sk_X509_NAME_num(SSL_CTX_get0_CA_list(ctx)));
  line(what + " client CA list", sk_X509_NAME_num(SSL_CTX_get_client_CA_list(ctx)));
  line(what + " keylog", SSL_CTX_get_keylog_callback(ctx) != nullptr);
  line(what + " store", SSL_CTX_get_cert_store(ctx) != nullptr);
  line(what + " certificate", SSL_CTX_get0_certificate(ctx) != nullptr);
  line(what + " key", SSL_CTX_get0_privatekey(ctx) != nullptr);
}

void show_connection(const std::string& what, SSL* ssl) {
  line(what + " options", SSL_get_options(ssl));
  line(what + " mode", SSL_get_mode(ssl));
  line(what + " version", SSL_version(ssl));
  line(what + " version name", SSL_get_version(ssl));
  line(what + " is server", SSL_is_server(ssl));
  line(what + " is dtls", SSL_get_min_proto_version(ssl));
  line(what + " max", SSL_get_max_proto_version(ssl));
  line(what + " level", SSL_get_security_level(ssl));
  line(what + " verify mode", SSL_get_verify_mode(ssl));
  line(what + " verify result", SSL_get_verify_result(ssl));
  line(what + " cipher", SSL_get_current_cipher(ssl) != nullptr);
  line(what + " first cipher", SSL_get_cipher_list(ssl, 0));
  line(what + " no cipher", SSL_get_cipher_list(ssl, 1000));
  line(what + " shared", SSL_get_shared_ciphers(ssl, nullptr, 0) != nullptr);
  line(what + " client ciphers", SSL_get_client_ciphers(ssl) != nullptr);
  line(what + " servername", SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
  line(what + " servername type", SSL_get_servername_type(ssl));
  line(what + " groups", SSL_get1_groups(ssl, nullptr));
  line(what + " shared group", SSL_get_shared_group(ssl, -1));
  line(what + " sigalgs", SSL_get_sigalgs(ssl, -1, nullptr, nullptr, nullptr, nullptr, nullptr));
  line(what + " shared sigalgs",
       SSL_get_shared_sigalgs(ssl, 0, nullptr, nullptr, nullptr, nullptr, nullptr));
  int nid = 0;
  line(what + " peer signature type", SSL_get_peer_signature_type_nid(ssl, &nid));
  line(what + " peer signature", SSL_get_peer_signature_nid(ssl, &nid));
  EVP_PKEY* key = nullptr;
  line(what + " peer key", SSL_get_peer_tmp_key(ssl, &key));
  line(what + " extms", SSL_get_extms_support(ssl));
  line(what + " renegotiation", SSL_get_secure_renegotiation_support(ssl));
  line(what + " raw ciphers", SSL_get0_raw_cipherlist(ssl, nullptr));
  line(what + " status type", SSL_get_tlsext_status_type(ssl));
  const unsigned char* bytes = nullptr;
  line(what + " ocsp", SSL_get_tlsext_status_ocsp_resp(ssl, &bytes));
  unsigned size = 1;
  SSL_get0_alpn_selected(ssl, &bytes, &size);
  line(what + " alpn", size);
  line(what + " peer certificate", SSL_get0_peer_certificate(ssl) != nullptr);
  line(what + " peer chain", SSL_get_peer_cert_chain(ssl) != nullptr);
  line(what + " verified chain", SSL_get0_verified_chain(ssl) != nullptr);
  line(what + " peer CA list", SSL_get0_peer_CA_list(ssl) != nullptr);
  line(what + " client CA list", sk_X509_NAME_num(SSL_get_client_CA_list(ssl)));
  unsigned char random[64];
  line(what + " random", SSL_get_client_random(ssl, random, 0));
  line(what + " random part", SSL_get_client_random(ssl, random, 10));
  line(what + " random all", SSL_get_server_random(ssl, random, sizeof random));
  line(what + " finished", SSL_get_finished(ssl, random, sizeof random));
  line(what + " compression", SSL_get_current_compression(ssl) != nullptr);
}

void methods() {
  for (const Method& method : kMethods) {
    SSL_CTX* ctx = SSL_CTX_new(method.make());
    show_context(method.name, ctx);
    line(std::string(method.name) + " same method", SSL_CTX_get_ssl_method(ctx) == method.make());
    SSL* ssl = SSL_new(ctx);
    show_connection(method.name, ssl);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
  }
  line("no method", SSL_CTX_new(nullptr) != nullptr);
  line("no context", SSL_new(nullptr) != nullptr);
}

void versions() {
  const long kVersions[] = {0,      0x0002, 0x0100, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304,
                            0x0305, 0xfeff, 0xfefd, 0xfefe, 0xfefc, -1,     0x10303};
  for (const Method& method : kMethods) {
    for (const long min : kVersions) {
      for (const long max : kVersions) {
        SSL_CTX* ctx = SSL_CTX_new(method.make());
        const std::string what =
            std::string(method.name) + " bounds " + std::to_string(min) + " " + std::to_string(max);
        const long first = SSL_CTX_set_min_proto_version(ctx, min);
        const long second = SSL_CTX_set_max_proto_version(ctx, max);
        line(what, std::to_string(first) + std::to_string(second) + " " +
                       std::to_string(SSL_CTX_get_min_proto_version(ctx)) + " " +
                       std::to_string(SSL_CTX_get_max_proto_version(ctx)));
        SSL_CTX_free(ctx);
      }
    }
  }
}

void numbers() {
  SSL_CTX* ctx = SSL_CTX_new(TLS_method());
  SSL* ssl = SSL_new(ctx);
  const long kNumbers[] = {-5, -1, 0, 1, 2, 31, 32, 33, 511, 512, 600, 16383, 16384, 16385, 100000};
  for (const long n : kNumbers) {
    const std::string of = "(" + std::to_string(n) + ")";
    line("ctx max_send_fragment" + of, SSL_CTX_set_max_send_fragment(ctx, n));
    line("ssl max_send_fragment" + of, SSL_set_max_send_fragment(ssl, n));
    line("ctx split_send_fragment" + of, SSL_CTX_set_split_send_fragment(ctx, n));
    line("ssl split_send_fragment" + of, SSL_set_split_send_fragment(ssl, n));
    line("ctx max_cert_list" + of, SSL_CTX_set_max_cert_list(ctx, n));
    line("ssl max_cert_list" + of, SSL_set_max_cert_list(ssl, n));
    line("ctx max_pipelines" + of, SSL_CTX_set_max_pipelines(ctx, n));
    line("ssl max_pipelines" + of, SSL_set_max_pipelines(ssl, n));
    line("ctx read_ahead" + of, SSL_CTX_get_read_ahead(ctx));
    line("ctx cache size" + of, SSL_CTX_sess_set_cache_size(ctx, n));
    line("ctx cache mode" + of, SSL_CTX_set_session_cache_mode(ctx, n));
    line("ctx mode" + of, SSL_CTX_set_mode(ctx, static_cast<unsigned>(n)));
    line("ctx clear mode" + of, SSL_CTX_clear_mode(ctx, 5));
    line("ssl mode" + of, SSL_set_mode(ssl, static_cast<unsigned>(n)));
    line("ctx cert flags" + of, SSL_CTX_set_cert_flags(ctx, n & 0xff));
    line("ctx clear cert flags" + of, SSL_CTX_clear_cert_flags(ctx, 1));
    line("ctx dh_auto" + of, SSL_CTX_set_dh_auto(ctx, n));
    line("ssl status type" + of, SSL_set_tlsext_status_type(ssl, n));
    line("ssl status type read" + of, SSL_get_tlsext_status_type(ssl));
    line("unknown ssl command" + of, SSL_ctrl(ssl, 1000 + static_cast<int>(n), 0, nullptr));
    line("unknown ctx command" + of, SSL_CTX_ctrl(ctx, 1000 + static_cast<int>(n), 0, nullptr));
    SSL_CTX_set_security_level(ctx, static_cast<int>(n));
    line("ctx level" + of, SSL_CTX_get_security_level(ctx));
    SSL_CTX_set_verify_depth(ctx, static_cast<int>(n));
    line("ctx depth" + of, SSL_CTX_get_verify_depth(ctx));
    line("group name" + of, SSL_group_to_name(ssl, static_cast<int>(n)));
    line("alert" + of, SSL_alert_desc_string_long(static_cast<int>(n)));
  }
  for (int nid = 400; nid < 1250; ++nid) {
    const char* name = SSL_group_to_name(ssl, nid);
    if (name != nullptr) line("group " + std::to_string(nid), name);
  }
  for (int id = 0; id < 300; ++id) {
    const char* name = SSL_group_to_name(ssl, TLSEXT_nid_unknown | id);
    if (name != nullptr) line("group id " + std::to_string(id), name);
    line("extension " + std::to_string(id), SSL_extension_supported(static_cast<unsigned>(id)));
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    const uint64_t option = uint64_t{1} << bit;
    line("set option", SSL_CTX_set_options(ctx, option));
    line("ssl option", SSL_set_options(ssl, option));
    if (bit % 3 == 0) line("clear option", SSL_CTX_clear_options(ctx, option));
    if (bit % 5 == 0) line("clear ssl option", SSL_clear_options(ssl, option));
  }
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

const char* const kGroupLists[] = {"X25519",
                                   "P-256",
                                   "p-256:X448",
                                   "prime256v1:secp384r1",
                                   "P-256:P-256",
                                   "P-256:prime256v1",
                                   "",
                                   ":",
                                   "P-256:",
                                   ":P-256",
                                   "bogus",
                                   "P-256:bogus",
                                   " P-256 : X25519 ",
                                   "ffdhe2048:ffdhe8192",
                                   "secp256k1:brainpoolP512r1",
                                   "K-163",
                                   "sect571r1",
                                   "X25519:x25519",
                                   "P-256,P-384",
                                   "?X25519",
                                   "*X25519"};
const char* const kSchemeLists[] = {
    "RSA+SHA256",
    "ECDSA+SHA256:RSA+SHA256",
    "SHA256+RSA",
    "RSA-PSS+SHA384",
    "PSS+SHA512",
    "rsa_pss_rsae_sha256",
    "rsa_pss_pss_sha256:ed25519:ed448",
    "RSA+",
    "+RSA",
    "RSA",
    "SHA256",
    "",
    ":",
    "RSA+SHA256:RSA+SHA256",
    "RSA+SHA256:rsa_pkcs1_sha256",
    "DSA+SHA1:ECDSA+SHA1",
    "RSA+MD5",
    "ecdsa_sha1",
    "rsa_pkcs1_sha1",
    "dsa_sha256",
    "RSA+sha256",
    "rsa+SHA256",
    "ECDSA+SHA224",
    "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512",
    "ED25519",
    "RSA+SHA512 ",
    "averylongnamewithmorethanfortycharactersinit",
    "RSA+SHA3-256",
    "ECDSA+ECDSA",
    "ECDSA+RSA+SHA256"};

void lists() {
  SSL_CTX* ctx = SSL_CTX_new(TLS_method());
  SSL* ssl = SSL_new(ctx);
  for (const char* list : kGroupLists) {
    line(std::string("ctx groups ") + list, SSL_CTX_set1_groups_list(ctx, list));
    line(std::string("ssl groups ") + list, SSL_set1_groups_list(ssl, list));
  }
  for (const char* list : kSchemeLists) {
    line(std::string("ctx sigalgs ") + list, SSL_CTX_set1_sigalgs_list(ctx, list));
    line(std::string("ssl client sigalgs ") + list, SSL_set1_client_sigalgs_list(ssl, list));
    line(std::string("no ctx sigalgs ") + list,
         SSL_CTX_set1_sigalgs_list(static_cast<SSL_CTX*>(nullptr), list));
  }
  int groups[] = {NID_X9_62_prime256v1, NID_X25519, NID_X9_62_prime256v1};
  line("groups 2", SSL_CTX_set1_groups(ctx, groups, 2));
  line("groups 3", SSL_CTX_set1_groups(ctx, groups, 3));
  line("groups 0", SSL_CTX_set1_groups(ctx, groups, 0));
  int schemes[] = {NID_sha256, EVP_PKEY_RSA, NID_sha384, EVP_PKEY_EC, NID_md5, EVP_PKEY_RSA};
  line("sigalgs 4", SSL_CTX_set1_sigalgs(ctx, schemes, 4));
  line("sigalgs 6", SSL_CTX_set1_sigalgs(ctx, schemes, 6));
  line("sigalgs 3", SSL_CTX_set1_sigalgs(ctx, schemes, 3));
  const unsigned char types[] = {1, 64, 3};
  line("ctx types", SSL_CTX_set1_client_certificate_types(ctx, types, 3));
  line("ssl types", SSL_set1_client_certificate_types(ssl, types, 3));
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

void ciphersuites() {
  const char* const kLists[] = {"TLS_AES_128_GCM_SHA256",
                                "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
                                "",
                                ":",
                                "bogus",
                                "bogus:TLS_AES_128_CCM_8_SHA256",
                                " TLS_AES_128_CCM_SHA256 ",
                                "TLS_CHACHA20_POLY1305_SHA256:",
                                "TLS_RSA_WITH_AES_128_CBC_SHA",
                                "AES128-SHA",
                                "TLS_AES_128_GCM_SHA256:TLS_AES_128_GCM_SHA256"};
  for (const char* list : kLists) {
    SSL_CTX* ctx = SSL_CTX_new(TLS_method());
    SSL* before = SSL_new(ctx);
    line(std::string("ctx ciphersuites ") + list, SSL_CTX_set_ciphersuites(ctx, list));
    SSL* ssl = SSL_new(ctx);
    for (int i = 0; i < 4; ++i) {
      line("suite", SSL_CIPHER_get_name(sk_SSL_CIPHER_value(SSL_CTX_get_ciphers(ctx), i)));
      line("suite of older", SSL_get_cipher_list(before, i));
      line("suite of newer", SSL_get_cipher_list(ssl, i));
    }
    line("ssl ciphersuites", SSL_set_ciphersuites(ssl, "TLS_AES_128_CCM_SHA256"));
    line("ssl cipher list", SSL_set_cipher_list(ssl, "AES128-SHA"));
    for (int i = 0; i < 4; ++i) line("suite", SSL_get_cipher_list(ssl, i));
    SSL_free(before);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
  }
}

void suites() {
  SSL_CTX* ctx = SSL_CTX_new(TLS_method());
  SSL* ssl = SSL_new(ctx);
  for (unsigned id = 0; id < 0x10000; ++id) {
    const unsigned char bytes[] = {static_cast<unsigned char>(id >> 8),
                                   static_cast<unsigned char>(id)};
    const SSL_CIPHER* cipher = SSL_CIPHER_find(ssl, bytes);
    if (cipher == nullptr) continue;
    const std::string name = SSL_CIPHER_get_name(cipher);
    const bool absent =
        name.find("SRP") != std::string::npos || name.find("GOST") != std::string::npos;
    if (absent || name.find("SCSV") != std::string::npos) continue;
    int bits = 0;
    char text[128];
    line(name + " description", SSL_CIPHER_description(cipher, text, sizeof text));
    line(name + " standard", SSL_CIPHER_standard_name(cipher));
    line(name + " by standard", OPENSSL_cipher_name(SSL_CIPHER_standard_name(cipher)));
    line(name + " version", SSL_CIPHER_get_version(cipher));
    line(name + " bits", SSL_CIPHER_get_bits(cipher, &bits));
    line(name + " algorithm bits", bits);
    line(name + " id", SSL_CIPHER_get_id(cipher));
    line(name + " protocol id", static_cast<int>(SSL_CIPHER_get_protocol_id(cipher)));
    line(name + " kx", SSL_CIPHER_get_kx_nid(cipher));
    line(name + " auth", SSL_CIPHER_get_auth_nid(cipher));
    line(name + " cipher", SSL_CIPHER_get_cipher_nid(cipher));
    line(name + " digest", SSL_CIPHER_get_digest_nid(cipher));
    line(name + " handshake digest",
         static_cast<int>(EVP_MD_get_type(SSL_CIPHER_get_handshake_digest(cipher))));
    line(name + " aead", SSL_CIPHER_is_aead(cipher));
  }
  char text[128];
  line("none", SSL_CIPHER_get_name(nullptr));
  line("none standard", SSL_CIPHER_standard_name(nullptr));
  line("none version", SSL_CIPHER_get_version(nullptr));
  line("none bits", SSL_CIPHER_get_bits(nullptr, nullptr));
  line("unknown standard", OPENSSL_cipher_name("TLS_FOO"));
  line("no standard", OPENSSL_cipher_name(nullptr));
  const unsigned char one[] = {0x13, 1};
  line("short description", SSL_CIPHER_description(SSL_CIPHER_find(ssl, one), text, 127));
  const unsigned char hello[] = {0x13, 1, 0, 0xff, 0xc0, 0x2f, 0x7f, 0x7f, 0x56, 0};
  STACK_OF(SSL_CIPHER)* list = nullptr;
  STACK_OF(SSL_CIPHER)* signals = nullptr;
  line("split", SSL_bytes_to_cipher_list(ssl, hello, sizeof hello, 0, &list, &signals));
  line("suites", sk_SSL_CIPHER_num(list));
  line("signals", sk_SSL_CIPHER_num(signals));
  sk_SSL_CIPHER_free(list);
  sk_SSL_CIPHER_free(signals);
  line("split odd", SSL_bytes_to_cipher_list(ssl, hello, 3, 0, nullptr, nullptr));
  line("split none", SSL_bytes_to_cipher_list(ssl, hello, 0, 0, nullptr, nullptr));
  line("default list", OSSL_default_cipher_list());
  line("default suites", OSSL_default_ciphersuites());
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

void names() {
  SSL_CTX* ctx = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(ctx);
  const std::string longest(255, 'a');
  const std::string too_long(256, 'a');
  line("host", SSL_set_tlsext_host_name(ssl, "example.org"));
  line("host read", SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
  line("host other type", SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, 1, const_cast<char*>("a")));
  line("host read", SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
  line("host longest", SSL_set_tlsext_host_name(ssl, longest.c_str()));
  line("host too long", SSL_set_tlsext_host_name(ssl, too_long.c_str()));
  line("host read", SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
  line("host empty", SSL_set_tlsext_host_name(ssl, ""));
  line("host none", SSL_set_tlsext_host_name(ssl, nullptr));
  line("host read", SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
  line("host type", SSL_get_servername(ssl, 7));
  line("set1_host", SSL_set1_host(ssl, "example.org"));
  line("add1_host", SSL_add1_host(ssl, "example.net"));
  line("add1_host address", SSL_add1_host(ssl, "192.0.2.1"));
  line("add1_host second address", SSL_add1_host(ssl, "192.0.2.2"));
  char* address = X509_VERIFY_PARAM_get1_ip_asc(SSL_get0_param(ssl));
  line("address", address);
  OPENSSL_free(address);
  for (int i = 0; i < 3; ++i) line("host", X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), i));
  line("set1_host address", SSL_set1_host(ssl, "2001:db8::1"));
  for (int i = 0; i < 2; ++i) line("host", X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), i));
  address = X509_VERIFY_PARAM_get1_ip_asc(SSL_get0_param(ssl));
  line("address", address);
  OPENSSL_free(address);
  line("set1_host none", SSL_set1_host(ssl, nullptr));
  line("peername", SSL_get0_peername(ssl));
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_WILDCARDS);
  line("hostflags", X509_VERIFY_PARAM_get_hostflags(SSL_get0_param(ssl)));
  line("purpose", SSL_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER));
  line("purpose wrong", SSL_set_purpose(ssl, 1000));
  line("trust", SSL_CTX_set_trust(ctx, X509_TRUST_SSL_SERVER));
  X509_VERIFY_PARAM_set_depth(SSL_CTX_get0_param(ctx), 7);
  SSL* second = SSL_new(ctx);
  X509_VERIFY_PARAM_set_depth(SSL_CTX_get0_param(ctx), 8);
  line("depth of first", SSL_get_verify_depth(ssl));
  line("depth of second", SSL_get_verify_depth(second));
  line("depth of context", SSL_CTX_get_verify_depth(ctx));
  X509_VERIFY_PARAM_set_flags(SSL_get0_param(second), X509_V_FLAG_CRL_CHECK);
  SSL* third = SSL_new(ctx);
  line("flags of second", X509_VERIFY_PARAM_get_flags(SSL_get0_param(second)));
  line("flags of third", X509_VERIFY_PARAM_get_flags(SSL_get0_param(third)));
  line("set1_param", SSL_set1_param(third, SSL_get0_param(second)));
  line("flags of third", X509_VERIFY_PARAM_get_flags(SSL_get0_param(third)));
  SSL_free(third);
  SSL_free(second);
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

void protocols() {
  SSL_CTX* ctx = SSL_CTX_new(TLS_method());
  SSL* ssl = SSL_new(ctx);
  const std::vector<std::string> kLists = {std::string("\2h2\x8http/1.1", 12),
                                           std::string("\2h2", 3),
                                           std::string("\0", 1),
                                           "",
                                           std::string("\3h2", 3),
                                           std::string("\1a\0\1b", 5),
                                           std::string("\1", 1),
                                           std::string("\1a\2b", 4),
                                           std::string("\1x", 2),
                                           std::string("\0\1a", 3)};
  for (const std::string& list : kLists) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(list.data());
    const auto size = static_cast<unsigned>(list.size());
    line("ctx alpn", SSL_CTX_set_alpn_protos(ctx, bytes, size));
    line("ssl alpn", SSL_set_alpn_protos(ssl, bytes, size));
    for (const std::string& other : kLists) {
      unsigned char* out = nullptr;
      unsigned char out_size = 99;
      const int result = SSL_select_next_proto(&out, &out_size, bytes, size,
                                               reinterpret_cast<const unsigned char*>(other.data()),
                                               static_cast<unsigned>(other.size()));
      line("select " + std::to_string(result),
           std::string(reinterpret_cast<const char*>(out), out != nullptr ? out_size : 0));
    }
  }
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

int take_all(int, X509_STORE_CTX*) { return 1; }

// A callback that takes whatever comes must not stay when it was taken away.
void verify_callbacks() {
  SSL_CTX* ctx = SSL_CTX_new(TLS_method());
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, take_all);
  SSL* ssl = SSL_new(ctx);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
  line("context's callback taken away", SSL_CTX_get_verify_callback(ctx) == nullptr);
  line("of the connection made before", SSL_get_verify_callback(ssl) == take_all);
  SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
  line("connection's callback", SSL_get_verify_callback(ssl) == take_all);
  line("connection's mode", SSL_get_verify_mode(ssl));
  SSL_free(ssl);
  ssl = SSL_new(ctx);
  line("of the connection made after", SSL_get_verify_callback(ssl) == nullptr);
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  methods();
  versions();
  numbers();
  lists();
  ciphersuites();
  suites();
  names();
  protocols();
  verify_callbacks();
  return 0;
}
