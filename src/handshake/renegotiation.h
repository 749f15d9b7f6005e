// Secure renegotiation (RFC 5746): what one handshake leaves for the next on the same connection.
#pragma once

#include "handshake/context.h"

namespace ciao::tls {

// After the peer's hello and its extensions: whether the peer knows renegotiation_info, where that
// is demanded.
Result<void> check_renegotiation(const HandshakeContext& context);
// Client, after the server's Certificate: whether it is the one of the handshake before. Unlike
// OpenSSL: what the application found out about the server would be true of another one (the Triple
// Handshake attack).
Result<void> check_same_server(const Negotiated& facts);
// Keeps both Finished for the next handshake to be bound to.
void remember_for_renegotiation(HandshakeContext& context);

}  // namespace ciao::tls
