// SSL_CTX_dane_enable(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(unsigned long, 0, SSL_CTX_dane_clear_flags, (SSL_CTX*, unsigned long))
CIAO_NOT_YET(int, 0, SSL_CTX_dane_enable, (SSL_CTX*))
CIAO_NOT_YET(int, 0, SSL_CTX_dane_mtype_set, (SSL_CTX*, const EVP_MD*, uint8_t, uint8_t))
CIAO_NOT_YET(unsigned long, 0, SSL_CTX_dane_set_flags, (SSL_CTX*, unsigned long))
CIAO_NOT_YET(unsigned long, 0, SSL_dane_clear_flags, (SSL*, unsigned long))
CIAO_NOT_YET(int, 0, SSL_dane_enable, (SSL*, const char*))
CIAO_NOT_YET(unsigned long, 0, SSL_dane_set_flags, (SSL*, unsigned long))
CIAO_NOT_YET(int, -1, SSL_dane_tlsa_add,
             (SSL*, uint8_t, uint8_t, uint8_t, const unsigned char*, size_t))
CIAO_NOT_YET(SSL_DANE*, nullptr, SSL_get0_dane, (SSL*))
CIAO_NOT_YET(int, -1, SSL_get0_dane_authority, (SSL*, X509**, EVP_PKEY**))
CIAO_NOT_YET(int, -1, SSL_get0_dane_tlsa,
             (SSL*, uint8_t*, uint8_t*, uint8_t*, const unsigned char**, size_t*))
