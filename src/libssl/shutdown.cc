// SSL_shutdown(3), SSL_set_shutdown(3), SSL_CTX_set_quiet_shutdown(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, -1, SSL_shutdown, (SSL*))
CIAO_NOT_YET(int, 0, SSL_get_shutdown, (const SSL*))
CIAO_NOT_YET(void, , SSL_set_shutdown, (SSL*, int))
CIAO_NOT_YET(int, 0, SSL_CTX_get_quiet_shutdown, (const SSL_CTX*))
CIAO_NOT_YET(int, 0, SSL_get_quiet_shutdown, (const SSL*))
CIAO_NOT_YET(void, , SSL_CTX_set_quiet_shutdown, (SSL_CTX*, int))
CIAO_NOT_YET(void, , SSL_set_quiet_shutdown, (SSL*, int))
