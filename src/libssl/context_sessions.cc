#include "libssl/context_sessions.h"

#include <ctime>

#include "crypto/random.h"
#include "libssl/ssl_session_st.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

void count(std::atomic<int>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

// A session that left the cache: nobody who still holds it shall resume it.
void retire(SSL_CTX& ctx, Session& session) {
  session.not_resumable = true;
  if (ctx.remove_session != nullptr) ctx.remove_session(&ctx, handle_of(&session));
}

// Whether the application has a say in, or the protocol needs, what a cache would hold.
bool cache_needed(const SSL& ssl) {
  if (!is_server(&ssl) || ssl.connection.negotiated().version != ProtocolVersion::tls1_3) {
    return true;
  }
  // A TLS 1.3 server's ticket holds the session itself; a copy is for those who want to hear of its
  // end, and for recognising early data that comes twice.
  return SslSessionStore::stateful(ssl) || ssl.session_ctx->remove_session != nullptr;
}

// SSL_CTX_set_session_cache_mode(3): "Normally the session cache is checked for expired sessions
// every 255 connections".
void flush_now_and_then(SSL& ssl) {
  SSL_CTX& ctx = *ssl.session_ctx;
  if ((ctx.session_cache_mode & SSL_SESS_CACHE_NO_AUTO_CLEAR) != 0) return;
  const std::atomic<int>& good =
      is_server(&ssl) ? ctx.statistics.accept_good : ctx.statistics.connect_good;
  if ((good.load(std::memory_order_relaxed) & 0xff) == 0xff) flush_sessions(ctx, time(nullptr));
}

}  // namespace

bool add_session(SSL_CTX& ctx, const Ref<Session>& session) {
  if ((ctx.session_cache_mode & SSL_SESS_CACHE_UPDATE_TIME) != 0) session->time = time(nullptr);
  const SessionCache::Insertion result = ctx.session_cache.insert(session, ctx.session_cache_size);
  for (const Ref<Session>& evicted : result.evicted) {
    count(ctx.statistics.cache_full);
    retire(ctx, *evicted);
  }
  return result.added;
}

bool remove_session(SSL_CTX& ctx, Session& session) {
  if (session.id.size == 0) return false;
  const Ref<Session> cached = ctx.session_cache.remove(session);
  retire(ctx, session);
  return static_cast<bool>(cached);
}

void flush_sessions(SSL_CTX& ctx, std::int64_t now) {
  for (const Ref<Session>& session : ctx.session_cache.remove_expired(now)) retire(ctx, *session);
}

void flush_all_sessions(SSL_CTX& ctx) {
  for (const Ref<Session>& session : ctx.session_cache.remove_all()) retire(ctx, *session);
}

void publish_session(SSL& ssl, const Ref<Session>& session) {
  SSL_CTX& ctx = *ssl.session_ctx;
  if (session->id.size == 0) return;
  // Without a context of its own such a session could not be resumed: the handshake would fail
  // (SSL_R_SESSION_ID_CONTEXT_UNINITIALIZED).
  const bool verifies = (ssl.settings->verify_mode & SSL_VERIFY_PEER) != 0;
  if (is_server(&ssl) && session->id_context.size == 0 && verifies) return;
  const std::uint32_t wanted = is_server(&ssl) ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_CLIENT;
  if ((ctx.session_cache_mode & wanted) == 0) return;
  if ((ctx.session_cache_mode & SSL_SESS_CACHE_NO_INTERNAL_STORE) == 0 && cache_needed(ssl)) {
    add_session(ctx, session);
  }
  if (ctx.new_session != nullptr) {
    // The callback's reference; it says whether it keeps it.
    Ref<Session> lent = session;
    if (ctx.new_session(&ssl, handle_of(lent)) != 0) (void)lent.detach();
  }
  flush_now_and_then(ssl);
}

Ref<Session> look_up_session(SSL& ssl, ByteView id) {
  SSL_CTX& ctx = *ssl.session_ctx;
  if (id.empty() || id.size() > kMaxSessionIdSize) return nullptr;
  if ((ctx.session_cache_mode & SSL_SESS_CACHE_NO_INTERNAL_LOOKUP) == 0) {
    Ref<Session> cached = ctx.session_cache.find(ssl.connection.negotiated().version, id);
    if (cached) return cached;
    count(ctx.statistics.misses);
  }
  if (ctx.find_session == nullptr) return nullptr;
  int copy = 1;
  SSL_SESSION* found = ctx.find_session(&ssl, id.data(), static_cast<int>(id.size()), &copy);
  if (found == nullptr) return nullptr;
  Ref<Session> session = copy != 0 ? Ref<Session>::share(found) : Ref<Session>::adopt(found);
  if (session->not_resumable) return nullptr;
  count(ctx.statistics.callback_hits);
  if ((ctx.session_cache_mode & SSL_SESS_CACHE_NO_INTERNAL_STORE) == 0) add_session(ctx, session);
  return session;
}

Result<void> generate_session_id(SSL& ssl, Session& session) {
  const auto failure = [](Reason reason) {
    return Error{reason, AlertDescription::internal_error};
  };
  std::uint8_t id[kMaxSessionIdSize] = {};
  unsigned int size = sizeof id;
  const GEN_SESSION_CB own = ssl.settings->generate_session_id;
  const GEN_SESSION_CB callback =
      own != nullptr ? own : ssl.session_ctx->settings->generate_session_id;
  if (callback == nullptr) {
    // 256 random bits: OpenSSL looks for a collision, and none will ever be found.
    TRY(random_bytes(*ssl.session_ctx->algorithms, id));
    session.id.assign(id);
    return {};
  }
  if (callback(&ssl, id, &size) == 0) return failure(Reason::ssl_session_id_callback_failed);
  if (size == 0 || size > sizeof id) return failure(Reason::ssl_session_id_has_bad_length);
  const ByteView chosen = ByteView(id).first(size);
  if (ssl.session_ctx->session_cache.find(session.version, chosen)) {
    return failure(Reason::ssl_session_id_conflict);
  }
  session.id.assign(chosen);
  return {};
}

void make_ticket_keys(SSL_CTX& ctx) {
  Result<TicketKey> key = TicketKey::generate(*ctx.algorithms);
  if (key) {
    ctx.ticket_keys.set(std::move(*key));
  } else {
    ctx.config->options |= SSL_OP_NO_TICKET;
  }
}

// As in OpenSSL a server counts where SSL_set_SSL_CTX has put it, a client where its sessions are.
void count_handshake_start(SSL& ssl) {
  if (is_server(&ssl)) {
    count(ssl.ctx->statistics.accept);
  } else {
    count(ssl.session_ctx->statistics.connect);
  }
}

void move_handshake_start(SSL& ssl, const SSL_CTX* from) {
  if (ssl.ctx == from || from != ssl.session_ctx) return;
  if (!is_server(&ssl) || ssl.connection.phase() != Phase::handshaking) return;
  ssl.session_ctx->statistics.accept.fetch_sub(1, std::memory_order_relaxed);
  count(ssl.ctx->statistics.accept);
}

void count_renegotiation(SSL& ssl) {
  if (is_server(&ssl)) {
    count(ssl.ctx->statistics.accept_renegotiate);
  } else {
    count(ssl.session_ctx->statistics.connect_renegotiate);
  }
}

void count_handshake_done(SSL& ssl) {
  if (is_server(&ssl)) {
    count(ssl.ctx->statistics.accept_good);
  } else {
    count(ssl.session_ctx->statistics.connect_good);
  }
}

}  // namespace ciao::tls
