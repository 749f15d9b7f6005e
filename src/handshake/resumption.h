// PSKs (RFC 8446 §2.2, §4.2.11), of tickets and of the application's: binders, and the choice of
// one.
#pragma once

#include "handshake/context.h"

namespace ciao::tls {

// Client, before each ClientHello: the application's own key goes behind a ticket.
Result<void> offer_external_psk(HandshakeContext& context);

// Client: computes the binders of a complete ClientHello that offers exchange.offered_psks and
// writes them into its end.
Result<void> fill_in_binders(HandshakeContext& context, Bytes& client_hello);

// Server: looks for an offered PSK that may be used here, checks its binder and selects it: sets
// context.session, exchange.psk and selected_identity. Without a usable one the handshake goes on
// in full. A wrong binder of a usable one is an error. `client_hello` is the whole message.
Result<void> select_psk(HandshakeContext& context, const Suite& suite, ByteView client_hello);

}  // namespace ciao::tls
