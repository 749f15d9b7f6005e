// BIO_f_ssl(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(const BIO_METHOD*, nullptr, BIO_f_ssl, (void))
CIAO_NOT_YET(BIO*, nullptr, BIO_new_buffer_ssl_connect, (SSL_CTX*))
CIAO_NOT_YET(BIO*, nullptr, BIO_new_ssl, (SSL_CTX*, int))
CIAO_NOT_YET(BIO*, nullptr, BIO_new_ssl_connect, (SSL_CTX*))
CIAO_NOT_YET(int, 0, BIO_ssl_copy_session_id, (BIO*, BIO*))
CIAO_NOT_YET(void, , BIO_ssl_shutdown, (BIO*))
