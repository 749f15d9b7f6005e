// The suites, groups and signature schemes that the application configured, and the engine's form
// of them: what the security policy leaves, in Config.
#pragma once

#include <bitset>

#include "libssl/ssl_st.h"

namespace ciao::tls {

// OpenSSL's defaults for a context; false when the providers have none of them.
[[nodiscard]] bool set_default_suites(SSL_CTX* ctx);

// SSL_CTX_set_cipher_list and SSL_CTX_set_ciphersuites, for either owner.
Result<void> set_cipher_rules(SSL_CTX* ctx, std::string_view rules);
Result<void> set_cipher_rules(SSL* ssl, std::string_view rules);
Result<void> set_ciphersuites(SSL_CTX* ctx, std::string_view names);
Result<void> set_ciphersuites(SSL* ssl, std::string_view names);

// The context's suites, for a connection without a list of its own.
void take_context_suites(SSL* ssl);

// Whether the list has suites of TLS 1.3, allowed or not.
bool has_suites13(const SSL* ssl);

// The kinds of key that sign by a scheme which is configured, and which the security policy allows.
using KeyKinds = std::bitset<kKeyKindCount>;
KeyKinds allowed_signing_kinds(const SSL* ssl);
// Whether one of them is of use for this suite's authentication.
bool authenticates(const KeyKinds& kinds, const SSL_CIPHER& cipher);

// Puts the configured lists through the security policy into the connection's Config. To be called
// when a handshake begins, and after each callback that may have changed what they depend on. An
// error, for the peer as well, when nothing is left of a list.
Result<void> apply_security_policy(SSL* ssl);

}  // namespace ciao::tls
