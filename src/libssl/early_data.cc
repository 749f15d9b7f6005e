// SSL_read_early_data(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"
#include "libssl/ssl_st.h"

CIAO_NOT_YET(int, SSL_READ_EARLY_DATA_ERROR, SSL_read_early_data, (SSL*, void*, size_t, size_t*))
CIAO_NOT_YET(int, 0, SSL_write_early_data, (SSL*, const void*, size_t, size_t*))

using namespace ciao::tls;

extern "C" {

// None can be sent yet.
int SSL_get_early_data_status(const SSL*) { return SSL_EARLY_DATA_NOT_SENT; }

uint32_t SSL_CTX_get_max_early_data(const SSL_CTX* ctx) { return ctx->config->max_early_data; }
uint32_t SSL_get_max_early_data(const SSL* s) { return config_of(s).max_early_data; }

uint32_t SSL_CTX_get_recv_max_early_data(const SSL_CTX* ctx) {
  return ctx->settings->recv_max_early_data;
}

uint32_t SSL_get_recv_max_early_data(const SSL* s) { return s->settings->recv_max_early_data; }

}  // extern "C"

CIAO_NOT_YET(int, 0, SSL_CTX_set_max_early_data, (SSL_CTX*, uint32_t))
CIAO_NOT_YET(int, 0, SSL_set_max_early_data, (SSL*, uint32_t))
CIAO_NOT_YET(int, 0, SSL_CTX_set_recv_max_early_data, (SSL_CTX*, uint32_t))
CIAO_NOT_YET(int, 0, SSL_set_recv_max_early_data, (SSL*, uint32_t))
CIAO_NOT_YET(void, , SSL_CTX_set_allow_early_data_cb, (SSL_CTX*, SSL_allow_early_data_cb_fn, void*))
CIAO_NOT_YET(void, , SSL_set_allow_early_data_cb, (SSL*, SSL_allow_early_data_cb_fn, void*))
