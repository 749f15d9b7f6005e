// SSL_CTX_set_client_hello_cb(3): what the callback may ask.
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(size_t, 0, SSL_client_hello_get0_ciphers, (SSL*, const unsigned char**))
CIAO_NOT_YET(size_t, 0, SSL_client_hello_get0_compression_methods, (SSL*, const unsigned char**))
CIAO_NOT_YET(int, 0, SSL_client_hello_get0_ext,
             (SSL*, unsigned int, const unsigned char**, size_t*))
CIAO_NOT_YET(unsigned int, 0, SSL_client_hello_get0_legacy_version, (SSL*))
CIAO_NOT_YET(size_t, 0, SSL_client_hello_get0_random, (SSL*, const unsigned char**))
CIAO_NOT_YET(size_t, 0, SSL_client_hello_get0_session_id, (SSL*, const unsigned char**))
CIAO_NOT_YET(int, 0, SSL_client_hello_get1_extensions_present, (SSL*, int**, size_t*))
CIAO_NOT_YET(int, 0, SSL_client_hello_isv2, (SSL*))
