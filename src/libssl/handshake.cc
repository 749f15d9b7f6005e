// SSL_connect(3), SSL_accept(3), SSL_do_handshake(3), SSL_CTX_set_client_hello_cb(3).
#include <openssl/ssl.h>

#include "libssl/async.h"
#include "libssl/entry.h"
#include "libssl/later_prototypes.h"
#include "libssl/null_arguments.h"
#include "libssl/pump.h"
#include "libssl/raise.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

int do_handshake(SSL* ssl) {
  if (ssl->connection.phase() == Phase::no_role) {
    raise(Reason::connection_type_not_set);
    return -1;
  }
  leave_early_data(ssl, EarlyUse::handshake);
  if (handshake_ahead(ssl)) return drive_handshake(ssl);
  // A renegotiation that would follow our close_notify.
  if (ssl->connection.renegotiation_due()) {
    raise(Reason::protocol_is_shutdown);
    return -1;
  }
  return 1;
}

int guarded_handshake(SSL* ssl) {
  return guard_connection(-1, [&] { return do_handshake(ssl); }, [&] { end_without_memory(ssl); });
}

int handshake_call(SSL* ssl, const AsyncCall&, std::size_t*) { return guarded_handshake(ssl); }

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" int SSL_connect(SSL* ssl) {
  if (ssl->connection.phase() == Phase::no_role) SSL_set_connect_state(ssl);
  return SSL_do_handshake(ssl);
}

extern "C" int SSL_accept(SSL* ssl) {
  if (ssl->connection.phase() == Phase::no_role) SSL_set_accept_state(ssl);
  return SSL_do_handshake(ssl);
}

extern "C" int SSL_do_handshake(SSL* ssl) {
  if (!runs_as_job(ssl)) return guarded_handshake(ssl);
  return run_as_job(ssl, {.body = handshake_call});
}

// Until the first bytes of the answer are here: OpenSSL counts until the peer's flight is read,
// with the time that its signatures take.
extern "C" int SSL_get_handshake_rtt(const SSL* ssl, uint64_t* rtt) {
  if (refuse_null(ssl == nullptr || rtt == nullptr)) return -1;
  const std::int64_t measured = ssl->round_trip.microseconds();
  if (measured < 0) return 0;
  *rtt = static_cast<uint64_t>(measured);
  return 1;
}

extern "C" void SSL_CTX_set_client_hello_cb(SSL_CTX* ctx, SSL_client_hello_cb_fn callback,
                                            void* arg) {
  ctx->client_hello = {callback, arg};
}
