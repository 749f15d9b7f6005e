// Certificate authorities' names, between OpenSSL's stacks and the engine's DER.
#pragma once

#include <openssl/ssl.h>

#include <vector>

#include "base/bytes.h"
#include "libssl/handles.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {

// Names that cannot be encoded are left out.
std::vector<Bytes> encode_names(const STACK_OF(X509_NAME) * names);
// Null without memory or if a name cannot be decoded.
X509NameStackPtr decode_names(const std::vector<Bytes>& names);

// Takes the context's names over into a connection's Config, unless it has its own. To be called
// when a handshake begins and when the context is changed: applications add to the context's stack
// behind our back.
void take_context_ca_names(SSL* ssl);

}  // namespace ciao::tls
