// DTLSv1_listen(3), SSL_stateless(3), SSL_CTX_set_stateless_cookie_generate_cb(3),
// DTLS_set_timer_cb(3).
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "libssl/entry.h"
#include "libssl/not_yet.h"
#include "libssl/pump.h"
#include "libssl/ssl_st.h"

using namespace ciao::tls;

CIAO_NOT_YET(size_t, 0, DTLS_get_data_mtu, (const SSL*))
CIAO_NOT_YET(void, , DTLS_set_timer_cb, (SSL*, DTLS_timer_cb))
CIAO_NOT_YET(int, -1, DTLSv1_listen, (SSL*, BIO_ADDR*))

namespace ciao::tls {
namespace {

// As far as to the pause behind HelloRetryRequest, or behind our Finished.
int retry_statelessly(SSL* ssl) {
  if (SSL_clear(ssl) != 1) return 0;
  ERR_clear_error();
  if (ssl->connection.phase() == Phase::no_role) SSL_set_accept_state(ssl);
  ssl->connection.use_stateless_retry();
  ssl->early = EarlyCalls::stateless;
  const int accepted = SSL_accept(ssl);
  ssl->early = EarlyCalls::none;
  const Negotiated& facts = ssl->connection.negotiated();
  if (accepted > 0 && facts.cookie_verified) {
    // What comes now is the client's second flight.
    ssl->early = EarlyCalls::finished_reading;
    return 1;
  }
  return facts.hello_retry && ssl->connection.phase() != Phase::dead ? 0 : -1;
}

}  // namespace
}  // namespace ciao::tls

extern "C" int SSL_stateless(SSL* s) {
  return guard_connection(-1, [&] { return retry_statelessly(s); }, [&] { end_without_memory(s); });
}

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
