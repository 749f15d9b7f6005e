// SSL_CTX_set_tlsext_servername_callback(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(const char*, nullptr, SSL_get_servername, (const SSL*, const int))
CIAO_NOT_YET(int, -1, SSL_get_servername_type, (const SSL*))
CIAO_NOT_YET(SSL_CTX*, nullptr, SSL_set_SSL_CTX, (SSL*, SSL_CTX*))
