// The random of a ClientHello or ServerHello.
#pragma once

#include "handshake/context.h"

namespace ciao::tls {

// Makes our own, by the role: with the time in front where a mode asks for it.
Result<void> make_hello_random(HandshakeContext& context);

}  // namespace ciao::tls
