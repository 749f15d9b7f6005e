// DTLSv1_listen(3), SSL_CTX_set_stateless_cookie_generate_cb(3), DTLS_set_timer_cb(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(size_t, 0, DTLS_get_data_mtu, (const SSL*))
CIAO_NOT_YET(void, , DTLS_set_timer_cb, (SSL*, DTLS_timer_cb))
CIAO_NOT_YET(int, -1, DTLSv1_listen, (SSL*, BIO_ADDR*))
CIAO_NOT_YET(int, -1, SSL_stateless, (SSL*))
CIAO_NOT_YET(int, 0, SSL_is_dtls, (const SSL*))
CIAO_NOT_YET(void, , SSL_CTX_set_cookie_generate_cb,
             (SSL_CTX*, int (*)(SSL*, unsigned char*, unsigned int*)))
CIAO_NOT_YET(void, , SSL_CTX_set_cookie_verify_cb,
             (SSL_CTX*, int (*)(SSL*, const unsigned char*, unsigned int)))
CIAO_NOT_YET(void, , SSL_CTX_set_stateless_cookie_generate_cb,
             (SSL_CTX*, int (*)(SSL*, unsigned char*, size_t*)))
CIAO_NOT_YET(void, , SSL_CTX_set_stateless_cookie_verify_cb,
             (SSL_CTX*, int (*)(SSL*, const unsigned char*, size_t)))
