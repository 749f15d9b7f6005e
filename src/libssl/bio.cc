// SSL_set_bio(3), SSL_get_rbio(3), SSL_set_fd(3), SSL_get_fd(3).
#include <openssl/ssl.h>

#include "libssl/raise.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

// A socket BIO that leaves the descriptor open when it is freed. Null, with an error raised,
// without memory.
BIO* socket_bio(int fd) {
  BIO* bio = BIO_new(BIO_s_socket());
  if (bio != nullptr) BIO_set_fd(bio, fd, BIO_NOCLOSE);
  return bio;
}

bool is_socket(BIO* bio, int fd) {
  return bio != nullptr && BIO_method_type(bio) == BIO_TYPE_SOCKET &&
         static_cast<int>(BIO_get_fd(bio, nullptr)) == fd;
}

int descriptor(BIO* bio) {
  BIO* found = bio == nullptr ? nullptr : BIO_find_type(bio, BIO_TYPE_DESCRIPTOR);
  return found == nullptr ? -1 : static_cast<int>(BIO_get_fd(found, nullptr));
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

// Each BIO is one reference. Where `rbio` and `wbio` are the same, the caller gives one reference
// for both; a side that stays the same keeps the reference it has (SSL_set_bio(3) has the whole
// table).
extern "C" void SSL_set_bio(SSL* ssl, BIO* rbio, BIO* wbio) {
  if (rbio == ssl->rbio && wbio == ssl->wbio) return;
  if (rbio != nullptr && rbio == wbio) BIO_up_ref(rbio);
  if (rbio == ssl->rbio) {
    SSL_set0_wbio(ssl, wbio);
    return;
  }
  if (wbio == ssl->wbio && ssl->rbio != ssl->wbio) {
    SSL_set0_rbio(ssl, rbio);
    return;
  }
  SSL_set0_rbio(ssl, rbio);
  SSL_set0_wbio(ssl, wbio);
}

extern "C" void SSL_set0_rbio(SSL* ssl, BIO* rbio) {
  BIO_free_all(ssl->rbio);
  ssl->rbio = rbio;
}

extern "C" void SSL_set0_wbio(SSL* ssl, BIO* wbio) {
  BIO_free_all(ssl->wbio);
  ssl->wbio = wbio;
}

extern "C" BIO* SSL_get_rbio(const SSL* ssl) { return ssl->rbio; }

extern "C" BIO* SSL_get_wbio(const SSL* ssl) { return ssl->wbio; }

extern "C" int SSL_set_fd(SSL* ssl, int fd) {
  BIO* bio = socket_bio(fd);
  if (bio == nullptr) return 0;
  SSL_set_bio(ssl, bio, bio);
  return 1;
}

// One BIO serves both directions when both have the same descriptor.
extern "C" int SSL_set_rfd(SSL* ssl, int fd) {
  if (is_socket(ssl->wbio, fd)) {
    BIO_up_ref(ssl->wbio);
    SSL_set0_rbio(ssl, ssl->wbio);
    return 1;
  }
  BIO* bio = socket_bio(fd);
  if (bio == nullptr) return 0;
  SSL_set0_rbio(ssl, bio);
  return 1;
}

extern "C" int SSL_set_wfd(SSL* ssl, int fd) {
  if (is_socket(ssl->rbio, fd)) {
    BIO_up_ref(ssl->rbio);
    SSL_set0_wbio(ssl, ssl->rbio);
    return 1;
  }
  BIO* bio = socket_bio(fd);
  if (bio == nullptr) return 0;
  SSL_set0_wbio(ssl, bio);
  return 1;
}

extern "C" int SSL_get_fd(const SSL* ssl) { return SSL_get_rfd(ssl); }

extern "C" int SSL_get_rfd(const SSL* ssl) { return descriptor(ssl->rbio); }

extern "C" int SSL_get_wfd(const SSL* ssl) { return descriptor(ssl->wbio); }
