// DTLSv1_listen(3), SSL_CTX_set_stateless_cookie_generate_cb(3), DTLS_set_timer_cb(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"
#include "libssl/ssl_st.h"

using namespace ciao::tls;

CIAO_NOT_YET(size_t, 0, DTLS_get_data_mtu, (const SSL*))
CIAO_NOT_YET(void, , DTLS_set_timer_cb, (SSL*, DTLS_timer_cb))
CIAO_NOT_YET(int, -1, DTLSv1_listen, (SSL*, BIO_ADDR*))
CIAO_NOT_YET(int, -1, SSL_stateless, (SSL*))

extern "C" {

int SSL_is_dtls(const SSL* s) { return s->method->datagram ? 1 : 0; }

// Asked by DTLSv1_listen and by handshakes over datagrams.
void SSL_CTX_set_cookie_generate_cb(SSL_CTX* ctx, CookieGenerateFn cb) {
  ctx->cookie_generate = cb;
}

void SSL_CTX_set_cookie_verify_cb(SSL_CTX* ctx, CookieVerifyFn cb) { ctx->cookie_verify = cb; }

// Asked by SSL_stateless.
void SSL_CTX_set_stateless_cookie_generate_cb(SSL_CTX* ctx, StatelessGenerateFn cb) {
  ctx->stateless_cookie_generate = cb;
}

void SSL_CTX_set_stateless_cookie_verify_cb(SSL_CTX* ctx, StatelessVerifyFn cb) {
  ctx->stateless_cookie_verify = cb;
}

}  // extern "C"
