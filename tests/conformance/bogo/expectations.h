// The runner's -expect- flags, each against what libssl says.
#pragma once

#include "connection.h"

namespace shim {

// Once the handshake is complete; false with a reason on stderr.
bool check_handshake(const Connection& connection);

// Once the peer has nothing more to say.
bool check_afterwards(const Connection& connection);

}  // namespace shim
