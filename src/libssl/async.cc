// SSL_get_all_async_fds(3), SSL_CTX_set_async_callback(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

// ciao starts no asynchronous jobs: none is ever waiting and no descriptor belongs to one. The
// answers are those of 3.0 for a connection that has not started one.
extern "C" int SSL_waiting_for_async(SSL*) { return 0; }

extern "C" int SSL_get_async_status(SSL*, int*) { return 0; }

extern "C" int SSL_get_all_async_fds(SSL*, int*, size_t*) { return 0; }

extern "C" int SSL_get_changed_async_fds(SSL*, int*, size_t*, int*, size_t*) { return 0; }

CIAO_NOT_YET(int, 0, SSL_CTX_set_async_callback, (SSL_CTX*, SSL_async_callback_fn))
CIAO_NOT_YET(int, 0, SSL_set_async_callback, (SSL*, SSL_async_callback_fn))
CIAO_NOT_YET(int, 0, SSL_CTX_set_async_callback_arg, (SSL_CTX*, void*))
CIAO_NOT_YET(int, 0, SSL_set_async_callback_arg, (SSL*, void*))
