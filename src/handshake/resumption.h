// PSK resumption (RFC 8446 §2.2, §4.2.11): binders, and the choice of a ticket.
#pragma once

#include "handshake/context.h"

namespace ciao::tls {

// Client: computes the binder of a complete ClientHello that offers exchange.offered_session and
// writes it into its end.
Result<void> fill_in_binder(HandshakeContext& context, Bytes& client_hello);

// Server: looks for an offered ticket that may be resumed here, checks its binder and selects it:
// sets context.session, exchange.psk_selected and selected_identity. Without a usable ticket the
// handshake goes on in full. A wrong binder of a usable ticket is an error. `client_hello` is the
// whole message.
Result<void> select_psk(HandshakeContext& context, const Suite& suite, ByteView client_hello);

}  // namespace ciao::tls
