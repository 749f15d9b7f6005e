// The sessions of a context: its cache, and the callbacks that stand for caches of the
// application's.
#pragma once

#include <openssl/ssl.h>

#include "session/session.h"

namespace ciao::tls {

// SSL_CTX_add_session(3). False when this very session is in the cache already.
bool add_session(SSL_CTX& ctx, const Ref<Session>& session);
// SSL_CTX_remove_session(3): whoever holds the session cannot resume it any more. False when the
// cache did not have it; the application's callback runs all the same, as in OpenSSL.
bool remove_session(SSL_CTX& ctx, Session& session);
// SSL_CTX_flush_sessions(3): what has expired at `now`.
void flush_sessions(SSL_CTX& ctx, std::int64_t now);
void flush_all_sessions(SSL_CTX& ctx);

// A new connection's session has become resumable: for the cache and the application, as the modes
// of SSL_CTX_set_session_cache_mode(3) say.
void publish_session(SSL& ssl, const Ref<Session>& session);
// From the cache or the application's callback; null when there is none.
Ref<Session> look_up_session(SSL& ssl, ByteView id);
// SSL_CTX_set_generate_session_id(3): gives the session an id.
Result<void> generate_session_id(SSL& ssl, Session& session);

// Random keys for a new context. Without them no ticket can hold a session: SSL_OP_NO_TICKET.
void make_ticket_keys(SSL_CTX& ctx);

// SSL_CTX_sess_number(3): what a handshake adds when it begins and when it is complete.
void count_handshake_start(SSL& ssl);
// A callback has put the server's first handshake into another context: it started there.
void move_handshake_start(SSL& ssl, const SSL_CTX* from);
void count_renegotiation(SSL& ssl);
void count_handshake_done(SSL& ssl);

}  // namespace ciao::tls
