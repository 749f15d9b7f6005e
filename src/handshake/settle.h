// What a server asks its application for while it answers a ClientHello, in either version.
#pragma once

#include "handshake/context.h"

namespace ciao::tls {

// The name that the client asks for: whether there is such a server here.
Result<void> settle_server_name(HandshakeContext& context);

// The client's turn, once the extensions of the server's hello have been read.
Result<void> settle_server_name_answered(HandshakeContext& context);
// The protocol among those that the client offers.
Result<void> settle_alpn(HandshakeContext& context);
// Where somebody has to sign: whether both know a way.
Result<void> check_shared_schemes(const Exchange& exchange);
// The staple that goes with `credential`; null, as in a resumption: there is none.
Result<void> settle_status(HandshakeContext& context, const Credential* credential);

}  // namespace ciao::tls
