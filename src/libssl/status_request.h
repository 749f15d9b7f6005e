// SSL_get_tlsext_status_ids, SSL_get_tlsext_status_exts: what a client sent with its request.
#pragma once

#include <openssl/ssl.h>

#include "base/bytes.h"

namespace ciao::tls {

// Server: keeps what the ClientHello's status_request says, as it came: libcrypto's objects for a
// list of 64 KiB take 2.5 MiB, and are made when the application asks for them. What cannot be read
// counts as not said: the engine refuses the message if it is malformed.
void take_status_request(SSL* ssl, ByteView content);

}  // namespace ciao::tls
