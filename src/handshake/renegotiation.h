// Secure renegotiation (RFC 5746): what one handshake leaves for the next on the same connection.
#pragma once

#include "handshake/context.h"

namespace ciao::tls {

// After the peer's hello and its extensions: whether the peer knows renegotiation_info, where that
// is demanded.
Result<void> check_renegotiation(const HandshakeContext& context);
// Keeps both Finished for the next handshake to be bound to.
void remember_for_renegotiation(HandshakeContext& context);

}  // namespace ciao::tls
