// SSL_CTX_new(3), SSL_CTX_free(3).
#include <openssl/ct.h>
#include <openssl/engine.h>
#include <openssl/ssl.h>

#include "base/copy_on_write.h"
#include "libssl/conf_system.h"
#include "libssl/context_sessions.h"
#include "libssl/entry.h"
#include "libssl/ssl_st.h"
#include "libssl/suite_config.h"
#include "libssl/version_bounds.h"

using namespace ciao::tls;

ssl_ctx_st::ssl_ctx_st(OSSL_LIB_CTX* libctx, const char* properties, const SSL_METHOD* ssl_method)
    : method(ssl_method),
      algorithms(make_ref<Algorithms>(libctx, properties)),
      available_ciphers(CipherAvailability::probe(libctx, properties)),
      available_schemes(AvailableSchemes::probe(libctx, properties)),
      config(make_ref<Config>()),
      settings(make_ref<Settings>()),
      identity(make_ref<Identity>()),
      param(VerifyParam::make()),
      cert_store(X509_STORE_new()),
      ctlog_store(CTLOG_STORE_new_ex(libctx, properties)) {
  config->options |= SSL_OP_NO_COMPRESSION;
  config->credentials = make_ref<Credentials>();
  // Empty, and not absent, as in OpenSSL.
  ca_names.reset(sk_X509_NAME_new_null());
  client_ca_names.reset(sk_X509_NAME_new_null());
  apply_version_bounds(*method, *settings, *config);
}

ssl_ctx_st::~ssl_ctx_st() {
  X509_STORE_free(cert_store);
  CTLOG_STORE_free(ctlog_store);
  if (client_cert_engine != nullptr) ENGINE_finish(client_cert_engine);
}

namespace ciao::tls {
namespace {

void destroy(SSL_CTX* ctx) {
  // Callbacks that run when the cache is emptied may still look at the context's ex_data.
  flush_all_sessions(*ctx);
  CRYPTO_free_ex_data(CRYPTO_EX_INDEX_SSL_CTX, ctx, &ctx->ex_data);
  delete ctx;
}

SSL_CTX* make_context(OSSL_LIB_CTX* libctx, const char* properties, const SSL_METHOD* method) {
  auto ctx = std::make_unique<SSL_CTX>(libctx, properties, method);
  if (!ctx->param || ctx->cert_store == nullptr || ctx->ctlog_store == nullptr || !ctx->ca_names ||
      !ctx->client_ca_names) {
    raise(Reason::malloc_failure);
    return nullptr;
  }
  if (!set_default_suites(ctx.get())) {
    raise(Reason::library_has_no_ciphers);
    return nullptr;
  }
  // Behind the ciphers, as in OpenSSL: of a library context that has nothing, the error queue hears
  // that alone.
  make_ticket_keys(*ctx);
  if (CRYPTO_new_ex_data(CRYPTO_EX_INDEX_SSL_CTX, ctx.get(), &ctx->ex_data) != 1) {
    raise(Reason::malloc_failure);
    return nullptr;
  }
  SSL_CTX* made = ctx.release();
  apply_system_configuration(made);
  return made;
}

}  // namespace
}  // namespace ciao::tls

extern "C" {

SSL_CTX* SSL_CTX_new_ex(OSSL_LIB_CTX* libctx, const char* propq, const SSL_METHOD* meth) {
  if (meth == nullptr) {
    raise(Reason::null_ssl_method_passed);
    return nullptr;
  }
  if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr) != 1) return nullptr;
  if (SSL_get_ex_data_X509_STORE_CTX_idx() < 0) {
    raise(Reason::x509_verification_setup_problems);
    return nullptr;
  }
  return guard<SSL_CTX*>(nullptr, [&] { return make_context(libctx, propq, meth); });
}

SSL_CTX* SSL_CTX_new(const SSL_METHOD* meth) { return SSL_CTX_new_ex(nullptr, nullptr, meth); }

int SSL_CTX_up_ref(SSL_CTX* ctx) {
  ctx->references.fetch_add(1, std::memory_order_relaxed);
  return 1;
}

void SSL_CTX_free(SSL_CTX* ctx) {
  if (ctx == nullptr) return;
  if (ctx->references.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(ctx);
}

}  // extern "C"
