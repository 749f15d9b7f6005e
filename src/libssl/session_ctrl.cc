// SSL_CTX_set_session_cache_mode(3), SSL_CTX_sess_set_cache_size(3): the commands.
#include "libssl/ctrl_handlers.h"
#include "libssl/entry.h"
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

long get_session_count(SSL_CTX* ctx, long, void*) {
  return static_cast<long>(ctx->session_cache.size());
}

namespace {

// Without a buffer both commands answer how long one has to be.
bool right_size(long size) {
  if (size == static_cast<long>(TicketKey::kSize)) return true;
  raise(Reason::invalid_ticket_keys_length);
  return false;
}

}  // namespace

long get_ticket_keys(SSL_CTX* ctx, long size, void* keys) {
  if (keys == nullptr) return TicketKey::kSize;
  if (!right_size(size)) return 0;
  const Ref<const TicketKeys> current = ctx->ticket_keys.snapshot();
  if (!current) {
    raise(Reason::internal_error);  // SSL_CTX_new found no randomness for them
    return 0;
  }
  current->keys.front().write({static_cast<std::uint8_t*>(keys), TicketKey::kSize});
  return 1;
}

long set_ticket_keys(SSL_CTX* ctx, long size, void* keys) {
  if (keys == nullptr) return TicketKey::kSize;
  if (!right_size(size)) return 0;
  return guard(0L, [&] {
    ctx->ticket_keys.set(
        TicketKey::parse({static_cast<const std::uint8_t*>(keys), TicketKey::kSize}));
    return 1L;
  });
}

}  // namespace ciao::tls
