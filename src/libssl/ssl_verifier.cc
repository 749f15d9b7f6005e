#include "libssl/ssl_verifier.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>

#include "libssl/alert_map.h"
#include "libssl/security_policy.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

X509_STORE* verify_store(const SSL& ssl) {
  return ssl.identity->verify_store ? ssl.identity->verify_store.get() : ssl.ctx->cert_store;
}

// OpenSSL 3.0's order: the role's defaults, then what the connection's parameters set.
bool set_up(X509_STORE_CTX* context, SSL& ssl, const PeerCertificates& peer) {
  if (X509_STORE_CTX_init(context, verify_store(ssl), peer.leaf(), peer.chain()) != 1) return false;
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context);
  // One level stands for TLS and for certificates.
  X509_VERIFY_PARAM_set_auth_level(param, ssl.identity->security_level);
  X509_STORE_CTX_set_flags(context, ssl.identity->flags & kSuiteBFlags);
  const int index = SSL_get_ex_data_X509_STORE_CTX_idx();
  if (X509_STORE_CTX_set_ex_data(context, index, &ssl) != 1) return false;
  if (ssl.cold && ssl.cold->dane && ssl.cold->dane->active()) {
    X509_STORE_CTX_set0_dane(context, &ssl.cold->dane->view);
  }
  // A server verifies a client's certificate, and a client a server's.
  X509_STORE_CTX_set_default(context, is_server(&ssl) ? "ssl_client" : "ssl_server");
  if (X509_VERIFY_PARAM_set1(param, ssl.param->get()) != 1) return false;
  if (ssl.settings->verify_callback != nullptr) {
    X509_STORE_CTX_set_verify_cb(context, ssl.settings->verify_callback);
  }
  return true;
}

// The name that matched, for SSL_get0_peername.
void keep_peer_name(X509_STORE_CTX* context, SSL& ssl) {
  X509_VERIFY_PARAM* found = X509_STORE_CTX_get0_param(context);
  if (X509_VERIFY_PARAM_get0_peername(found) == nullptr && SSL_get0_peername(&ssl) == nullptr)
    return;
  if (X509_VERIFY_PARAM* own = edit(ssl.param)) X509_VERIFY_PARAM_move_peername(own, found);
}

}  // namespace

Result<Answer> SslVerifier::verify(const PeerCertificates& peer) {
  const Algorithms& algorithms = *ssl_.ctx->algorithms;
  const StoreContextPtr context(
      X509_STORE_CTX_new_ex(algorithms.libctx(), algorithms.properties()));
  if (!context || !set_up(context.get(), ssl_, peer)) {
    return Error{Reason::err_x509_lib, AlertDescription::internal_error};
  }
  retry_ = false;
  ERR_set_mark();
  const Callback<VerifyAppFn>& application = ssl_.ctx->verify_app;
  const int verified =
      application ? application.invoke(context.get()) : X509_verify_cert(context.get());
  result_ = X509_STORE_CTX_get_error(context.get());
  verified_chain_.reset();
  if (X509_STORE_CTX_get0_chain(context.get()) != nullptr) {
    verified_chain_.reset(X509_STORE_CTX_get1_chain(context.get()));
  }
  keep_peer_name(context.get(), ssl_);

  if (verified > 0 && retry_) {
    ERR_pop_to_mark();
    ssl_.rwstate = SSL_RETRY_VERIFY;
    return Answer::pending;
  }
  // Servers refuse what does not verify; a client may have been told not to mind.
  const bool tolerated = !is_server(&ssl_) && ssl_.settings->verify_mode == SSL_VERIFY_NONE;
  if (verified <= 0 && !tolerated) {
    ERR_clear_last_mark();
    return Error{Reason::certificate_verify_failed, alert_for_verify_result(result_)};
  }
  // What libcrypto said on the way does not matter any more: the result is kept.
  ERR_pop_to_mark();
  // SSL_CTX_set_ct_validation_callback(3): what is missing ends the handshake only of a client that
  // verifies; another one finds it in the verify result.
  const Result<void> stamped = check_scts(&ssl_, verified_chain_.get(), result_);
  if (!stamped && (ssl_.settings->verify_mode & SSL_VERIFY_PEER) != 0) return stamped.error();
  return Answer::ready;
}

void SslVerifier::clear() {
  result_ = X509_V_OK;
  verified_chain_.reset();
  retry_ = false;
}

}  // namespace ciao::tls
