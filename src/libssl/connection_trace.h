// `ciao run --trace`: each connection's story on standard error, from hello to goodbye.
#pragma once

#include <openssl/ssl.h>

namespace ciao::tls {

// Whether CIAO_TRACE is set in the environment (looked up once; a set-user-ID program is not
// traced).
bool tracing();

// The handshake is complete.
void trace_hello(const SSL* ssl);

// The connection is about to be freed or cleared. Says nothing of one that never began.
void trace_goodbye(const SSL* ssl);

}  // namespace ciao::tls
