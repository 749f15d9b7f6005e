#include "libssl/version_bounds.h"

#include <openssl/dtls1.h>

#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

constexpr bool is_tls(long version) { return version >= SSL3_VERSION && version <= TLS1_3_VERSION; }

// DTLS numbers fall as versions rise; 0x0100 stands before them all.
constexpr bool is_dtls(long version) {
  return version == DTLS1_BAD_VER || (version <= DTLS1_VERSION && version >= DTLS1_2_VERSION);
}

constexpr bool looks_like_dtls(long version) {
  return version == DTLS1_BAD_VER || version >> 8 == DTLS1_VERSION_MAJOR;
}

// Bounds of both kinds make no range. (0: no bound.)
constexpr bool same_kind(long one, long other) {
  return one == 0 || other == 0 || looks_like_dtls(one) == looks_like_dtls(other);
}

}  // namespace

void apply_version_bounds(const SSL_METHOD& method, const Settings& settings, Config& config) {
  if (method.datagram) {
    // Above every TLS version, so that none is allowed on a datagram connection.
    config.min_version = static_cast<ProtocolVersion>(DTLS1_VERSION);
    config.max_version = ProtocolVersion::unset;
    return;
  }
  const bool fixed = !method.any_version();
  config.min_version = static_cast<ProtocolVersion>(fixed ? method.version : settings.min_version);
  config.max_version = static_cast<ProtocolVersion>(fixed ? method.version : settings.max_version);
}

void return_to_context_method(SSL& ssl) {
  const SSL_METHOD::Use other =
      ssl.connection.role() == Role::server ? SSL_METHOD::Use::client : SSL_METHOD::Use::server;
  if (ssl.method == ssl.ctx->method || ssl.ctx->method->use == other) return;
  ssl.method = ssl.ctx->method;
  apply_version_bounds(*ssl.method, *ssl.settings, ssl.connection.edit_config());
}

bool set_version_bound(const SSL_METHOD& method, Bound bound, long version, Settings& settings) {
  int& own = bound == Bound::min ? settings.min_version : settings.max_version;
  const int other = bound == Bound::min ? settings.max_version : settings.min_version;
  if (!same_kind(version, other)) return false;
  if (version == 0) {
    own = 0;
    return true;
  }
  if (!is_tls(version) && !is_dtls(version)) return false;
  const bool ours = (method.version == TLS_ANY_VERSION && is_tls(version)) ||
                    (method.version == DTLS_ANY_VERSION && is_dtls(version));
  if (ours) own = static_cast<int>(version);
  return true;
}

const char* protocol_name(int version) {
  switch (version) {
    case TLS1_3_VERSION: return "TLSv1.3";
    case TLS1_2_VERSION: return "TLSv1.2";
    case TLS1_1_VERSION: return "TLSv1.1";
    case TLS1_VERSION: return "TLSv1";
    case SSL3_VERSION: return "SSLv3";
    case DTLS1_BAD_VER: return "DTLSv0.9";
    case DTLS1_VERSION: return "DTLSv1";
    case DTLS1_2_VERSION: return "DTLSv1.2";
    default: return "unknown";
  }
}

}  // namespace ciao::tls
