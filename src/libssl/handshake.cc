// SSL_connect(3), SSL_accept(3), SSL_do_handshake(3), SSL_CTX_set_client_hello_cb(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, -1, SSL_connect, (SSL*))
CIAO_NOT_YET(int, -1, SSL_accept, (SSL*))
CIAO_NOT_YET(int, -1, SSL_do_handshake, (SSL*))
CIAO_NOT_YET(void, , SSL_CTX_set_client_hello_cb, (SSL_CTX*, SSL_client_hello_cb_fn, void*))
