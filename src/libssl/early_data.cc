// SSL_read_early_data(3).
#include <openssl/ssl.h>

#include "libssl/copy_on_write.h"
#include "libssl/entry.h"
#include "libssl/not_yet.h"
#include "libssl/ssl_st.h"

using namespace ciao::tls;

// A client never sends early data; a server that is offered some lets it pass unread.
extern "C" int SSL_get_early_data_status(const SSL* ssl) {
  return ssl->connection.negotiated().early_data_offered ? SSL_EARLY_DATA_REJECTED
                                                         : SSL_EARLY_DATA_NOT_SENT;
}

extern "C" uint32_t SSL_CTX_get_max_early_data(const SSL_CTX* ctx) {
  return ctx->config->max_early_data;
}

extern "C" uint32_t SSL_get_max_early_data(const SSL* ssl) { return config_of(ssl).max_early_data; }

extern "C" uint32_t SSL_CTX_get_recv_max_early_data(const SSL_CTX* ctx) {
  return ctx->settings->recv_max_early_data;
}

extern "C" uint32_t SSL_get_recv_max_early_data(const SSL* ssl) {
  return ssl->settings->recv_max_early_data;
}

extern "C" int SSL_CTX_set_recv_max_early_data(SSL_CTX* ctx, uint32_t size) {
  return guard(0, [&] {
    edit(ctx->settings).recv_max_early_data = size;
    return 1;
  });
}

extern "C" int SSL_set_recv_max_early_data(SSL* ssl, uint32_t size) {
  return guard(0, [&] {
    edit(ssl->settings).recv_max_early_data = size;
    return 1;
  });
}

CIAO_NOT_YET(int, SSL_READ_EARLY_DATA_ERROR, SSL_read_early_data, (SSL*, void*, size_t, size_t*))
CIAO_NOT_YET(int, 0, SSL_write_early_data, (SSL*, const void*, size_t, size_t*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_max_early_data, (SSL_CTX*, uint32_t))
CIAO_NOT_YET(int, 0, SSL_set_max_early_data, (SSL*, uint32_t))
CIAO_NOT_YET(void, , SSL_CTX_set_allow_early_data_cb, (SSL_CTX*, SSL_allow_early_data_cb_fn, void*))
CIAO_NOT_YET(void, , SSL_set_allow_early_data_cb, (SSL*, SSL_allow_early_data_cb_fn, void*))
