// SSL_get_ex_data: BIO_get_ex_data(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 0, SSL_CTX_set_ex_data, (SSL_CTX*, int, void*))
CIAO_NOT_YET(int, 0, SSL_set_ex_data, (SSL*, int, void*))
CIAO_NOT_YET(void*, nullptr, SSL_CTX_get_ex_data, (const SSL_CTX*, int))
CIAO_NOT_YET(void*, nullptr, SSL_get_ex_data, (const SSL*, int))
