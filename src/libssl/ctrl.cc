// SSL_CTX_ctrl(3): the functions behind most of the macros of <openssl/ssl.h>.
#include <openssl/ssl.h>

#include "libssl/ctrl_handlers.h"
#include "libssl/ctrl_table.h"

using namespace ciao::tls;

extern "C" {

// Commands that nobody has answer 0, without an error, as in OpenSSL.
long SSL_ctrl(SSL* ssl, int cmd, long larg, void* parg) {
  const SslHandler handler = find_ssl_command(cmd);
  return handler != nullptr ? handler(ssl, larg, parg) : 0;
}

long SSL_CTX_ctrl(SSL_CTX* ctx, int cmd, long larg, void* parg) {
  if (ctx == nullptr) {
    // Without a context a list is only checked.
    switch (cmd) {
      case SSL_CTRL_SET_GROUPS_LIST: return check_groups_list(parg);
      case SSL_CTRL_SET_SIGALGS_LIST:
      case SSL_CTRL_SET_CLIENT_SIGALGS_LIST: return check_sigalgs_list(parg);
      default: return 0;
    }
  }
  const ContextHandler handler = find_context_command(cmd);
  return handler != nullptr ? handler(ctx, larg, parg) : 0;
}

long SSL_callback_ctrl(SSL* ssl, int cmd, void (*fp)(void)) {
  const SslCallbackHandler handler = find_ssl_callback_command(cmd);
  return handler != nullptr ? handler(ssl, fp) : 0;
}

long SSL_CTX_callback_ctrl(SSL_CTX* ctx, int cmd, void (*fp)(void)) {
  const ContextCallbackHandler handler = find_context_callback_command(cmd);
  return handler != nullptr ? handler(ctx, fp) : 0;
}

}  // extern "C"
