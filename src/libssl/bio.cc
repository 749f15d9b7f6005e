// SSL_set_bio(3), SSL_get_rbio(3), SSL_set_fd(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(void, , SSL_set_bio, (SSL*, BIO*, BIO*))
CIAO_NOT_YET(void, , SSL_set0_rbio, (SSL*, BIO*))
CIAO_NOT_YET(void, , SSL_set0_wbio, (SSL*, BIO*))
CIAO_NOT_YET(BIO*, nullptr, SSL_get_rbio, (const SSL*))
CIAO_NOT_YET(BIO*, nullptr, SSL_get_wbio, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_set_fd, (SSL*, int))
CIAO_NOT_YET(int, 0, SSL_set_rfd, (SSL*, int))
CIAO_NOT_YET(int, 0, SSL_set_wfd, (SSL*, int))
CIAO_NOT_YET(int, -1, SSL_get_fd, (const SSL*))
CIAO_NOT_YET(int, -1, SSL_get_rfd, (const SSL*))
CIAO_NOT_YET(int, -1, SSL_get_wfd, (const SSL*))
