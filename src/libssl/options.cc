// SSL_CTX_set_options(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(uint64_t, 0, SSL_CTX_get_options, (const SSL_CTX*))
CIAO_NOT_YET(uint64_t, 0, SSL_get_options, (const SSL*))
CIAO_NOT_YET(uint64_t, 0, SSL_CTX_set_options, (SSL_CTX*, uint64_t))
CIAO_NOT_YET(uint64_t, 0, SSL_set_options, (SSL*, uint64_t))
CIAO_NOT_YET(uint64_t, 0, SSL_CTX_clear_options, (SSL_CTX*, uint64_t))
CIAO_NOT_YET(uint64_t, 0, SSL_clear_options, (SSL*, uint64_t))
