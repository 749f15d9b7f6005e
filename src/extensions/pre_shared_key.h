// pre_shared_key (RFC 8446 §4.2.11): the parts that need the whole ClientHello.
#pragma once

#include "extensions/exchange.h"
#include "wire/writer.h"

namespace ciao::tls {

// Whether the session may be offered now: a TLS 1.3 ticket that is alive and whose hash a
// configured suite has.
bool ticket_offerable(const Exchange& exchange, const Session& session);

// Client: whether a ticket is among what the ClientHello offers.
bool offers_ticket(const Exchange& exchange);

// Bytes that the binders of `exchange.offered_psks` will take up at the end of a ClientHello.
std::size_t binders_size(const Exchange& exchange);

// RFC 8446 §4.2.11.1: in milliseconds, with the server's ticket_age_add.
std::uint32_t obfuscated_ticket_age(const Session& session, std::int64_t now_ms);

}  // namespace ciao::tls
