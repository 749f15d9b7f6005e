// Extension blocks in the text of SSL_trace(3).
#pragma once

#include "libssl/trace_printer.h"

namespace ciao::tls {

// `from_server`: who wrote the message. False when the block is cut off, or an extension that has
// fields here is not what it should be; what was readable before that is written.
bool trace_extensions(const TracePrinter& print, int columns, bool from_server, unsigned message,
                      Reader& reader);

}  // namespace ciao::tls
