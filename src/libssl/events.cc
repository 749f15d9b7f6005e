// SSL_handle_events(3), SSL_get_event_timeout(3), SSL_get_rpoll_descriptor(3): for event loops that
// treat TLS and QUIC alike. TLS has no timers, and waits for its BIOs.
#include <sys/time.h>

#include "libssl/later_prototypes.h"
#include "libssl/null_arguments.h"
#include "libssl/ssl_st.h"

using namespace ciao::tls;

namespace {

// BIOs know the command since 3.2; of those of 3.0 the ones with a file descriptor say so.
int poll_descriptor(BIO* bio, int command, bio_poll_descriptor_st* descriptor) {
  if (bio == nullptr) return 0;
  *descriptor = {};
  if (BIO_ctrl(bio, command, 0, descriptor) > 0 &&
      descriptor->type != BIO_POLL_DESCRIPTOR_TYPE_NONE) {
    return 1;
  }
  int fd = -1;
  if (BIO_ctrl(bio, BIO_C_GET_FD, 0, &fd) <= 0 && fd < 0) return 0;
  descriptor->type = BIO_POLL_DESCRIPTOR_TYPE_SOCK_FD;
  descriptor->value.fd = fd;
  return 1;
}

}  // namespace

extern "C" {

int SSL_handle_events(SSL* s) { return refuse_null(s == nullptr) ? 0 : 1; }

int SSL_get_event_timeout(SSL* s, timeval* tv, int* is_infinite) {
  if (refuse_null(s == nullptr || tv == nullptr || is_infinite == nullptr)) return 0;
  // As OpenSSL: for those that do not look at is_infinite, eleven days.
  tv->tv_sec = 1000000;
  tv->tv_usec = 0;
  *is_infinite = 1;
  return 1;
}

int SSL_get_rpoll_descriptor(SSL* s, bio_poll_descriptor_st* desc) {
  if (refuse_null(s == nullptr || desc == nullptr)) return 0;
  return poll_descriptor(s->rbio, BIO_CTRL_GET_RPOLL_DESCRIPTOR, desc);
}

int SSL_get_wpoll_descriptor(SSL* s, bio_poll_descriptor_st* desc) {
  if (refuse_null(s == nullptr || desc == nullptr)) return 0;
  return poll_descriptor(s->wbio, BIO_CTRL_GET_WPOLL_DESCRIPTOR, desc);
}

int SSL_net_read_desired(SSL* s) { return s != nullptr && SSL_want(s) == SSL_READING ? 1 : 0; }

int SSL_net_write_desired(SSL* s) { return s != nullptr && SSL_want(s) == SSL_WRITING ? 1 : 0; }

}  // extern "C"
