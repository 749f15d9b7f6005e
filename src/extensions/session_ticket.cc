// session_ticket (RFC 5077).
#include "extensions/registry.h"

namespace ciao::tls {

Result<bool> write_session_ticket(Exchange& exchange, In message, Writer& body) {
  if (message == In::server_hello12) return exchange.ticket_expected;  // "an empty extension"
  if (exchange.config->has(option::kNoTicket)) return false;
  if (exchange.offered_session12) body.bytes(exchange.offered_session12->ticket);
  return true;
}

Result<void> parse_session_ticket(Exchange& exchange, In message, Reader body) {
  if (message == In::server_hello12) {
    TRY(body.finish());
    exchange.ticket_expected = true;
    return {};
  }
  exchange.offered.session_ticket = body.rest();
  exchange.offered.session_ticket_present = true;
  return {};
}

}  // namespace ciao::tls
