// Which finite-field group a TLS 1.2 server offers, and a client takes, by
// SSL_CTX_set_tmp_dh_callback(3) and the security level.
#pragma once

#include <openssl/ssl.h>

#include "config/application.h"

namespace ciao::tls {

bool has_ephemeral_dh(const SSL* ssl, const DhQuestion& question);
Result<DhGroup> ephemeral_dh(SSL* ssl, const DhQuestion& question);
Result<void> check_ephemeral_dh(const SSL* ssl, const DhGroup& group);

}  // namespace ciao::tls
