// Protocol versions as the C interface gives them: the method's, and the application's bounds.
#pragma once

#include "config/config.h"
#include "libssl/settings.h"
#include "libssl/ssl_method.h"

namespace ciao::tls {

// Puts what method and bounds come to together into the engine's configuration.
void apply_version_bounds(const SSL_METHOD& method, const Settings& settings, Config& config);

// Takes back what SSL_set_ssl_method has set; a context for the other role (SSL_set_SSL_CTX) has
// nothing to go back to.
void return_to_context_method(SSL& ssl);

enum class Bound : std::uint8_t { min, max };

// SSL_CTX_set_min_proto_version and its kin; false and unchanged when OpenSSL refuses the version.
// A bound that is no business of the method's (DTLS for TLS, anything for a fixed version) is
// accepted and changes nothing.
bool set_version_bound(const SSL_METHOD& method, Bound bound, long version, Settings& settings);

// "TLSv1.3", or "unknown". By OpenSSL's names, versions that ciao does not speak among them.
const char* protocol_name(int version);

}  // namespace ciao::tls
