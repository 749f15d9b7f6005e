#include "handshake/hello_random.h"

#include "base/clock.h"
#include "crypto/random.h"

namespace ciao::tls {

Result<void> make_hello_random(HandshakeContext& context) {
  const bool client = context.exchange.role == Role::client;
  auto& random = client ? context.negotiated.client_random : context.negotiated.server_random;
  TRY(random_bytes(context.algorithms, random));
  const bool tells_time =
      context.config->has_mode(client ? mode::kSendClientHelloTime : mode::kSendServerHelloTime);
  if (!tells_time) return {};
  // RFC 5246 §7.4.1.2: gmt_unix_time, "the current time and date in standard UNIX 32-bit format".
  // It tells peers apart by their clocks, and is left out unless the application wants it.
  const auto seconds = static_cast<std::uint32_t>(wall_clock_ms() / 1000);
  for (std::size_t i = 0; i < 4; ++i) {
    random[i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
  }
  return {};
}

}  // namespace ciao::tls
