// SSL_get_all_async_fds(3), SSL_CTX_set_async_callback(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 0, SSL_waiting_for_async, (SSL*))
CIAO_NOT_YET(int, 0, SSL_get_async_status, (SSL*, int*))
CIAO_NOT_YET(int, 0, SSL_get_all_async_fds, (SSL*, int*, size_t*))
CIAO_NOT_YET(int, 0, SSL_get_changed_async_fds, (SSL*, int*, size_t*, int*, size_t*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_async_callback, (SSL_CTX*, SSL_async_callback_fn))
CIAO_NOT_YET(int, 0, SSL_set_async_callback, (SSL*, SSL_async_callback_fn))
CIAO_NOT_YET(int, 0, SSL_CTX_set_async_callback_arg, (SSL_CTX*, void*))
CIAO_NOT_YET(int, 0, SSL_set_async_callback_arg, (SSL*, void*))
