// The words that SSL_trace(3) prints for the numbers of TLS: OpenSSL's own, which are not always
// the RFCs'.
#pragma once

#include <cstdint>

namespace ciao::tls {

enum class Traced : std::uint8_t {
  content_type,
  version,
  handshake_type,
  extension,
  group,
  scheme,
  point_format,
  psk_mode,
  compression,
  certificate_type,
  fragment_length,
  key_update,
  suite,
};

inline constexpr const char* kUnknownName = "UNKNOWN";

// Never null: kUnknownName for a number without a name.
const char* trace_name(Traced what, unsigned value);
// IANA's name.
const char* trace_suite_name(unsigned suite);

}  // namespace ciao::tls
