// post_handshake_auth (RFC 8446 §4.2.6).
#include "extensions/registry.h"

namespace ciao::tls {

// "The "extension_data" field of the "post_handshake_auth" extension is zero length."
Result<bool> write_post_handshake_auth(Exchange& exchange, In, Writer&) {
  // What was offered holds, whatever the configuration says when the server asks.
  exchange.negotiated.late_request_allowed = exchange.config->post_handshake_auth;
  return exchange.negotiated.late_request_allowed;
}

Result<void> parse_post_handshake_auth(Exchange& exchange, In, Reader body) {
  if (!body.empty()) {
    return Error{Reason::post_handshake_auth_encoding_err, AlertDescription::decode_error};
  }
  exchange.negotiated.late_request_allowed = true;
  return {};
}

}  // namespace ciao::tls
