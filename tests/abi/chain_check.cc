// SSL_check_chain(3): every chain against every peer.
#include <openssl/ssl.h>

#include <functional>
#include <vector>

#include "connections.h"

namespace {

using namespace abi;

struct Named {
  std::string name;
  Key key;
  Certificate leaf;
  std::vector<Certificate> above;
};

Certificate sign(EVP_PKEY* subject_key, const char* subject, EVP_PKEY* issuer_key,
                 const char* issuer, const EVP_MD* digest) {
  Certificate made = make_certificate(subject_key, subject);
  X509_NAME* name = X509_NAME_new();
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(issuer), -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  X509_NAME_free(name);
  X509_sign(made.get(), issuer_key, digest);
  return made;
}

Key make_key(const std::string& kind) {
  if (kind == "rsa") return Key(EVP_RSA_gen(2048));
  if (kind == "ed25519") return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (kind == "ed448") return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
  if (kind == "rsa-pss") {
    EVP_PKEY* made = nullptr;
    EVP_PKEY_CTX* ctx = EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr);
    EVP_PKEY_keygen_init(ctx);
    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048);
    EVP_PKEY_generate(ctx, &made);
    EVP_PKEY_CTX_free(ctx);
    return Key(made);
  }
  Key made(EVP_EC_gen(kind == "p256-compressed" ? "P-256" : kind.c_str()));
  if (kind == "p256-compressed") {
    EVP_PKEY_set_utf8_string_param(made.get(), "point-format", "compressed");
  }
  return made;
}

const EVP_MD* digest_for(const std::string& kind, const EVP_MD* digest) {
  return kind == "ed25519" || kind == "ed448" ? nullptr : digest;
}

std::vector<Named>& chains() {
  static std::vector<Named> kChains = [] {
    std::vector<Named> all;
    const char* kinds[] = {"rsa",   "rsa-pss",   "P-256",   "P-384", "P-521",
                           "P-224", "secp256k1", "ed25519", "ed448", "p256-compressed"};
    for (const std::string kind : kinds) {
      Named each{kind, make_key(kind), nullptr, {}};
      each.leaf = make_certificate(each.key.get());
      if (kind == "ed25519" || kind == "ed448") X509_sign(each.leaf.get(), each.key.get(), nullptr);
      all.push_back(std::move(each));
    }
    // Signed by somebody of another kind, and with other hashes.
    const char* authorities[] = {"rsa", "P-256", "P-384", "P-224", "ed25519"};
    for (const std::string authority : authorities) {
      for (const EVP_MD* digest : {EVP_sha256(), EVP_sha384(), EVP_sha1()}) {
        Named each{"P-256 of " + authority + " " + EVP_MD_get0_name(digest),
                   make_key("P-256"),
                   nullptr,
                   {}};
        const Key root = make_key(authority);
        each.leaf = sign(each.key.get(), "leaf", root.get(), authority.c_str(),
                         digest_for(authority, digest));
        each.above.push_back(sign(root.get(), authority.c_str(), root.get(), authority.c_str(),
                                  digest_for(authority, digest)));
        all.push_back(std::move(each));
      }
    }
    return all;
  }();
  return kChains;
}

std::string current;

int check_all(SSL* ssl, void*) {
  for (const Named& each : chains()) {
    // ciao's hellos list the uncompressed format alone (docs/DIFFERENCES.md).
    if (each.name == "p256-compressed" && SSL_version(ssl) == TLS1_2_VERSION) continue;
    STACK_OF(X509)* above = sk_X509_new_null();
    for (const Certificate& certificate : each.above) sk_X509_push(above, certificate.get());
    char text[16];
    std::snprintf(text, sizeof text, "%#x",
                  SSL_check_chain(ssl, each.leaf.get(), each.key.get(), above));
    // Not all that libcrypto found on the way is an error of the call.
    ERR_clear_error();
    line(current + " " + each.name, text);
    sk_X509_free(above);
  }
  line(current + " no key", SSL_check_chain(ssl, certificate(), nullptr, nullptr));
  line(current + " no certificate", SSL_check_chain(ssl, nullptr, key(), nullptr));
  const char* formats = nullptr;
  // OpenSSL lists deprecated ones, too.
  const long count = SSL_get0_ec_point_formats(ssl, &formats);
  line(current + " formats", count > 0);
  if (count > 0) line(current + " first format", static_cast<int>(formats[0]));
  return 1;
}

struct Setting {
  const char* name;
  std::function<void(SSL_CTX* client, SSL_CTX* server)> apply;
};

const Setting kSettings[] = {
    {"default", [](SSL_CTX*, SSL_CTX*) {}},
    {"client groups",
     [](SSL_CTX* client, SSL_CTX*) { SSL_CTX_set1_groups_list(client, "P-384:X25519"); }},
    {"server groups",
     [](SSL_CTX*, SSL_CTX* server) { SSL_CTX_set1_groups_list(server, "X25519:P-384"); }},
    {"client sigalgs",
     [](SSL_CTX* client, SSL_CTX*) {
       SSL_CTX_set1_sigalgs_list(client, "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256");
     }},
    {"server sigalgs",
     [](SSL_CTX*, SSL_CTX* server) {
       SSL_CTX_set1_sigalgs_list(server, "ECDSA+SHA384:RSA+SHA256:ecdsa_secp256r1_sha256:ed25519");
     }},
    {"level 0",
     [](SSL_CTX* client, SSL_CTX* server) {
       for (SSL_CTX* ctx : {client, server}) SSL_CTX_set_security_level(ctx, 0);
     }},
    {"level 3",
     [](SSL_CTX* client, SSL_CTX* server) {
       for (SSL_CTX* ctx : {client, server}) SSL_CTX_set_security_level(ctx, 3);
     }},
    {"strict",
     [](SSL_CTX* client, SSL_CTX* server) {
       for (SSL_CTX* ctx : {client, server}) SSL_CTX_set_cert_flags(ctx, SSL_CERT_FLAG_TLS_STRICT);
     }},
    {"SUITEB128",
     [](SSL_CTX* client, SSL_CTX* server) {
       for (SSL_CTX* ctx : {client, server}) SSL_CTX_set_cipher_list(ctx, "SUITEB128");
     }},
    {"SUITEB128 and 192",
     [](SSL_CTX* client, SSL_CTX* server) {
       SSL_CTX_set_cipher_list(client, "SUITEB192");
       SSL_CTX_set_cipher_list(server, "SUITEB128");
     }},
    {"names",
     [](SSL_CTX*, SSL_CTX* server) { SSL_CTX_add_client_CA(server, chains()[12].leaf.get()); }},
    {"types",
     [](SSL_CTX*, SSL_CTX* server) {
       const unsigned char types[] = {TLS_CT_RSA_SIGN};
       SSL_CTX_set1_client_certificate_types(server, types, 1);
     }},
};

void meet(const Setting& setting, int version, bool at_server) {
  Context client = make_client(version);
  Context server = make_server(version);
  for (SSL_CTX* ctx : {client.get(), server.get()}) {
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  }
  setting.apply(client.get(), server.get());
  current = std::string(setting.name) + (version == TLS1_2_VERSION ? " 1.2" : " 1.3") +
            (at_server ? " server" : " client");
  SSL_CTX_set_cert_cb(at_server ? server.get() : client.get(), check_all, nullptr);
  Pair pair(client.get(), server.get());
  pair.handshake(current);
}

}  // namespace

int main() {
  for (const Setting& setting : kSettings) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      for (const bool at_server : {true, false}) meet(setting, version, at_server);
    }
  }
  const Context ctx = make_client(TLS1_3_VERSION);
  const Connection ssl(SSL_new(ctx.get()));
  current = "before";
  check_all(ssl.get(), nullptr);
}
