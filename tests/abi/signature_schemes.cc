// Signature schemes where not all of them can be had: providers with few algorithms, RSA-PSS keys
// that are bound to one hash, lists without a scheme for TLS 1.3.
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>

#include <string_view>
#include <vector>

#include "connections.h"
#include "trial.h"

namespace {

using namespace abi;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

// --- a provider with few of the default provider's algorithms ---

struct Filter {
  int operation;
  std::vector<std::string_view> kept;
};

OSSL_PROVIDER* whole;  // whose algorithms these are
const Filter* filter;
std::vector<OSSL_ALGORITHM> left;

bool is_kept(std::string_view names) {
  const std::string_view first = names.substr(0, names.find(':'));
  for (const std::string_view name : filter->kept) {
    if (name == first) return true;
  }
  return false;
}

const OSSL_ALGORITHM* query(void*, int operation, int* no_cache) {
  const OSSL_ALGORITHM* all = OSSL_PROVIDER_query_operation(whole, operation, no_cache);
  if (operation != filter->operation || all == nullptr) return all;
  left.clear();
  for (; all->algorithm_names != nullptr; ++all) {
    if (is_kept(all->algorithm_names)) left.push_back(*all);
  }
  left.push_back({});
  return left.data();
}

int capabilities(void*, const char* capability, OSSL_CALLBACK* callback, void* arg) {
  return OSSL_PROVIDER_get_capabilities(whole, capability, callback, arg);
}

int start(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
          void** context) {
  static const OSSL_DISPATCH kFunctions[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(query)},
      {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, reinterpret_cast<void (*)()>(capabilities)},
      {0, nullptr}};
  *out = kFunctions;
  *context = OSSL_PROVIDER_get0_provider_ctx(whole);
  return 1;
}

// A library context with the filtered provider alone.
class FewAlgorithms {
 public:
  explicit FewAlgorithms(const Filter& kept) : libctx_(OSSL_LIB_CTX_new()) {
    filter = &kept;
    OSSL_PROVIDER_add_builtin(libctx_, "few", start);
    provider_ = OSSL_PROVIDER_load(libctx_, "few");
    line("loaded", provider_ != nullptr);
  }
  ~FewAlgorithms() {
    OSSL_PROVIDER_unload(provider_);
    OSSL_LIB_CTX_free(libctx_);
  }
  FewAlgorithms(const FewAlgorithms&) = delete;
  FewAlgorithms& operator=(const FewAlgorithms&) = delete;

  OSSL_LIB_CTX* libctx() const { return libctx_; }

 private:
  OSSL_LIB_CTX* libctx_;
  OSSL_PROVIDER* provider_;
};

// --- what is told ---

// With suites of SHA-256, which every provider here has.
Context bounded(Context ctx, int version) {
  SSL_CTX_set_cipher_list(ctx.get(), "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256");
  SSL_CTX_set_ciphersuites(ctx.get(), "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_min_proto_version(ctx.get(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(ctx.get(), version);
  return ctx;
}

using List = int (*)(SSL*, int, int*, int*, int*, unsigned char*, unsigned char*);

std::string schemes(SSL* ssl, List list) {
  std::string text;
  const int count = list(ssl, 0, nullptr, nullptr, nullptr, nullptr, nullptr);
  for (int i = 0; i < count; ++i) {
    unsigned char low = 0, high = 0;
    list(ssl, i, nullptr, nullptr, nullptr, &low, &high);
    char each[8];
    std::snprintf(each, sizeof each, " %02x%02x", high, low);
    text += each;
  }
  return text;
}

void show(const std::string& title, const Context& client, const Context& server) {
  Pair pair(client.get(), server.get());
  pair.handshake(title);
  line(title + " offered", schemes(pair.server.get(), SSL_get_sigalgs));
  line(title + " shared", schemes(pair.server.get(), SSL_get_shared_sigalgs));
  line(title + " asked for", schemes(pair.client.get(), SSL_get_sigalgs));
  int digest = 0, type = 0;
  SSL_get_peer_signature_nid(pair.client.get(), &digest);
  SSL_get_peer_signature_type_nid(pair.client.get(), &type);
  line(title + " used", std::to_string(type) + " " + std::to_string(digest));
}

Context server_with(X509* certificate, EVP_PKEY* key, OSSL_LIB_CTX* libctx = nullptr) {
  Context ctx(SSL_CTX_new_ex(libctx, nullptr, TLS_server_method()));
  SSL_CTX_use_certificate(ctx.get(), certificate);
  SSL_CTX_use_PrivateKey(ctx.get(), key);
  return ctx;
}

void few_algorithms(const std::string& title, const Filter& kept) {
  const FewAlgorithms few(kept);
  for (const int version : kVersions) {
    const std::string at = title + (version == TLS1_2_VERSION ? " 1.2" : " 1.3");
    for (const char* list :
         {"", "rsa_pss_rsae_sha384:rsa_pss_rsae_sha256:ECDSA+SHA384:ECDSA+SHA256"}) {
      Context client =
          bounded(Context(SSL_CTX_new_ex(few.libctx(), nullptr, TLS_client_method())), version);
      if (*list != 0) line(at + " list", SSL_CTX_set1_sigalgs_list(client.get(), list));
      show(at + " client, ECDSA", client, bounded(server_with(certificate(), key()), version));
      show(at + " client, RSA", client,
           bounded(server_with(rsa_certificate(), rsa_key()), version));
    }
  }
}

// --- keys that are bound to one hash ---

Key pss_key(const EVP_MD* only) {
  EVP_PKEY_CTX* ctx = EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr);
  EVP_PKEY* made = nullptr;
  EVP_PKEY_keygen_init(ctx);
  EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048);
  if (only != nullptr) {
    EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, only);
    EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, only);
    EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, 32);
  }
  EVP_PKEY_keygen(ctx, &made);
  EVP_PKEY_CTX_free(ctx);
  return Key(made);
}

// Signed by another key, as that one's hash is not the subject.
Certificate certificate_of(EVP_PKEY* subject) {
  Certificate made = make_certificate(key());
  X509_set_pubkey(made.get(), subject);
  X509_sign(made.get(), key(), EVP_sha256());
  return made;
}

void bound_keys() {
  for (const EVP_MD* only : {static_cast<const EVP_MD*>(nullptr), EVP_sha256()}) {
    const Key pss = pss_key(only);
    const Certificate of_pss = certificate_of(pss.get());
    for (const int version : kVersions) {
      for (const char* list : {"rsa_pss_pss_sha512:rsa_pss_pss_sha256:ECDSA+SHA256",
                               "rsa_pss_pss_sha256:rsa_pss_pss_sha384:ECDSA+SHA256"}) {
        const Context client = bounded(Context(SSL_CTX_new(TLS_client_method())), version);
        SSL_CTX_set1_sigalgs_list(client.get(), list);
        show(std::string(only != nullptr ? "bound " : "free ") + std::to_string(version) + " " +
                 list,
             client, bounded(server_with(of_pss.get(), pss.get()), version));
      }
    }
  }
}

// --- what is asked of clients ---

// RFC 8446 §4.2.3: neither SHA-1 nor PKCS #1 v1.5 signs in TLS 1.3.
void client_schemes() {
  for (const int version : kVersions) {
    for (const char* list :
         {"ECDSA+SHA1:DSA+SHA256:RSA+SHA256", "RSA+SHA256:rsa_pss_rsae_sha256"}) {
      const std::string title = "clients' " + std::to_string(version) + " " + list;
      const Context client = bounded(Context(SSL_CTX_new(TLS_client_method())), version);
      const Context server = bounded(server_with(certificate(), key()), version);
      SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER, nullptr);
      line("list", SSL_CTX_set1_client_sigalgs_list(server.get(), list));
      Pair pair(client.get(), server.get());
      SSL_do_handshake(pair.client.get());
      SSL_do_handshake(pair.server.get());
      // OpenSSL has two entries for it.
      const char* reason = ERR_reason_error_string(ERR_peek_error());
      ERR_clear_error();
      line(title + " server", reason != nullptr ? reason : "goes on");
      SSL_do_handshake(pair.client.get());
      line(title + " asked for", schemes(pair.client.get(), SSL_get_sigalgs));
    }
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  whole = OSSL_PROVIDER_load(nullptr, "default");
  few_algorithms("SHA-256", {OSSL_OP_DIGEST, {"SHA2-256", "SHA1"}});
  few_algorithms("SHA-384", {OSSL_OP_DIGEST, {"SHA2-256", "SHA2-384", "SHA1"}});
  few_algorithms("EC", {OSSL_OP_KEYMGMT, {"EC", "X25519", "X448"}});
  bound_keys();
  client_schemes();
  return 0;
}
