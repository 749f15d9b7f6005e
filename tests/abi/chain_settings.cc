// Certificates above the own one, the stores that they come from and are checked with, and which of
// several certificates is meant: what each control command changes for the peer.
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "trial.h"

namespace {

using namespace abi;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

// A root, a certificate authority below it, and the leaf that a server shows.
struct Tree {
  Key root_key{EVP_EC_gen("P-256")}, middle_key{EVP_EC_gen("P-256")};
  Certificate root = make_certificate(root_key.get(), "root");
  Certificate middle = below(root.get(), root_key.get(), middle_key.get(), "middle", true);
  Certificate leaf = below(middle.get(), middle_key.get(), key(), "leaf", false);

  Tree() {
    extend(root.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(root.get(), root_key.get(), EVP_sha256());
  }

  static void extend(X509* made, int nid, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(made, extension, -1);
    X509_EXTENSION_free(extension);
  }
  static Certificate below(X509* issuer, EVP_PKEY* issuer_key, EVP_PKEY* own, const char* name,
                           bool authority) {
    Certificate made = make_certificate(own, name);
    X509_set_issuer_name(made.get(), X509_get_subject_name(issuer));
    if (authority) extend(made.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(made.get(), issuer_key, EVP_sha256());
    return made;
  }
};

const Tree& tree() {
  static const Tree kTree;
  return kTree;
}

STACK_OF(X509) * stack_of(X509* one) {
  STACK_OF(X509)* made = sk_X509_new_null();
  X509_up_ref(one);
  sk_X509_push(made, one);
  return made;
}

X509_STORE* store_of(X509* one, X509* other = nullptr) {
  X509_STORE* made = X509_STORE_new();
  X509_STORE_add_cert(made, one);
  if (other != nullptr) X509_STORE_add_cert(made, other);
  return made;
}

std::string names_of(const STACK_OF(X509) * chain) {
  std::string text;
  for (int i = 0; i < sk_X509_num(chain); ++i) text += " " + name_of(sk_X509_value(chain, i));
  return text;
}

// The leaf, and no store that would complete its chain by itself.
void leaf_alone(Trial& trial) {
  SSL_CTX_use_certificate(trial.server_ctx(), tree().leaf.get());
  SSL_CTX_use_PrivateKey(trial.server_ctx(), key());
}

void show_chain(Trial& trial) {
  trial.show("chain", names_of(SSL_get_peer_cert_chain(trial.client())));
  STACK_OF(X509)* own = nullptr;
  trial.show("get0_chain_certs", SSL_get0_chain_certs(trial.server(), &own));
  trial.show("own", names_of(own));
  STACK_OF(X509)* of_context = nullptr;
  SSL_CTX_get0_chain_certs(trial.server_ctx(), &of_context);
  trial.show("context's", names_of(of_context));
}

void chains() {
  X509* const middle = tree().middle.get();
  X509* const root = tree().root.get();
  for (const int version : kVersions) {
    const Scene scene{version, false, leaf_alone, show_chain};
    try_setting("set0_chain", scene,
                {End::server, [&](SSL_CTX* ctx) { SSL_CTX_set0_chain(ctx, stack_of(middle)); },
                 [&](SSL* ssl) { SSL_set0_chain(ssl, stack_of(middle)); }});
    STACK_OF(X509)* kept = stack_of(root);
    try_setting("set1_chain", scene,
                {End::server, [&](SSL_CTX* ctx) { SSL_CTX_set1_chain(ctx, kept); },
                 [&](SSL* ssl) { SSL_set1_chain(ssl, kept); }});
    sk_X509_pop_free(kept, X509_free);
    try_setting("add0_chain_cert", scene,
                {End::server,
                 [&](SSL_CTX* ctx) {
                   X509_up_ref(middle);
                   SSL_CTX_add0_chain_cert(ctx, middle);
                   SSL_CTX_add1_chain_cert(ctx, root);
                 },
                 [&](SSL* ssl) {
                   X509_up_ref(middle);
                   SSL_add0_chain_cert(ssl, middle);
                   SSL_add1_chain_cert(ssl, root);
                 }});
    try_setting("clear_chain_certs", scene,
                {End::server,
                 [&](SSL_CTX* ctx) {
                   SSL_CTX_add1_chain_cert(ctx, middle);
                   SSL_CTX_clear_chain_certs(ctx);
                 },
                 [&](SSL* ssl) {
                   SSL_add1_chain_cert(ssl, middle);
                   SSL_clear_chain_certs(ssl);
                 }});
    try_setting("add_extra_chain_cert", scene, {End::server, [&](SSL_CTX* ctx) {
                                                  X509_up_ref(middle);
                                                  SSL_CTX_add_extra_chain_cert(ctx, middle);
                                                  STACK_OF(X509)* extra = nullptr;
                                                  SSL_CTX_get_extra_chain_certs(ctx, &extra);
                                                  line("extra", names_of(extra));
                                                  SSL_CTX_get_extra_chain_certs_only(ctx, &extra);
                                                  line("extra only", names_of(extra));
                                                }});
    try_setting("clear_extra_chain_certs", scene, {End::server, [&](SSL_CTX* ctx) {
                                                     X509_up_ref(middle);
                                                     SSL_CTX_add_extra_chain_cert(ctx, middle);
                                                     SSL_CTX_clear_extra_chain_certs(ctx);
                                                   }});
  }
}

// --- stores ---

void stores() {
  X509* const middle = tree().middle.get();
  X509* const root = tree().root.get();
  const auto told = [&](Trial& trial) {
    show_chain(trial);
    X509_STORE *of_context = nullptr, *of_connection = nullptr;
    SSL_CTX_get0_chain_cert_store(trial.server_ctx(), &of_context);
    SSL_get0_chain_cert_store(trial.server(), &of_connection);
    trial.show("store of context", of_context != nullptr);
    trial.show("store of connection", of_connection != nullptr);
  };
  for (const int version : kVersions) {
    const Scene scene{version, false, leaf_alone, told};
    try_setting("set0_chain_cert_store", scene,
                {End::server,
                 [&](SSL_CTX* ctx) { SSL_CTX_set0_chain_cert_store(ctx, store_of(middle, root)); },
                 [&](SSL* ssl) { SSL_set0_chain_cert_store(ssl, store_of(middle, root)); }});
    X509_STORE* kept = store_of(middle);
    try_setting("set1_chain_cert_store", scene,
                {End::server, [&](SSL_CTX* ctx) { SSL_CTX_set1_chain_cert_store(ctx, kept); },
                 [&](SSL* ssl) { SSL_set1_chain_cert_store(ssl, kept); }});
    X509_STORE_free(kept);
    const int flags = SSL_BUILD_CHAIN_FLAG_NO_ROOT;
    try_setting("build_cert_chain", scene,
                {End::server,
                 [&](SSL_CTX* ctx) {
                   SSL_CTX_set0_chain_cert_store(ctx, store_of(middle, root));
                   line("built", SSL_CTX_build_cert_chain(ctx, flags));
                 },
                 [&](SSL* ssl) {
                   SSL_set0_chain_cert_store(ssl, store_of(middle, root));
                   line("built", SSL_build_cert_chain(ssl, flags));
                 }});
  }
}

void verification() {
  X509* const middle = tree().middle.get();
  X509* const root = tree().root.get();
  const auto told = [](Trial& trial) {
    trial.show("verified", SSL_get_verify_result(trial.client()));
    X509_STORE *of_context = nullptr, *of_connection = nullptr;
    SSL_CTX_get0_verify_cert_store(trial.client_ctx(), &of_context);
    SSL_get0_verify_cert_store(trial.client(), &of_connection);
    trial.show("store of context", of_context != nullptr);
    trial.show("store of connection", of_connection != nullptr);
  };
  for (const int version : kVersions) {
    const Scene scene{version, false, leaf_alone, told};
    try_setting("set0_verify_cert_store", scene,
                {End::client,
                 [&](SSL_CTX* ctx) { SSL_CTX_set0_verify_cert_store(ctx, store_of(middle, root)); },
                 [&](SSL* ssl) { SSL_set0_verify_cert_store(ssl, store_of(middle, root)); }});
    X509_STORE* kept = store_of(middle);
    try_setting("set1_verify_cert_store", scene,
                {End::client, [&](SSL_CTX* ctx) { SSL_CTX_set1_verify_cert_store(ctx, kept); },
                 [&](SSL* ssl) { SSL_set1_verify_cert_store(ssl, kept); }});
    X509_STORE_free(kept);
  }
}

// --- which certificate is meant ---

void two_certificates(Trial& trial) {
  leaf_alone(trial);
  SSL_CTX_use_certificate(trial.server_ctx(), rsa_certificate());
  SSL_CTX_use_PrivateKey(trial.server_ctx(), rsa_key());
}

void current() {
  X509* const middle = tree().middle.get();
  for (const int version : kVersions) {
    // The chain goes to the one that is meant; the client sees it with that one alone.
    for (const char* schemes : {"ECDSA+SHA256", "RSA-PSS+SHA256"}) {
      const Scene scene{version, false,
                        [&](Trial& trial) {
                          two_certificates(trial);
                          SSL_CTX_set1_sigalgs_list(trial.client_ctx(), schemes);
                        },
                        [](Trial& trial) {
                          trial.show("chain", names_of(SSL_get_peer_cert_chain(trial.client())));
                        }};
      try_setting(std::string("select_current_cert ") + schemes, scene,
                  {End::server,
                   [&](SSL_CTX* ctx) {
                     line("selected", SSL_CTX_select_current_cert(ctx, tree().leaf.get()));
                     line("unknown", SSL_CTX_select_current_cert(ctx, tree().root.get()));
                     SSL_CTX_add1_chain_cert(ctx, middle);
                   },
                   [&](SSL* ssl) {
                     line("selected", SSL_select_current_cert(ssl, tree().leaf.get()));
                     line("unknown", SSL_select_current_cert(ssl, tree().root.get()));
                     SSL_add1_chain_cert(ssl, middle);
                   }});
      try_setting(std::string("set_current_cert ") + schemes, scene,
                  {End::server,
                   [&](SSL_CTX* ctx) {
                     line("first", SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_FIRST));
                     line("next", SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_NEXT));
                     line("name", name_of(SSL_CTX_get0_certificate(ctx)));
                     SSL_CTX_add1_chain_cert(ctx, middle);
                     line("behind", SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_NEXT));
                   },
                   [&](SSL* ssl) {
                     line("first", SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST));
                     line("next", SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT));
                     line("name", name_of(SSL_get_certificate(ssl)));
                     SSL_add1_chain_cert(ssl, middle);
                     line("behind", SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT));
                   }});
    }
  }
}

// In the certificate callback: the one that this handshake uses (SSL_CERT_SET_SERVER).
int on_certificate(SSL* ssl, void*) {
  line("server's certificate", SSL_set_current_cert(ssl, SSL_CERT_SET_SERVER));
  line("its name", name_of(SSL_get_certificate(ssl)));
  return 1;
}

void current_of_a_handshake() {
  for (const int version : kVersions) {
    for (const char* schemes : {"ECDSA+SHA256", "RSA-PSS+SHA256"}) {
      Trial trial(std::string("SSL_CERT_SET_SERVER ") + schemes, version);
      two_certificates(trial);
      SSL_CTX_set1_sigalgs_list(trial.client_ctx(), schemes);
      SSL_CTX_set_cert_cb(trial.server_ctx(), on_certificate, nullptr);
      trial.shake();
      line("after", SSL_set_current_cert(trial.server(), SSL_CERT_SET_SERVER));
    }
  }
}

// --- what a client is asked for ---

void types() {
  static const unsigned char kTypes[] = {TLS_CT_ECDSA_SIGN, 77};
  const auto told = [](Trial& trial) {
    const unsigned char* types = nullptr;
    const long count = SSL_get0_certificate_types(trial.client(), &types);
    trial.show("types", count > 0 ? list(std::vector<int>(types, types + count)) : "-");
    trial.show("server's", SSL_get0_certificate_types(trial.server(), &types));
  };
  for (const int version : kVersions) {
    const Scene scene{
        version, false,
        [](Trial& trial) { SSL_CTX_set_verify(trial.server_ctx(), SSL_VERIFY_PEER, nullptr); },
        told};
    try_setting(
        "set1_client_certificate_types", scene,
        {End::server, [](SSL_CTX* ctx) { SSL_CTX_set1_client_certificate_types(ctx, kTypes, 2); },
         [](SSL* ssl) { SSL_set1_client_certificate_types(ssl, kTypes, 2); }});
  }
}

// --- how long a chain may be ---

void limits() {
  for (const int version : kVersions) {
    const Scene shown{.version = version};
    for (const long size : {100L, 100000L}) {
      try_setting(
          "client's set_max_cert_list " + std::to_string(size), shown,
          {End::client, [&](SSL_CTX* ctx) { line("before", SSL_CTX_set_max_cert_list(ctx, size)); },
           [&](SSL* ssl) { line("before", SSL_set_max_cert_list(ssl, size)); }});
      try_setting("server's set_max_cert_list " + std::to_string(size),
                  {.version = version,
                   .before =
                       [](Trial& trial) {
                         SSL_CTX_use_certificate(trial.client_ctx(), certificate());
                         SSL_CTX_use_PrivateKey(trial.client_ctx(), key());
                         SSL_CTX_set_verify(trial.server_ctx(), SSL_VERIFY_PEER,
                                            [](int, X509_STORE_CTX*) { return 1; });
                       }},
                  {End::server, [&](SSL_CTX* ctx) { SSL_CTX_set_max_cert_list(ctx, size); },
                   [&](SSL* ssl) {
                     SSL_set_max_cert_list(ssl, size);
                     line("is", SSL_get_max_cert_list(ssl));
                   }});
    }
  }
}

// --- verification that is not finished ---

int verify_later(X509_STORE_CTX* ctx, void* countdown) {
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx()));
  int& left = *static_cast<int*>(countdown);
  if (left-- > 0) {
    line("retry", SSL_set_retry_verify(ssl));
    return -1;
  }
  return 1;
}

void retried() {
  for (const int version : kVersions) {
    for (const int times : {0, 1, 3}) {
      int countdown = times;
      Trial trial("set_retry_verify " + std::to_string(times), version);
      SSL_CTX_set_cert_verify_callback(trial.client_ctx(), verify_later, &countdown);
      SSL_CTX_set_verify(trial.client_ctx(), SSL_VERIFY_PEER, nullptr);
      for (int i = 0; i < 4; ++i) {
        const int result = SSL_do_handshake(trial.client());
        trial.show("error", SSL_get_error(trial.client(), result));
        trial.show("want", SSL_want(trial.client()));
        ERR_clear_error();
        SSL_do_handshake(trial.server());
      }
      trial.shake();
    }
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  chains();
  stores();
  verification();
  current();
  current_of_a_handshake();
  types();
  limits();
  retried();
  return 0;
}
