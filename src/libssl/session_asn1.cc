// d2i_SSL_SESSION(3), PEM_read_bio_PrivateKey(3) (PEM), SSL_SESSION_print(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 0, i2d_SSL_SESSION, (const SSL_SESSION*, unsigned char**))
CIAO_NOT_YET(SSL_SESSION*, nullptr, d2i_SSL_SESSION, (SSL_SESSION**, const unsigned char**, long))
CIAO_NOT_YET(SSL_SESSION*, nullptr, PEM_read_SSL_SESSION,
             (FILE*, SSL_SESSION**, pem_password_cb*, void*))
CIAO_NOT_YET(SSL_SESSION*, nullptr, PEM_read_bio_SSL_SESSION,
             (BIO*, SSL_SESSION**, pem_password_cb*, void*))
CIAO_NOT_YET(int, 0, PEM_write_SSL_SESSION, (FILE*, const SSL_SESSION*))
CIAO_NOT_YET(int, 0, PEM_write_bio_SSL_SESSION, (BIO*, const SSL_SESSION*))
CIAO_NOT_YET(int, 0, SSL_SESSION_print, (BIO*, const SSL_SESSION*))
CIAO_NOT_YET(int, 0, SSL_SESSION_print_fp, (FILE*, const SSL_SESSION*))
CIAO_NOT_YET(int, 0, SSL_SESSION_print_keylog, (BIO*, const SSL_SESSION*))
