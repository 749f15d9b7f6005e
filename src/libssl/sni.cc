// SSL_CTX_set_tlsext_servername_callback(3), SSL_get_servername(3).
#include <openssl/ssl.h>

#include "libssl/ca_names.h"
#include "libssl/ctrl_handlers.h"
#include "libssl/entry.h"
#include "libssl/owner.h"
#include "libssl/suite_config.h"

namespace ciao::tls {
namespace {

// RFC 6066 §3 has no limit but the extension's; OpenSSL's is that of the DNS.
constexpr std::size_t kMaxHostName = TLSEXT_MAXLEN_host_name;

// What goes with the certificates changes to the new context's; versions, options and callbacks of
// the connection itself stay.
void take_identity(SSL* ssl, SSL_CTX* ctx) {
  ssl->identity = ctx->identity;
  ssl->connection.edit_config().credentials = ctx->config->credentials;
}

// A session context of the connection's own stays; the old context's is replaced by the new one's.
void take_session_context(SSL* ssl, const SSL_CTX* from, const SSL_CTX* to) {
  if (equal(ssl->connection.session_context(), from->settings->session_id_context.view())) {
    ssl->connection.set_session_context(to->settings->session_id_context.view());
  }
}

// Null without one. TLS 1.2: the session's, where one is resumed. TLS 1.3: what this handshake's
// client asked for.
const char* name_at_server(const SSL* ssl) {
  const Negotiated& facts = ssl->connection.negotiated();
  // As in OpenSSL a name that was set counts until there is a ClientHello.
  if (ssl->connection.stage() == HandshakeStage::before) {
    const std::string& name = config_of(ssl).server_name;
    return name.empty() ? nullptr : name.c_str();
  }
  if (facts.resumed && facts.version != ProtocolVersion::tls1_3) {
    const SSL_SESSION* session = SSL_get_session(ssl);
    return session != nullptr ? SSL_SESSION_get0_hostname(session) : nullptr;
  }
  return ssl->cold && !ssl->cold->peer_host.empty() ? ssl->cold->peer_host.c_str() : nullptr;
}

// TLS 1.2 binds a session to its name: that of the session to be offered, unless another one is
// asked for, and of the one that was resumed. TLS 1.3: what this handshake asks for.
const char* name_at_client(const SSL* ssl) {
  const Negotiated& facts = ssl->connection.negotiated();
  const std::string& name = config_of(ssl).server_name;
  const SSL_SESSION* session = SSL_get_session(ssl);
  const bool before = SSL_in_before(ssl) == 1;
  const bool older =
      before ? session != nullptr && SSL_SESSION_get_protocol_version(session) != TLS1_3_VERSION
             : facts.resumed && facts.version != ProtocolVersion::tls1_3;
  const char* in_session =
      session != nullptr && older ? SSL_SESSION_get0_hostname(session) : nullptr;
  if (in_session != nullptr && (name.empty() || !before)) return in_session;
  return name.empty() ? nullptr : name.c_str();
}

SSL_CTX* change_context(SSL* ssl, SSL_CTX* to) {
  SSL_CTX* from = ssl->ctx;
  take_identity(ssl, to);
  take_session_context(ssl, from, to);
  SSL_CTX_up_ref(to);
  ssl->ctx = to;
  take_context_suites(ssl);
  take_context_ca_names(ssl);
  SSL_CTX_free(from);
  return to;
}

}  // namespace

long set_host_name(SSL* ssl, long type, void* name) {
  return checked([&]() -> Result<void> {
    if (type != TLSEXT_NAMETYPE_host_name) {
      return silent_error(Reason::ssl3_ext_invalid_servername_type);
    }
    const std::string_view host = name != nullptr ? static_cast<const char*>(name) : "";
    const bool bad = name != nullptr && (host.empty() || host.size() > kMaxHostName);
    // OpenSSL forgets the old name even when the new one is refused.
    edit_config(ssl).server_name = bad ? "" : host;
    if (bad) return silent_error(Reason::ssl3_ext_invalid_servername);
    return {};
  });
}

long set_servername_argument(SSL_CTX* ctx, long, void* argument) {
  ctx->servername.arg = argument;
  return 1;
}

long set_servername_callback(SSL_CTX* ctx, void (*callback)(void)) {
  ctx->servername.fn = reinterpret_cast<ServernameFn>(callback);
  return 1;
}

}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

const char* SSL_get_servername(const SSL* s, const int type) {
  if (type != TLSEXT_NAMETYPE_host_name) return nullptr;
  return is_server(s) ? name_at_server(s) : name_at_client(s);
}

int SSL_get_servername_type(const SSL* s) {
  return SSL_get_servername(s, TLSEXT_NAMETYPE_host_name) != nullptr ? TLSEXT_NAMETYPE_host_name
                                                                     : -1;
}

SSL_CTX* SSL_set_SSL_CTX(SSL* ssl, SSL_CTX* ctx) {
  if (ssl->ctx == ctx) return ssl->ctx;
  SSL_CTX* to = ctx != nullptr ? ctx : ssl->session_ctx;
  return guard<SSL_CTX*>(nullptr, [&] { return change_context(ssl, to); });
}

}  // extern "C"
