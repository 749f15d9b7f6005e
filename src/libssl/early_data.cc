// SSL_read_early_data(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, SSL_READ_EARLY_DATA_ERROR, SSL_read_early_data, (SSL*, void*, size_t, size_t*))
CIAO_NOT_YET(int, 0, SSL_write_early_data, (SSL*, const void*, size_t, size_t*))

// None can be sent yet.
extern "C" int SSL_get_early_data_status(const SSL*) { return SSL_EARLY_DATA_NOT_SENT; }

CIAO_NOT_YET(uint32_t, 0, SSL_CTX_get_max_early_data, (const SSL_CTX*))
CIAO_NOT_YET(uint32_t, 0, SSL_get_max_early_data, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_max_early_data, (SSL_CTX*, uint32_t))
CIAO_NOT_YET(int, 0, SSL_set_max_early_data, (SSL*, uint32_t))
CIAO_NOT_YET(uint32_t, 0, SSL_CTX_get_recv_max_early_data, (const SSL_CTX*))
CIAO_NOT_YET(uint32_t, 0, SSL_get_recv_max_early_data, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_recv_max_early_data, (SSL_CTX*, uint32_t))
CIAO_NOT_YET(int, 0, SSL_set_recv_max_early_data, (SSL*, uint32_t))
CIAO_NOT_YET(void, , SSL_CTX_set_allow_early_data_cb, (SSL_CTX*, SSL_allow_early_data_cb_fn, void*))
CIAO_NOT_YET(void, , SSL_set_allow_early_data_cb, (SSL*, SSL_allow_early_data_cb_fn, void*))
