// The ssl_conf section of openssl.cnf (config(5)), as libcrypto has read it.
#pragma once

#include <openssl/ssl.h>

namespace ciao::tls {

// The section "system_default", which every new context gets. That it is not there, or that a line
// of it is wrong, is no reason to refuse a context.
void apply_system_configuration(SSL_CTX* ctx);

// A section by name, for a context or a connection; 1, or 0 with errors raised.
int apply_named_configuration(SSL_CTX* ctx, const char* name);
int apply_named_configuration(SSL* ssl, const char* name);

}  // namespace ciao::tls
