// The text of SSL_trace(3).
#pragma once

#include <openssl/ssl.h>

#include "base/bytes.h"

namespace ciao::tls {

// Writes to `out` what a message callback was told: `content` is of `content_type`, a record's type
// or one of <openssl/ssl.h>'s for headers; `sent` by this side. Nothing in it is taken for
// well-formed.
void trace_message(BIO* out, SSL* ssl, bool sent, int content_type, ByteView content);

}  // namespace ciao::tls
