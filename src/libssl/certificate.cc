// SSL_CTX_use_certificate(3), SSL_CTX_set_cert_cb(3), SSL_CTX_set_default_passwd_cb(3),
// SSL_CTX_set_tmp_dh_callback(3), SSL_CTX_set_client_cert_cb(3), SSL_check_chain(3),
// SSL_get_peer_certificate(3).
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "libssl/certificate_files.h"
#include "libssl/chain_check.h"
#include "libssl/credential_slots.h"
#include "libssl/entry.h"
#include "libssl/owner.h"
#include "libssl/security_policy.h"

namespace ciao::tls {
namespace {

template <class Owner>
Loading loading_for(Owner* owner) {
  const Algorithms& algorithms = *context_of(owner)->algorithms;
  return {algorithms.libctx(), algorithms.properties(), settings_of(owner).password};
}

template <class Owner>
Result<void> use_certificate_file(Owner* owner, const char* file, int type) {
  const X509Ptr certificate = TRY(load_certificate(loading_for(owner), file, type));
  return use_certificate(owner, certificate.get());
}

template <class Owner>
Result<void> use_private_key_file(Owner* owner, const char* file, int type) {
  const EvpPkeyPtr key = TRY(load_private_key(loading_for(owner), file, type));
  return use_private_key(owner, key.get());
}

template <class Owner>
Result<void> use_rsa_key_file(Owner* owner, const char* file, int type) {
  const EvpPkeyPtr key = TRY(load_rsa_key(loading_for(owner), file, type));
  return use_private_key(owner, key.get());
}

template <class Owner>
Result<void> use_certificate_der(Owner* owner, ByteView der) {
  const X509Ptr certificate = TRY(parse_certificate(loading_for(owner), der));
  return use_certificate(owner, certificate.get());
}

template <class Owner>
Result<void> use_private_key_der(Owner* owner, int type, ByteView der) {
  const EvpPkeyPtr key = TRY(parse_private_key(loading_for(owner), type, der));
  return use_private_key(owner, key.get());
}

template <class Owner>
Result<void> use_rsa_key_der(Owner* owner, ByteView der) {
  const EvpPkeyPtr key = TRY(parse_rsa_key(der));
  return use_private_key(owner, key.get());
}

template <class Owner>
Result<void> use_rsa_key(Owner* owner, RSA* rsa) {
  const EvpPkeyPtr key = TRY(wrap_rsa_key(rsa));
  return use_private_key(owner, key.get());
}

template <class Owner>
Result<void> use_chain_file(Owner* owner, const char* path) {
  ERR_clear_error();
  ChainFile file = TRY(ChainFile::open(loading_for(owner), path));
  const X509Ptr leaf = TRY(file.leaf());
  TRY(use_certificate(owner, leaf.get()));
  // OpenSSL takes any entry that was left on the way for a failure.
  if (ERR_peek_error() != 0) return kQuietFailure;
  TRY(set_chain(owner, nullptr));
  for (;;) {
    X509Ptr certificate = TRY(file.next());
    if (!certificate) return {};
    TRY(add_chain_certificate(owner, certificate.get()));
    disown(certificate);
  }
}

template <class Owner>
Result<void> set_tmp_dh(Owner* owner, EVP_PKEY* key) {
  const SecurityQuestion question{
      .op = SSL_SECOP_TMP_DH, .bits = EVP_PKEY_get_security_bits(key), .nid = 0, .other = key};
  if (!security_allows(owner, question)) return silent_error(Reason::dh_key_too_small);
  edit_identity(owner).tmp_dh = KeyRef::adopt(key);
  return {};
}

ByteView view_of(const unsigned char* data, long size) {
  return {data, size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

// --- certificates -------------------------------------------------------------------------------

int SSL_CTX_use_certificate(SSL_CTX* ctx, X509* x) {
  return checked([&] { return use_certificate(ctx, x); });
}

int SSL_use_certificate(SSL* ssl, X509* x) {
  return checked([&] { return use_certificate(ssl, x); });
}

int SSL_CTX_use_certificate_ASN1(SSL_CTX* ctx, int len, const unsigned char* d) {
  return checked([&] { return use_certificate_der(ctx, view_of(d, len)); });
}

int SSL_use_certificate_ASN1(SSL* ssl, const unsigned char* d, int len) {
  return checked([&] { return use_certificate_der(ssl, view_of(d, len)); });
}

int SSL_CTX_use_certificate_file(SSL_CTX* ctx, const char* file, int type) {
  return checked([&] { return use_certificate_file(ctx, file, type); });
}

int SSL_use_certificate_file(SSL* ssl, const char* file, int type) {
  return checked([&] { return use_certificate_file(ssl, file, type); });
}

int SSL_CTX_use_certificate_chain_file(SSL_CTX* ctx, const char* file) {
  return checked([&] { return use_chain_file(ctx, file); });
}

int SSL_use_certificate_chain_file(SSL* ssl, const char* file) {
  return checked([&] { return use_chain_file(ssl, file); });
}

int SSL_CTX_use_cert_and_key(SSL_CTX* ctx, X509* x509, EVP_PKEY* privatekey, STACK_OF(X509) * chain,
                             int override) {
  return checked([&] { return use_both(ctx, x509, privatekey, chain, override != 0); });
}

int SSL_use_cert_and_key(SSL* ssl, X509* x509, EVP_PKEY* privatekey, STACK_OF(X509) * chain,
                         int override) {
  return checked([&] { return use_both(ssl, x509, privatekey, chain, override != 0); });
}

// --- private keys -------------------------------------------------------------------------------

int SSL_CTX_use_PrivateKey(SSL_CTX* ctx, EVP_PKEY* pkey) {
  return checked([&] { return use_private_key(ctx, pkey); });
}

int SSL_use_PrivateKey(SSL* ssl, EVP_PKEY* pkey) {
  return checked([&] { return use_private_key(ssl, pkey); });
}

int SSL_CTX_use_PrivateKey_ASN1(int type, SSL_CTX* ctx, const unsigned char* d, long len) {
  return checked([&] { return use_private_key_der(ctx, type, view_of(d, len)); });
}

int SSL_use_PrivateKey_ASN1(int type, SSL* ssl, const unsigned char* d, long len) {
  return checked([&] { return use_private_key_der(ssl, type, view_of(d, len)); });
}

int SSL_CTX_use_PrivateKey_file(SSL_CTX* ctx, const char* file, int type) {
  return checked([&] { return use_private_key_file(ctx, file, type); });
}

int SSL_use_PrivateKey_file(SSL* ssl, const char* file, int type) {
  return checked([&] { return use_private_key_file(ssl, file, type); });
}

int SSL_CTX_use_RSAPrivateKey(SSL_CTX* ctx, RSA* rsa) {
  return checked([&] { return use_rsa_key(ctx, rsa); });
}

int SSL_use_RSAPrivateKey(SSL* ssl, RSA* rsa) {
  return checked([&] { return use_rsa_key(ssl, rsa); });
}

int SSL_CTX_use_RSAPrivateKey_ASN1(SSL_CTX* ctx, const unsigned char* d, long len) {
  return checked([&] { return use_rsa_key_der(ctx, view_of(d, len)); });
}

int SSL_use_RSAPrivateKey_ASN1(SSL* ssl, const unsigned char* d, long len) {
  return checked([&] { return use_rsa_key_der(ssl, view_of(d, len)); });
}

int SSL_CTX_use_RSAPrivateKey_file(SSL_CTX* ctx, const char* file, int type) {
  return checked([&] { return use_rsa_key_file(ctx, file, type); });
}

int SSL_use_RSAPrivateKey_file(SSL* ssl, const char* file, int type) {
  return checked([&] { return use_rsa_key_file(ssl, file, type); });
}

// --- what is there ------------------------------------------------------------------------------

int SSL_CTX_check_private_key(const SSL_CTX* ctx) {
  return checked([&]() -> Result<void> {
    if (ctx == nullptr) return silent_error(Reason::no_certificate_assigned);
    return check_private_key(current_credential(ctx));
  });
}

int SSL_check_private_key(const SSL* ssl) {
  return checked([&]() -> Result<void> {
    if (ssl == nullptr) return silent_error(Reason::passed_null_parameter);
    return check_private_key(current_credential(ssl));
  });
}

int SSL_check_chain(SSL* s, X509* x, EVP_PKEY* pk, STACK_OF(X509) * chain) {
  return guard(0, [&] { return check_chain(s, x, pk, chain); });
}

void SSL_certs_clear(SSL* s) {
  guard_void([&] { edit_config(s).credentials = make_ref<Credentials>(); });
}

X509* SSL_CTX_get0_certificate(const SSL_CTX* ctx) { return current_credential(ctx).leaf.get(); }

EVP_PKEY* SSL_CTX_get0_privatekey(const SSL_CTX* ctx) { return current_credential(ctx).key.get(); }

X509* SSL_get_certificate(const SSL* ssl) { return current_credential(ssl).leaf.get(); }

EVP_PKEY* SSL_get_privatekey(const SSL* ssl) { return current_credential(ssl).key.get(); }

X509* SSL_get0_peer_certificate(const SSL* s) {
  if (s == nullptr) return nullptr;
  const Ref<PeerCertificates>& peer = s->connection.negotiated().peer;
  return peer ? peer->leaf() : nullptr;
}

X509* SSL_get1_peer_certificate(const SSL* s) {
  X509* certificate = SSL_get0_peer_certificate(s);
  if (certificate != nullptr) X509_up_ref(certificate);
  return certificate;
}

// --- passwords of PEM files ---------------------------------------------------------------------

pem_password_cb* SSL_CTX_get_default_passwd_cb(SSL_CTX* ctx) { return ctx->settings->password.fn; }
pem_password_cb* SSL_get_default_passwd_cb(SSL* s) { return s->settings->password.fn; }

void SSL_CTX_set_default_passwd_cb(SSL_CTX* ctx, pem_password_cb* cb) {
  guard_void([&] { edit_settings(ctx).password.fn = cb; });
}

void SSL_set_default_passwd_cb(SSL* s, pem_password_cb* cb) {
  guard_void([&] { edit_settings(s).password.fn = cb; });
}

void* SSL_CTX_get_default_passwd_cb_userdata(SSL_CTX* ctx) { return ctx->settings->password.arg; }
void* SSL_get_default_passwd_cb_userdata(SSL* s) { return s->settings->password.arg; }

void SSL_CTX_set_default_passwd_cb_userdata(SSL_CTX* ctx, void* u) {
  guard_void([&] { edit_settings(ctx).password.arg = u; });
}

void SSL_set_default_passwd_cb_userdata(SSL* s, void* u) {
  guard_void([&] { edit_settings(s).password.arg = u; });
}

// --- certificates found while a handshake runs --------------------------------------------------

void SSL_CTX_set_cert_cb(SSL_CTX* c, int (*cb)(SSL*, void*), void* arg) {
  guard_void([&] { edit_identity(c).certificate = {cb, arg}; });
}

void SSL_set_cert_cb(SSL* s, int (*cb)(SSL*, void*), void* arg) {
  guard_void([&] { edit_identity(s).certificate = {cb, arg}; });
}

ClientCertFn SSL_CTX_get_client_cert_cb(SSL_CTX* ctx) { return ctx->client_cert_callback; }

void SSL_CTX_set_client_cert_cb(SSL_CTX* ctx, ClientCertFn cb) { ctx->client_cert_callback = cb; }

int SSL_CTX_set_client_cert_engine(SSL_CTX* ctx, ENGINE* e) {
  return checked([&]() -> Result<void> {
    if (ENGINE_init(e) != 1) return silent_error(Reason::err_engine_lib);
    if (ENGINE_get_ssl_client_cert_function(e) == nullptr) {
      ENGINE_finish(e);
      return silent_error(Reason::no_client_cert_method);
    }
    ctx->client_cert_engine = e;
    return {};
  });
}

// --- ephemeral DH for TLS 1.2 -------------------------------------------------------------------

int SSL_CTX_set0_tmp_dh_pkey(SSL_CTX* ctx, EVP_PKEY* dhpkey) {
  return checked([&] { return set_tmp_dh(ctx, dhpkey); });
}

int SSL_set0_tmp_dh_pkey(SSL* s, EVP_PKEY* dhpkey) {
  return checked([&] { return set_tmp_dh(s, dhpkey); });
}

void SSL_CTX_set_tmp_dh_callback(SSL_CTX* ctx, TmpDhFn dh) {
  guard_void([&] { edit_identity(ctx).tmp_dh_callback = dh; });
}

void SSL_set_tmp_dh_callback(SSL* ssl, TmpDhFn dh) {
  guard_void([&] { edit_identity(ssl).tmp_dh_callback = dh; });
}

}  // extern "C"
