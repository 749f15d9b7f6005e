// Groups, ephemeral DH keys and signature schemes: what each control command changes in a
// handshake, and what is told of it afterwards.
#include <openssl/ssl.h>

#include <string_view>

#include "trial.h"

namespace {

using namespace abi;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

std::string name_of_key(EVP_PKEY* key) {
  if (key == nullptr) return "-";
  char group[64] = "";
  std::size_t size = 0;
  EVP_PKEY_get_group_name(key, group, sizeof group, &size);
  return std::string(EVP_PKEY_get0_type_name(key)) + " " + group + " " +
         std::to_string(EVP_PKEY_get_bits(key));
}

// An empty place stays empty when there is no key.
template <class Get>
std::string told(Get get) {
  EVP_PKEY* found = nullptr;
  const long result = get(&found);
  const Key key(found);
  return std::to_string(result) + " " + name_of_key(key.get());
}

void show_keys(Trial& trial) {
  for (SSL* ssl : {trial.client(), trial.server()}) {
    const std::string side = SSL_is_server(ssl) == 1 ? "server's " : "client's ";
    trial.show(side + "peer key",
               told([&](EVP_PKEY** key) { return SSL_get_peer_tmp_key(ssl, key); }));
    trial.show(side + "server key",
               told([&](EVP_PKEY** key) { return SSL_get_server_tmp_key(ssl, key); }));
    trial.show(side + "own key", told([&](EVP_PKEY** key) { return SSL_get_tmp_key(ssl, key); }));
    trial.show(side + "group", SSL_get_negotiated_group(ssl));
  }
}

// --- ephemeral DH ---

EVP_PKEY* dh_parameters(const char* group) {
  EVP_PKEY_CTX* ctx = EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr);
  EVP_PKEY* made = nullptr;
  EVP_PKEY_keygen_init(ctx);
  EVP_PKEY_CTX_set_group_name(ctx, group);
  EVP_PKEY_keygen(ctx, &made);
  EVP_PKEY_CTX_free(ctx);
  return made;
}

DH* dh_of_3072() {
  static const Key kKey(dh_parameters("ffdhe3072"));
  static DH* const kDh = EVP_PKEY_get1_DH(kKey.get());
  return kDh;
}

DH* on_dh(SSL*, int, int) { return dh_of_3072(); }

// Without groups of RFC 7919 in the ClientHello the size is the server's choice alone.
Scene dh_scene() {
  return {TLS1_2_VERSION, true,
          [](Trial& trial) {
            SSL_CTX_set_cipher_list(trial.client_ctx(),
                                    "DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256");
            SSL_CTX_set_cipher_list(trial.server_ctx(),
                                    "DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256");
            SSL_CTX_set1_groups_list(trial.client_ctx(), "P-256");
          },
          show_keys};
}

void ephemeral_dh() {
  const Scene scene = dh_scene();
  try_setting("set_tmp_dh", scene,
              {End::server, [](SSL_CTX* ctx) { SSL_CTX_set_tmp_dh(ctx, dh_of_3072()); },
               [](SSL* ssl) { SSL_set_tmp_dh(ssl, dh_of_3072()); }});
  try_setting("set_tmp_dh_callback", scene,
              {End::server, [](SSL_CTX* ctx) { SSL_CTX_set_tmp_dh_callback(ctx, on_dh); },
               [](SSL* ssl) { SSL_set_tmp_dh_callback(ssl, on_dh); }});
  using Void = void (*)();
  const auto callback = reinterpret_cast<Void>(on_dh);
  try_setting("SSL_CTRL_SET_TMP_DH_CB", scene,
              {End::server,
               [&](SSL_CTX* ctx) {
                 line("callback_ctrl",
                      SSL_CTX_callback_ctrl(ctx, SSL_CTRL_SET_TMP_DH_CB, callback));
                 line("ctrl", SSL_CTX_ctrl(ctx, SSL_CTRL_SET_TMP_DH_CB, 0, nullptr));
               },
               [&](SSL* ssl) {
                 line("callback_ctrl", SSL_callback_ctrl(ssl, SSL_CTRL_SET_TMP_DH_CB, callback));
                 line("ctrl", SSL_ctrl(ssl, SSL_CTRL_SET_TMP_DH_CB, 0, nullptr));
               }});
  try_setting("set_dh_auto", scene,
              {End::server, [](SSL_CTX* ctx) { SSL_CTX_set_dh_auto(ctx, 1); },
               [](SSL* ssl) { SSL_set_dh_auto(ssl, 1); }});
}

// --- groups ---

void show_groups(Trial& trial) {
  SSL* const server = trial.server();
  int groups[64] = {}, curves[64] = {};
  const int count = SSL_get1_groups(server, groups);
  trial.show("peer's groups", list(std::vector<int>(groups, groups + count)));
  trial.show("peer's curves", SSL_get1_curves(server, curves));
  trial.show("peer's first curve", curves[0]);
  std::vector<int> shared;
  for (int i = -2; i < 3; ++i) shared.push_back(static_cast<int>(SSL_get_shared_group(server, i)));
  trial.show("shared groups", list(shared));
  trial.show("shared curve", SSL_get_shared_curve(server, 0));
  trial.show("client's shared", SSL_get_shared_group(trial.client(), -1));
  show_keys(trial);
}

// A client of TLS 1.2 alone lists the groups of RFC 7919 by default, which OpenSSL's does not.
void same_groups(Trial& trial) {
  for (SSL_CTX* ctx : {trial.client_ctx(), trial.server_ctx()}) {
    SSL_CTX_set1_groups_list(ctx, "X25519:P-256:X448:P-521:P-384");
  }
}

void groups() {
  static int ids[] = {NID_secp384r1, NID_X25519};
  const auto curve = [] {
    static EC_KEY* const kKey = EC_KEY_new_by_curve_name(NID_secp384r1);
    return kKey;
  };
  for (const int version : kVersions) {
    for (const End end : {End::client, End::server}) {
      const std::string side = end == End::client ? "client's " : "server's ";
      const Scene scene{version, false, same_groups, show_groups};
      try_setting(side + "set1_groups", scene,
                  {end, [](SSL_CTX* ctx) { SSL_CTX_set1_groups(ctx, ids, 2); },
                   [](SSL* ssl) { SSL_set1_groups(ssl, ids, 2); }});
      try_setting(side + "set1_curves", scene,
                  {end, [](SSL_CTX* ctx) { SSL_CTX_set1_curves(ctx, ids, 1); },
                   [](SSL* ssl) { SSL_set1_curves(ssl, ids, 1); }});
      try_setting(side + "set1_groups_list", scene,
                  {end, [](SSL_CTX* ctx) { SSL_CTX_set1_groups_list(ctx, "P-521:P-384"); },
                   [](SSL* ssl) { SSL_set1_groups_list(ssl, "P-521:P-384"); }});
      try_setting(side + "set1_curves_list", scene,
                  {end, [](SSL_CTX* ctx) { SSL_CTX_set1_curves_list(ctx, "X448"); },
                   [](SSL* ssl) { SSL_set1_curves_list(ssl, "X448"); }});
      try_setting(side + "set_tmp_ecdh", scene,
                  {end, [&](SSL_CTX* ctx) { SSL_CTX_set_tmp_ecdh(ctx, curve()); },
                   [&](SSL* ssl) { SSL_set_tmp_ecdh(ssl, curve()); }});
    }
  }
}

// --- signatures ---

void show_signatures(Trial& trial) {
  for (SSL* ssl : {trial.client(), trial.server()}) {
    const std::string side = SSL_is_server(ssl) == 1 ? "server's " : "client's ";
    int own = -1, peer = -1;
    const long has_own = SSL_get_signature_nid(ssl, &own);
    const long has_peer = SSL_get_peer_signature_nid(ssl, &peer);
    trial.show(side + "signature", list(std::vector<long>{has_own, own, has_peer, peer}));
    int hash = -1, key = -1;
    const int count = SSL_get_sigalgs(ssl, 0, &key, &hash, nullptr, nullptr, nullptr);
    trial.show(side + "peer's schemes", list(std::vector<int>{count, key, hash}));
  }
}

void with_client_certificate(Trial& trial) {
  SSL_CTX_use_certificate(trial.client_ctx(), rsa_certificate());
  SSL_CTX_use_PrivateKey(trial.client_ctx(), rsa_key());
  SSL_CTX_set_verify(trial.server_ctx(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
}

void signatures() {
  static int schemes[] = {NID_sha384, EVP_PKEY_RSA_PSS, NID_sha384, EVP_PKEY_RSA};
  constexpr const char* kList = "RSA-PSS+SHA512:RSA+SHA512";
  for (const int version : kVersions) {
    const Scene scene{version, true, with_client_certificate, show_signatures};
    for (const End end : {End::client, End::server}) {
      const std::string side = end == End::client ? "client's " : "server's ";
      try_setting(side + "set1_sigalgs", scene,
                  {end, [](SSL_CTX* ctx) { SSL_CTX_set1_sigalgs(ctx, schemes, 4); },
                   [](SSL* ssl) { SSL_set1_sigalgs(ssl, schemes, 4); }});
      try_setting(side + "set1_sigalgs_list", scene,
                  {end, [&](SSL_CTX* ctx) { SSL_CTX_set1_sigalgs_list(ctx, kList); },
                   [&](SSL* ssl) { SSL_set1_sigalgs_list(ssl, kList); }});
      try_setting(side + "set1_client_sigalgs", scene,
                  {end, [](SSL_CTX* ctx) { SSL_CTX_set1_client_sigalgs(ctx, schemes, 4); },
                   [](SSL* ssl) { SSL_set1_client_sigalgs(ssl, schemes, 4); }});
      try_setting(side + "set1_client_sigalgs_list", scene,
                  {end, [&](SSL_CTX* ctx) { SSL_CTX_set1_client_sigalgs_list(ctx, kList); },
                   [&](SSL* ssl) { SSL_set1_client_sigalgs_list(ssl, kList); }});
    }
  }
}

// --- Suite B, by the flags of certificates (RFC 6460) ---

void show_suite_b(Trial& trial) {
  int groups[64] = {};
  const int count = SSL_get1_groups(trial.server(), groups);
  trial.show("peer's groups", list(std::vector<int>(groups, groups + count)));
  trial.show("schemes",
             SSL_get_sigalgs(trial.server(), -1, nullptr, nullptr, nullptr, nullptr, nullptr));
}

void suite_b() {
  constexpr long kFlags = SSL_CERT_FLAG_SUITEB_128_LOS_ONLY;
  for (const int version : kVersions) {
    const Scene scene{version, false,
                      [](Trial& trial) {
                        same_groups(trial);
                        SSL_CTX_set_cipher_list(trial.client_ctx(),
                                                "ECDHE-ECDSA-AES128-GCM-SHA256");
                      },
                      show_suite_b};
    for (const End end : {End::client, End::server}) {
      const std::string side = end == End::client ? "client's " : "server's ";
      try_setting(side + "set_cert_flags", scene,
                  {end, [&](SSL_CTX* ctx) { SSL_CTX_set_cert_flags(ctx, kFlags); },
                   [&](SSL* ssl) { SSL_set_cert_flags(ssl, kFlags); }});
      try_setting(side + "clear_cert_flags", scene,
                  {end,
                   [&](SSL_CTX* ctx) {
                     SSL_CTX_set_cert_flags(ctx, kFlags);
                     SSL_CTX_clear_cert_flags(ctx, kFlags);
                   },
                   [&](SSL* ssl) {
                     SSL_set_cert_flags(ssl, kFlags);
                     SSL_clear_cert_flags(ssl, kFlags);
                   }});
    }
  }
}

// --- the key log ---

// Labels, and how long what follows them is.
void on_keylog(const SSL* ssl, const char* text) {
  const std::string_view entry(text);
  const std::size_t first = entry.find(' ');
  const std::size_t second = entry.find(' ', first + 1);
  line(SSL_is_server(ssl) == 1 ? "server logs" : "client logs",
       std::string(entry.substr(0, first)) + " " + std::to_string(second - first) + " " +
           std::to_string(entry.size() - second));
}

void key_log() {
  for (const char* suite : {"AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"}) {
    Trial trial(std::string("key log ") + suite, TLS1_2_VERSION, true);
    for (SSL_CTX* ctx : {trial.client_ctx(), trial.server_ctx()}) {
      SSL_CTX_set_cipher_list(ctx, suite);
      SSL_CTX_set_keylog_callback(ctx, on_keylog);
    }
    trial.shake();
  }
}

// --- in the middle of a handshake ---

// A TLS 1.2 server shows its key from its flight on until the client has used it.
void keys_midway() {
  for (const char* suite : {"ECDHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256"}) {
    for (const int version : kVersions) {
      for (const char* curves : {"P-256", "X25519:P-384"}) {
        Trial trial(std::string("midway ") + suite + " " + curves, version, true);
        for (SSL_CTX* ctx : {trial.client_ctx(), trial.server_ctx()}) {
          SSL_CTX_set_cipher_list(ctx, suite);
          SSL_CTX_set1_groups_list(ctx, curves);
        }
        SSL_CTX_set_tmp_dh(trial.server_ctx(), dh_of_3072());
        for (int i = 0; i < 3; ++i) {
          trial.show("client", SSL_do_handshake(trial.client()));
          ERR_clear_error();
          trial.show("server", SSL_do_handshake(trial.server()));
          ERR_clear_error();
          trial.show("server's own key",
                     told([&](EVP_PKEY** key) { return SSL_get_tmp_key(trial.server(), key); }));
        }
        show_keys(trial);
      }
    }
  }
}

// Those of RFC 7919 are shared in TLS 1.3, Brainpool's in TLS 1.2.
void shared_groups() {
  for (const int version : kVersions) {
    for (const char* groups : {"ffdhe3072:P-256:brainpoolP256r1:X25519", "X25519:ffdhe2048"}) {
      Trial trial(std::string("shared ") + groups, version, true);
      SSL_CTX_set1_groups_list(trial.server_ctx(), groups);
      SSL_CTX_set1_groups_list(trial.client_ctx(), "brainpoolP256r1:X25519:ffdhe3072:P-256");
      trial.shake();
      for (int n = -2; n < 4; ++n) trial.show("group", SSL_get_shared_group(trial.server(), n));
    }
  }
}

// --- what a server tells of a ClientHello ---

void raw_suites() {
  for (const char* suites : {"ECDHE-ECDSA-AES128-GCM-SHA256",
                             "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"}) {
    Trial trial(std::string("raw cipher list ") + suites, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(trial.client_ctx(), suites);
    trial.shake();
    unsigned char* raw = nullptr;
    const long size = SSL_get0_raw_cipherlist(trial.server(), &raw);
    trial.show("bytes", size > 0 ? list(std::vector<int>(raw, raw + size)) : "-");
    trial.show("size of one", SSL_get0_raw_cipherlist(trial.server(), nullptr));
    trial.show("client's", SSL_get0_raw_cipherlist(trial.client(), &raw));
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  ephemeral_dh();
  groups();
  signatures();
  suite_b();
  key_log();
  keys_midway();
  shared_groups();
  raw_suites();
  return 0;
}
