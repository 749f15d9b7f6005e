// max_fragment_length (RFC 6066 §4): what its codes mean, and when a server is bound by one.
#pragma once

#include "extensions/exchange.h"
#include "record/limits.h"

namespace ciao::tls {

//  enum { 2^9(1), 2^10(2), 2^11(3), 2^12(4), (255) } MaxFragmentLength;
constexpr bool is_max_fragment_length(std::uint8_t value) { return value >= 1 && value <= 4; }
// Bytes of plaintext in a record; the protocol's own limit for what is no code.
constexpr std::size_t max_fragment_size(std::uint8_t value) {
  return is_max_fragment_length(value) ? std::size_t{256} << value : limits::kMaxPlaintext;
}

// Server, once it is known whether a session is resumed: what the client asked for holds, or the
// session's.
void settle_max_fragment_length(Exchange& exchange, const Session* resumed);

}  // namespace ciao::tls
