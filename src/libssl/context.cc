// SSL_CTX_new(3), SSL_CTX_free(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(SSL_CTX*, nullptr, SSL_CTX_new, (const SSL_METHOD*))
CIAO_NOT_YET(SSL_CTX*, nullptr, SSL_CTX_new_ex, (OSSL_LIB_CTX*, const char*, const SSL_METHOD*))
CIAO_NOT_YET(int, 0, SSL_CTX_up_ref, (SSL_CTX*))
CIAO_NOT_YET(void, , SSL_CTX_free, (SSL_CTX*))
