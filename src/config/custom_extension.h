// Extensions that an application brings along (SSL_CTX_add_custom_ext(3)).
#pragma once

#include <cstddef>
#include <optional>

#include "messages/extension_list.h"

namespace ciao::tls {

struct CustomExtension {
  ExtensionType type{};
  std::uint8_t messages = 0;  // In bits: where it may stand
  // Whose it is in ClientHello and TLS 1.2's ServerHello; none: both roles'.
  std::optional<Role> role;
  bool tls12_only = false;
  bool tls13_only = false;
  bool datagram_only = false;
  bool ignored_on_resumption = false;
};

// In a Certificate message: the certificate whose entry the extension is in. Elsewhere empty.
struct CertificatePlace {
  ByteView der;
  std::size_t position = 0;  // 0 is the end-entity certificate
};

}  // namespace ciao::tls
