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

Result<void> missing_extended_master_secret(Exchange& exchange, In) {
  // RFC 7627 §5.2, §5.3 know when this is wrong: the phases, who know the session, check it.
  exchange.negotiated.extended_master_secret = false;
  return {};
}

}  // namespace ciao::tls
