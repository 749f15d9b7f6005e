// SSL_new(3), SSL_free(3), SSL_clear(3), SSL_get_SSL_CTX(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(SSL*, nullptr, SSL_new, (SSL_CTX*))
CIAO_NOT_YET(int, 0, SSL_up_ref, (SSL*))
CIAO_NOT_YET(void, , SSL_free, (SSL*))
CIAO_NOT_YET(int, 0, SSL_clear, (SSL*))
CIAO_NOT_YET(SSL*, nullptr, SSL_dup, (SSL*))
CIAO_NOT_YET(SSL_CTX*, nullptr, SSL_get_SSL_CTX, (const SSL*))
