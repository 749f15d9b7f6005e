// extended_master_secret (RFC 7627).
#include "extensions/registry.h"

namespace ciao::tls {

// RFC 7627 §5.1: "The "extension_data" field of this extension is empty."
Result<bool> write_extended_master_secret(Exchange& exchange, In message, Writer&) {
  if (message == In::server_hello12) return exchange.negotiated.extended_master_secret;
  return !exchange.config->has(option::kNoExtendedMasterSecret);
}

Result<void> parse_extended_master_secret(Exchange& exchange, In, Reader body) {
  TRY(body.finish());
  exchange.negotiated.extended_master_secret =
      !exchange.config->has(option::kNoExtendedMasterSecret);
  return {};
}

// In a renegotiation the flag comes in as the handshake before left it.
Result<void> missing_extended_master_secret(Exchange& exchange, In) {
  // A connection that had it does not go back (OpenSSL's rule): the handshakes are told apart by
  // it.
  if (exchange.negotiated.renegotiation.active && exchange.negotiated.extended_master_secret) {
    return Error{Reason::inconsistent_extms, AlertDescription::illegal_parameter};
  }
  // RFC 7627 §5.2, §5.3 know when else this is wrong: the phases, who know the session, check it.
  exchange.negotiated.extended_master_secret = false;
  return {};
}

}  // namespace ciao::tls
