// SSL_CTX_set_verify(3), SSL_CTX_load_verify_locations(3), SSL_CTX_get0_param(3), SSL_set1_host(3),
// SSL_get_verify_result(3).
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "libssl/entry.h"
#include "libssl/owner.h"

namespace ciao::tls {
namespace {

// RFC 8446 §4.3.2 has a server ask or not ask; what it makes of the answer is policy.
PeerAuthentication authentication_for(int mode) {
  if ((mode & SSL_VERIFY_PEER) == 0) return PeerAuthentication::none;
  const bool required = (mode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) != 0;
  return required ? PeerAuthentication::required : PeerAuthentication::request;
}

template <class Owner>
void set_verify(Owner* owner, int mode, SSL_verify_cb callback) {
  Settings& settings = edit_settings(owner);
  settings.verify_mode = mode;
  settings.verify_callback = callback;
  const PeerAuthentication authentication = authentication_for(mode);
  const bool late = (mode & SSL_VERIFY_POST_HANDSHAKE) != 0;
  const bool once = (mode & SSL_VERIFY_CLIENT_ONCE) != 0;
  const Config& now = config_of(owner);
  if (now.peer_authentication == authentication && now.late_request_only == late &&
      now.request_certificate_once == once) {
    return;
  }
  Config& config = edit_config(owner);
  config.peer_authentication = authentication;
  config.late_request_only = late;
  config.request_certificate_once = once;
}

// Applies one of libcrypto's setters; without memory, 0 with an error.
template <class Owner, class Set>
int set_param(Owner* owner, Set set) {
  X509_VERIFY_PARAM* param = edit(owner->param);
  if (param == nullptr) {
    raise(Reason::malloc_failure);
    return 0;
  }
  return set(param);
}

template <class Owner>
void set_depth(Owner* owner, int depth) {
  set_param(owner, [&](X509_VERIFY_PARAM* param) {
    X509_VERIFY_PARAM_set_depth(param, depth);
    return 1;
  });
}

template <class Owner>
X509_VERIFY_PARAM* lend_param(Owner* owner) {
  X509_VERIFY_PARAM* param = edit(owner->param);
  if (param != nullptr) owner->param->lend();
  return param;
}

bool is_ip_address(const char* text) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(text);
  ASN1_OCTET_STRING_free(address);
  return address != nullptr;
}

int add_host(X509_VERIFY_PARAM* param, const char* name) {
  if (name == nullptr || !is_ip_address(name)) return X509_VERIFY_PARAM_add1_host(param, name, 0);
  char* present = X509_VERIFY_PARAM_get1_ip_asc(param);
  // There is room for one address.
  if (present != nullptr) {
    OPENSSL_free(present);
    return 0;
  }
  return X509_VERIFY_PARAM_set1_ip_asc(param, name);
}

int set_host(X509_VERIFY_PARAM* param, const char* name) {
  // An address leaves the names that are there alone.
  if (name != nullptr && X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1) return 1;
  return X509_VERIFY_PARAM_set1_host(param, name, 0);
}

// A server's view of the chain is without the client's own certificate, a client's with it.
STACK_OF(X509) * chain_without_leaf(SSL* ssl, const Ref<PeerCertificates>& peer) {
  ColdState& cold = ssl->cold_state();
  // A renegotiation brings another chain.
  if (!(cold.peer_chain_of == peer)) {
    X509StackPtr chain(X509_chain_up_ref(peer->chain()));
    if (!chain) return nullptr;
    X509_free(sk_X509_shift(chain.get()));
    cold.peer_chain = std::move(chain);
    cold.peer_chain_of = peer;
  }
  return cold.peer_chain.get();
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

// --- mode, callback, parameters -----------------------------------------------------------------

void SSL_CTX_set_verify(SSL_CTX* ctx, int mode, SSL_verify_cb callback) {
  guard_void([&] { set_verify(ctx, mode, callback); });
}

void SSL_set_verify(SSL* s, int mode, SSL_verify_cb callback) {
  // Unlike a context, a connection keeps the one it has, as in OpenSSL.
  guard_void([&] { set_verify(s, mode, callback ? callback : s->settings->verify_callback); });
}

int SSL_CTX_get_verify_mode(const SSL_CTX* ctx) { return ctx->settings->verify_mode; }
int SSL_get_verify_mode(const SSL* s) { return s->settings->verify_mode; }

SSL_verify_cb SSL_CTX_get_verify_callback(const SSL_CTX* ctx) {
  return ctx->settings->verify_callback;
}

SSL_verify_cb SSL_get_verify_callback(const SSL* s) { return s->settings->verify_callback; }

void SSL_CTX_set_verify_depth(SSL_CTX* ctx, int depth) { set_depth(ctx, depth); }
void SSL_set_verify_depth(SSL* s, int depth) { set_depth(s, depth); }

int SSL_CTX_get_verify_depth(const SSL_CTX* ctx) {
  return X509_VERIFY_PARAM_get_depth(ctx->param->get());
}

int SSL_get_verify_depth(const SSL* s) { return X509_VERIFY_PARAM_get_depth(s->param->get()); }

X509_VERIFY_PARAM* SSL_CTX_get0_param(SSL_CTX* ctx) { return lend_param(ctx); }
X509_VERIFY_PARAM* SSL_get0_param(SSL* ssl) { return lend_param(ssl); }

int SSL_CTX_set1_param(SSL_CTX* ctx, X509_VERIFY_PARAM* vpm) {
  return set_param(ctx, [&](X509_VERIFY_PARAM* p) { return X509_VERIFY_PARAM_set1(p, vpm); });
}

int SSL_set1_param(SSL* ssl, X509_VERIFY_PARAM* vpm) {
  return set_param(ssl, [&](X509_VERIFY_PARAM* p) { return X509_VERIFY_PARAM_set1(p, vpm); });
}

int SSL_CTX_set_purpose(SSL_CTX* ctx, int purpose) {
  return set_param(ctx,
                   [&](X509_VERIFY_PARAM* p) { return X509_VERIFY_PARAM_set_purpose(p, purpose); });
}

int SSL_set_purpose(SSL* ssl, int purpose) {
  return set_param(ssl,
                   [&](X509_VERIFY_PARAM* p) { return X509_VERIFY_PARAM_set_purpose(p, purpose); });
}

int SSL_CTX_set_trust(SSL_CTX* ctx, int trust) {
  return set_param(ctx,
                   [&](X509_VERIFY_PARAM* p) { return X509_VERIFY_PARAM_set_trust(p, trust); });
}

int SSL_set_trust(SSL* ssl, int trust) {
  return set_param(ssl,
                   [&](X509_VERIFY_PARAM* p) { return X509_VERIFY_PARAM_set_trust(p, trust); });
}

void SSL_CTX_set_cert_verify_callback(SSL_CTX* ctx, int (*cb)(X509_STORE_CTX*, void*), void* arg) {
  ctx->verify_app = {cb, arg};
}

// --- stores -------------------------------------------------------------------------------------

X509_STORE* SSL_CTX_get_cert_store(const SSL_CTX* ctx) { return ctx->cert_store; }

void SSL_CTX_set_cert_store(SSL_CTX* ctx, X509_STORE* store) {
  X509_STORE_free(ctx->cert_store);
  ctx->cert_store = store;
}

void SSL_CTX_set1_cert_store(SSL_CTX* ctx, X509_STORE* store) {
  if (store != nullptr) X509_STORE_up_ref(store);
  SSL_CTX_set_cert_store(ctx, store);
}

int SSL_CTX_load_verify_file(SSL_CTX* ctx, const char* CAfile) {
  return X509_STORE_load_file_ex(ctx->cert_store, CAfile, ctx->algorithms->libctx(),
                                 ctx->algorithms->properties());
}

int SSL_CTX_load_verify_dir(SSL_CTX* ctx, const char* CApath) {
  return X509_STORE_load_path(ctx->cert_store, CApath);
}

int SSL_CTX_load_verify_store(SSL_CTX* ctx, const char* CAstore) {
  return X509_STORE_load_store_ex(ctx->cert_store, CAstore, ctx->algorithms->libctx(),
                                  ctx->algorithms->properties());
}

int SSL_CTX_load_verify_locations(SSL_CTX* ctx, const char* CAfile, const char* CApath) {
  if (CAfile == nullptr && CApath == nullptr) return 0;
  if (CAfile != nullptr && SSL_CTX_load_verify_file(ctx, CAfile) == 0) return 0;
  if (CApath != nullptr && SSL_CTX_load_verify_dir(ctx, CApath) == 0) return 0;
  return 1;
}

int SSL_CTX_set_default_verify_paths(SSL_CTX* ctx) {
  return X509_STORE_set_default_paths_ex(ctx->cert_store, ctx->algorithms->libctx(),
                                         ctx->algorithms->properties());
}

// The default places need not be there: nothing found is no error.
int SSL_CTX_set_default_verify_dir(SSL_CTX* ctx) {
  X509_LOOKUP* lookup = X509_STORE_add_lookup(ctx->cert_store, X509_LOOKUP_hash_dir());
  if (lookup == nullptr) return 0;
  ERR_set_mark();
  X509_LOOKUP_add_dir(lookup, nullptr, X509_FILETYPE_DEFAULT);
  ERR_pop_to_mark();
  return 1;
}

int SSL_CTX_set_default_verify_file(SSL_CTX* ctx) {
  X509_LOOKUP* lookup = X509_STORE_add_lookup(ctx->cert_store, X509_LOOKUP_file());
  if (lookup == nullptr) return 0;
  ERR_set_mark();
  X509_LOOKUP_load_file_ex(lookup, nullptr, X509_FILETYPE_DEFAULT, ctx->algorithms->libctx(),
                           ctx->algorithms->properties());
  ERR_pop_to_mark();
  return 1;
}

int SSL_CTX_set_default_verify_store(SSL_CTX* ctx) {
  X509_LOOKUP* lookup = X509_STORE_add_lookup(ctx->cert_store, X509_LOOKUP_store());
  if (lookup == nullptr) return 0;
  ERR_set_mark();
  X509_LOOKUP_add_store_ex(lookup, nullptr, ctx->algorithms->libctx(),
                           ctx->algorithms->properties());
  ERR_pop_to_mark();
  return 1;
}

// --- names --------------------------------------------------------------------------------------

int SSL_set1_host(SSL* s, const char* hostname) {
  return set_param(s, [&](X509_VERIFY_PARAM* p) { return set_host(p, hostname); });
}

int SSL_add1_host(SSL* s, const char* hostname) {
  return set_param(s, [&](X509_VERIFY_PARAM* p) { return add_host(p, hostname); });
}

void SSL_set_hostflags(SSL* s, unsigned int flags) {
  set_param(s, [&](X509_VERIFY_PARAM* p) {
    X509_VERIFY_PARAM_set_hostflags(p, flags);
    return 1;
  });
}

const char* SSL_get0_peername(SSL* s) {
  // libcrypto's getter does not change its argument.
  return X509_VERIFY_PARAM_get0_peername(const_cast<X509_VERIFY_PARAM*>(s->param->get()));
}

// --- the outcome --------------------------------------------------------------------------------

long SSL_get_verify_result(const SSL* ssl) { return ssl->verifier.result(); }

void SSL_set_verify_result(SSL* ssl, long arg) { ssl->verifier.set_result(arg); }

STACK_OF(X509) * SSL_get0_verified_chain(const SSL* s) { return s->verifier.verified_chain(); }

STACK_OF(X509) * SSL_get_peer_cert_chain(const SSL* s) {
  if (s == nullptr) return nullptr;
  const Ref<PeerCertificates>& peer = s->connection.negotiated().peer;
  if (!peer || peer->empty() || !peer->whole()) return nullptr;
  if (!is_server(s)) return peer->chain();
  return guard<STACK_OF(X509)*>(nullptr,
                                [&] { return chain_without_leaf(const_cast<SSL*>(s), peer); });
}

int SSL_get_ex_data_X509_STORE_CTX_idx(void) {
  static char name[] = "SSL for verify callback";
  static const int kIndex = X509_STORE_CTX_get_ex_new_index(0, name, nullptr, nullptr, nullptr);
  return kIndex;
}

}  // extern "C"
