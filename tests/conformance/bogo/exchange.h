// What the shim does on one connection, from the handshake to the end.
#pragma once

#include "connection.h"

namespace shim {

// False with a reason on stderr, or in libssl's error queue, if anything is not as the runner wants
// it. `session` is what the next connection may offer.
bool exchange(Connection& connection, Session& session);

}  // namespace shim
