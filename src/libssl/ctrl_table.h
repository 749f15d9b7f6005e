// Which handler answers which command, by the function that was called and the number: three
// numbers mean two things.
#pragma once

#include <openssl/ssl.h>

namespace ciao::tls {

using SslHandler = long (*)(SSL* ssl, long larg, void* parg);
using ContextHandler = long (*)(SSL_CTX* ctx, long larg, void* parg);
using SslCallbackHandler = long (*)(SSL* ssl, void (*callback)(void));
using ContextCallbackHandler = long (*)(SSL_CTX* ctx, void (*callback)(void));

// Null for a command that the function does not have.
SslHandler find_ssl_command(int command);
ContextHandler find_context_command(int command);
SslCallbackHandler find_ssl_callback_command(int command);
ContextCallbackHandler find_context_callback_command(int command);

}  // namespace ciao::tls
