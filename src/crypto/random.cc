#include "crypto/random.h"

#include <openssl/rand.h>

namespace ciao::tls {

Result<void> random_bytes(const Algorithms& algorithms, MutableBytes out) {
  if (RAND_bytes_ex(algorithms.libctx(), out.data(), out.size(), 0) != 1) return crypto_failure();
  return {};
}

Result<void> random_secret(const Algorithms& algorithms, MutableBytes out) {
  if (RAND_priv_bytes_ex(algorithms.libctx(), out.data(), out.size(), 0) != 1)
    return crypto_failure();
  return {};
}

}  // namespace ciao::tls
