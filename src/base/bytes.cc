#include "base/bytes.h"

namespace ciao::tls {

bool constant_time_equal(ByteView a, ByteView b) {
  if (a.size() != b.size()) return false;
  // volatile keeps the compiler from turning the accumulation into an early exit.
  volatile std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

void wipe(void* data, std::size_t size) {
  if (size != 0) explicit_bzero(data, size);
}

}  // namespace ciao::tls
