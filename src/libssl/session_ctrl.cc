// SSL_CTX_set_session_cache_mode(3), SSL_CTX_sess_set_cache_size(3): the commands.
#include "libssl/ctrl_handlers.h"
#include "libssl/ssl_ctx_st.h"

namespace ciao::tls {

// Both setters answer the value before.
long set_session_cache_size(SSL_CTX* ctx, long size, void*) {
  if (size < 0) return 0;
  const auto before = static_cast<long>(ctx->session_cache_size);
  ctx->session_cache_size = static_cast<unsigned long>(size);
  return before;
}

long get_session_cache_size(SSL_CTX* ctx, long, void*) {
  return static_cast<long>(ctx->session_cache_size);
}

long set_session_cache_mode(SSL_CTX* ctx, long mode, void*) {
  const std::uint32_t before = ctx->session_cache_mode;
  ctx->session_cache_mode = static_cast<std::uint32_t>(mode);
  return before;
}

long get_session_cache_mode(SSL_CTX* ctx, long, void*) { return ctx->session_cache_mode; }

}  // namespace ciao::tls
