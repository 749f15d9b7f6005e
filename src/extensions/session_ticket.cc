// session_ticket (RFC 5077).
#include "extensions/registry.h"

namespace ciao::tls {

Result<bool> write_session_ticket(Exchange& exchange, In message, Writer& body) {
  if (message == In::server_hello12) return exchange.ticket_expected;  // "an empty extension"
  const Config& config = *exchange.config;
  exchange.ticket_sent = false;
  if (!config.uses_tickets12()) return false;
  const bool own = exchange.offered_session12 && !exchange.offered_session12->ticket.empty();
  const Bytes& ticket = own ? exchange.offered_session12->ticket : config.session_ticket;
  if (ticket.empty() && config.omit_session_ticket) return false;
  exchange.ticket_sent = !ticket.empty();
  body.bytes(ticket);
  return true;
}

Result<void> parse_session_ticket(Exchange& exchange, In message, Reader body) {
  TRY(exchange.hooks.application->session_ticket_extension(body.rest()));
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
