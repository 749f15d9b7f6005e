// early_data (RFC 8446 §4.2.10). ciao neither sends nor accepts early data yet: a server lets it
// pass unread.
#include "extensions/registry.h"

namespace ciao::tls {

Result<bool> write_early_data(Exchange&, In, Writer&) { return false; }

Result<void> parse_early_data(Exchange& exchange, In message, Reader body) {
  if (message == In::new_session_ticket) {
    TRY(body.u32());  // max_early_data_size
    return body.finish();
  }
  TRY(body.finish());
  if (message == In::client_hello) {
    // RFC 8446 §4.1.2: the second ClientHello goes without it.
    if (exchange.retry) return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
    exchange.offered.early_data = true;
    exchange.negotiated.early_data_offered = true;
  }
  return {};
}

}  // namespace ciao::tls
