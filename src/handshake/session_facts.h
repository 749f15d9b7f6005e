// What a handshake writes into sessions, takes over from them, and shows to the key log.
#pragma once

#include "handshake/context.h"

namespace ciao::tls {

// Nothing is resumed: a new session for this connection in context.session, in place of one that
// was offered in vain.
void begin_session(HandshakeContext& context);
// After a full handshake: what the session takes from it. It can be resumed once a ticket belongs
// to it.
void complete_session(HandshakeContext& context);
// The name that a session belongs to: one that the server has acted upon, which it says by its
// acknowledgement (RFC 6066 §3). Another one is not part of it, as in OpenSSL.
std::string name_in_session(const HandshakeContext& context);
// Server, when the application has answered to the name: RFC 6066 §3 "MUST NOT accept the request
// to resume the session if the server_name extension contains a different name." A session without
// one was made where names made no difference, or for a client that sent none.
bool made_for_another_name(const HandshakeContext& context, const Session& session);
// After a resumed one: the peer's certificates and the result of their verification come from the
// session.
void take_over_session(HandshakeContext& context, const Ref<Session>& session);

// The same in TLS 1.3, for the PSK that was selected.
void take_over_psk(HandshakeContext& context);

void log_key(const HandshakeContext& context, std::string_view label, const HashSecret& secret);
// Each when OpenSSL does: when it first takes that secret's key.
void log_server_application_keys(const HandshakeContext& context);
void log_client_application_key(const HandshakeContext& context);

// Client: refuses to resume a session of another of the application's contexts
// (SSL_CTX_set_session_id_context(3)).
Result<void> check_session_context(const HandshakeContext& context, const Session& session);

}  // namespace ciao::tls
