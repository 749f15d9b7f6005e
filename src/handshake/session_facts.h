// What a handshake writes into sessions, takes over from them, and shows to the key log.
#pragma once

#include "handshake/context.h"

namespace ciao::tls {

// After a full handshake: a new session for this connection in context.session. It can be resumed
// once a ticket belongs to it.
void make_session(HandshakeContext& context);
// After a resumed one: the peer's certificates and the result of their verification come from the
// session.
void take_over_session(HandshakeContext& context);

void log_key(const HandshakeContext& context, std::string_view label, const HashSecret& secret);
void log_application_keys(const HandshakeContext& context);

}  // namespace ciao::tls
