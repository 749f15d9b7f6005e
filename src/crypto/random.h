// Randomness from libcrypto's generators.
#pragma once

#include "base/bytes.h"
#include "crypto/algorithms.h"

namespace ciao::tls {

// For values that the peer will see: randoms, session ids, IVs.
Result<void> random_bytes(const Algorithms& algorithms, MutableBytes out);
// For values that stay secret: ticket keys.
Result<void> random_secret(const Algorithms& algorithms, MutableBytes out);

}  // namespace ciao::tls
