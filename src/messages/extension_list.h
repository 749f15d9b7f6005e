// The extensions field that most messages end with (RFC 8446 §4.2).
#pragma once

#include <vector>

#include "wire/reader.h"

namespace ciao::tls {

// The messages that carry extensions, as bits (RFC 8446 §4.2's table).
enum class In : std::uint8_t {
  client_hello = 1,
  server_hello = 2,
  hello_retry_request = 4,
  encrypted_extensions = 8,
  certificate = 16,
  certificate_request = 32,
  new_session_ticket = 64,
  server_hello12 = 128,  // ServerHello of TLS 1.2
};
constexpr std::uint8_t operator|(In a, In b) {
  return static_cast<std::uint8_t>(code(a) | code(b));
}
constexpr std::uint8_t operator|(std::uint8_t a, In b) {
  return static_cast<std::uint8_t>(a | code(b));
}

//  struct {
//      ExtensionType extension_type;
//      opaque extension_data<0..2^16-1>;
//  } Extension;
struct ExtensionView {
  ExtensionType type{};
  ByteView content;
};

// Views into the message, in its order.
struct ExtensionList {
  std::vector<ExtensionView> entries;

  // Reads `Extension extensions<0..2^16-1>`. RFC 8446 §4.2: "There MUST NOT be more than one
  // extension of the same type in a given extension block."
  static Result<ExtensionList> parse(Reader& reader);

  // Null when there is no such extension.
  const ExtensionView* find(ExtensionType type) const;
};

}  // namespace ciao::tls
