// SSL_CTX_new(3) (methods), SSL_CTX_set_ssl_version(3), SSL_get_version(3),
// SSL_set_connect_state(3).
#include <openssl/dtls1.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "libssl/entry.h"
#include "libssl/ssl_st.h"
#include "libssl/suite_config.h"
#include "libssl/version_bounds.h"

namespace ciao::tls {
namespace {

using Use = SSL_METHOD::Use;

struct MethodFamily {
  SSL_METHOD both;
  SSL_METHOD client;
  SSL_METHOD server;
};

constexpr MethodFamily make_family(int version, bool datagram) {
  return {.both = {version, datagram, Use::both},
          .client = {version, datagram, Use::client},
          .server = {version, datagram, Use::server}};
}

constexpr MethodFamily kTls = make_family(TLS_ANY_VERSION, false);
constexpr MethodFamily kTls10 = make_family(TLS1_VERSION, false);
constexpr MethodFamily kTls11 = make_family(TLS1_1_VERSION, false);
constexpr MethodFamily kTls12 = make_family(TLS1_2_VERSION, false);
constexpr MethodFamily kDtls = make_family(DTLS_ANY_VERSION, true);
constexpr MethodFamily kDtls10 = make_family(DTLS1_VERSION, true);
constexpr MethodFamily kDtls12 = make_family(DTLS1_2_VERSION, true);

// SSL_version before a handshake: the highest version of a method that leaves it open.
int version_of(const SSL* ssl) {
  const ProtocolVersion negotiated = ssl->connection.negotiated().version;
  if (negotiated != ProtocolVersion::unset) return code(negotiated);
  const ProtocolVersion offered = ssl->connection.negotiated().offered_version;
  if (offered != ProtocolVersion::unset) return code(offered);
  if (ssl->method->version == TLS_ANY_VERSION) return TLS1_3_VERSION;
  if (ssl->method->version == DTLS_ANY_VERSION) return DTLS1_2_VERSION;
  return ssl->method->version;
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

const SSL_METHOD* TLS_method(void) { return &kTls.both; }
const SSL_METHOD* TLS_client_method(void) { return &kTls.client; }
const SSL_METHOD* TLS_server_method(void) { return &kTls.server; }
const SSL_METHOD* TLSv1_method(void) { return &kTls10.both; }
const SSL_METHOD* TLSv1_client_method(void) { return &kTls10.client; }
const SSL_METHOD* TLSv1_server_method(void) { return &kTls10.server; }
const SSL_METHOD* TLSv1_1_method(void) { return &kTls11.both; }
const SSL_METHOD* TLSv1_1_client_method(void) { return &kTls11.client; }
const SSL_METHOD* TLSv1_1_server_method(void) { return &kTls11.server; }
const SSL_METHOD* TLSv1_2_method(void) { return &kTls12.both; }
const SSL_METHOD* TLSv1_2_client_method(void) { return &kTls12.client; }
const SSL_METHOD* TLSv1_2_server_method(void) { return &kTls12.server; }
const SSL_METHOD* DTLS_method(void) { return &kDtls.both; }
const SSL_METHOD* DTLS_client_method(void) { return &kDtls.client; }
const SSL_METHOD* DTLS_server_method(void) { return &kDtls.server; }
const SSL_METHOD* DTLSv1_method(void) { return &kDtls10.both; }
const SSL_METHOD* DTLSv1_client_method(void) { return &kDtls10.client; }
const SSL_METHOD* DTLSv1_server_method(void) { return &kDtls10.server; }
const SSL_METHOD* DTLSv1_2_method(void) { return &kDtls12.both; }
const SSL_METHOD* DTLSv1_2_client_method(void) { return &kDtls12.client; }
const SSL_METHOD* DTLSv1_2_server_method(void) { return &kDtls12.server; }

const SSL_METHOD* SSL_CTX_get_ssl_method(const SSL_CTX* ctx) { return ctx->method; }

int SSL_CTX_set_ssl_version(SSL_CTX* ctx, const SSL_METHOD* meth) {
  return guard(0, [&] {
    ctx->method = meth;
    apply_version_bounds(*meth, *ctx->settings, edit(ctx->config));
    // OpenSSL goes back to the default suites for the new method.
    if (!set_default_suites(ctx)) {
      raise(Reason::ssl_library_has_no_ciphers, Place::here());
      return 0;
    }
    return 1;
  });
}

const SSL_METHOD* SSL_get_ssl_method(const SSL* s) { return s->method; }

// As in OpenSSL, until the handshake begins: that goes by the context's method.
int SSL_set_ssl_method(SSL* s, const SSL_METHOD* meth) {
  s->method = meth;
  return 1;
}

int SSL_version(const SSL* s) { return version_of(s); }

const char* SSL_get_version(const SSL* s) { return protocol_name(version_of(s)); }

int SSL_is_server(const SSL* s) { return is_server(s) ? 1 : 0; }

// The version field of the ClientHello, which TLS 1.3 leaves at TLS 1.2 (RFC 8446 §4.1.2); before
// there is one, the method's.
int SSL_client_version(const SSL* s) {
  const ProtocolVersion offered = s->connection.negotiated().offered_version;
  const bool agreed = s->connection.negotiated().version != ProtocolVersion::unset;
  if (!agreed && offered == ProtocolVersion::unset) return s->method->version;
  const int newest = offered == ProtocolVersion::unset ? version_of(s) : code(offered);
  return std::min(newest, TLS1_2_VERSION);
}

}  // extern "C"
