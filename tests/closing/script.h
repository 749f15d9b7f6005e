// The notation of the rows: steps separated by spaces, with "@" words, wherever they stand, for the
// set-up. Beside the document's own words there are:
//   @pha @ra @buf @norole @noticket @noreneg @suite=NAME   post-handshake authentication;
//   read-ahead; a
//       BIO_f_buffer in front of the write BIO; no connect or accept state; stateful sessions;
//       SSL_OP_NO_RENEGOTIATION; the TLS 1.3 suite
//   pS pR pP pW pH pC       the same call on the peer's object
//   role nobio flush        SSL_set_connect_state or SSL_set_accept_state; both BIOs removed;
//   BIO_flush pending has-pending     SSL_pending, SSL_has_pending
#pragma once

#include <string>
#include <vector>

#include "endpoint.h"

namespace ciao::closing {

struct Script {
  Setup setup;
  bool buffered = false;  // @buf
  std::vector<std::string> steps;
};

// Throws std::runtime_error on an unknown "@" word; the player does on an unknown step.
Script parse_script(const std::string& text, int version);

}  // namespace ciao::closing
