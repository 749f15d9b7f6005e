// Tickets under keys of the application's (SSL_CTX_set_tlsext_ticket_key_evp_cb(3)).
#pragma once

#include <openssl/ssl.h>

#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace ciao::tls {

bool has_ticket_key_callback(const SSL_CTX& ctx);

// Nothing when the callback wants no ticket.
Result<std::optional<Bytes>> seal_ticket_by_callback(SSL& ssl, ByteView state);

struct CallbackTicket {
  Bytes state;
  bool renew = false;
};
// Nothing for a ticket that the callback does not know or that was changed.
Result<std::optional<CallbackTicket>> open_ticket_by_callback(SSL& ssl, ByteView ticket);

}  // namespace ciao::tls
