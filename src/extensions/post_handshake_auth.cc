// post_handshake_auth (RFC 8446 §4.2.6).
#include "extensions/registry.h"

namespace ciao::tls {

// "The "extension_data" field of the "post_handshake_auth" extension is zero length."
Result<bool> write_post_handshake_auth(Exchange& exchange, In, Writer&) {
  return exchange.config->post_handshake_auth;
}

// Our servers do not ask after the handshake yet, so that a client's leave to do so is only checked
// for its form.
Result<void> parse_post_handshake_auth(Exchange&, In, Reader body) { return body.finish(); }

}  // namespace ciao::tls
