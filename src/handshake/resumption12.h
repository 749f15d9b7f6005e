// Resumption in TLS 1.2, by session id (RFC 5246 §F.1.4) or ticket (RFC 5077).
#pragma once

#include "handshake/context.h"
#include "messages/client_hello.h"

namespace ciao::tls {

// Client: whether the session may be offered now.
bool offerable12(const HandshakeContext& context, const Session& session);
// Client: the session with the ticket that came for it. A session that was resumed stays as it is;
// the new one is a copy.
Result<Ref<Session>> session_with_ticket12(HandshakeContext& context, ByteView ticket,
                                           std::uint32_t lifetime_hint);

// Server: looks for the session that the ClientHello wants to resume, and decides. Sets
// context.session and negotiated.resumed, and whether a ticket is to be issued. Without a usable
// session the handshake goes on in full.
Result<void> select_session12(HandshakeContext& context, const ClientHello& hello);
// Server: whether that decision stands. It is taken back, for a session of its own, for what
// callbacks that ran since may have decided: the session's client has shown no certificate and the
// configuration demands one, or the session was made for another name.
bool recheck_session12(HandshakeContext& context);

}  // namespace ciao::tls
