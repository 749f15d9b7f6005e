// SSL_is_tls(3), SSL_get0_connection(3), SSL_get0_listener(3), SSL_get0_domain(3): since QUIC an
// SSL may be something else than a connection of TLS. Here it never is. No SSL is nothing at all.
#include "libssl/later_prototypes.h"

extern "C" {

int SSL_is_tls(const SSL* s) { return s != nullptr ? 1 : 0; }

int SSL_is_quic(const SSL*) { return 0; }

int SSL_is_connection(SSL* s) { return s != nullptr ? 1 : 0; }

int SSL_is_listener(SSL*) { return 0; }

int SSL_is_domain(SSL*) { return 0; }

SSL* SSL_get0_connection(SSL* s) { return s; }

SSL* SSL_get0_listener(SSL*) { return nullptr; }

SSL* SSL_get0_domain(SSL*) { return nullptr; }

}  // extern "C"
