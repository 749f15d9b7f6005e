// Signed certificate timestamps of a peer (RFC 6962 §3), and the application's verdict on them.
#pragma once

#include <openssl/ct.h>
#include <openssl/ssl.h>

#include <memory>

#include "base/result.h"

namespace ciao::tls {

struct SctListFree {
  void operator()(STACK_OF(SCT) * list) const { SCT_LIST_free(list); }
};
using SctListPtr = std::unique_ptr<STACK_OF(SCT), SctListFree>;

// From the TLS extension, the OCSP staple and the certificate, in this order. Null when a list
// cannot be decoded; empty when there is none.
SctListPtr collect_scts(const SSL* ssl);

// To be called with a verified chain. What the callback of SSL_enable_ct does not accept is
// X509_V_ERR_NO_VALID_SCTS in `result`, and an error.
Result<void> check_scts(SSL* ssl, const STACK_OF(X509) * verified_chain, long& result);

}  // namespace ciao::tls
