// Which alert tells the peer what its certificate lacks (RFC 8446 §6.2), as OpenSSL chooses it.
#pragma once

#include "wire/codepoints.h"

namespace ciao::tls {

// `result` is an X509_V_ERR code.
AlertDescription alert_for_verify_result(long result);

}  // namespace ciao::tls
