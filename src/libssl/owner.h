// The same words for a context and a connection, so that a setting's two functions share one body.
#pragma once

#include "libssl/ssl_st.h"

namespace ciao::tls {

inline const Config& config_of(const SSL_CTX* ctx) { return *ctx->config; }
inline const Settings& settings_of(const SSL_CTX* ctx) { return *ctx->settings; }
inline const Settings& settings_of(const SSL* ssl) { return *ssl->settings; }
inline const Identity& identity_of(const SSL_CTX* ctx) { return *ctx->identity; }
inline const Identity& identity_of(const SSL* ssl) { return *ssl->identity; }

// For changing; what is shared is copied first. May throw std::bad_alloc.
inline Config& edit_config(SSL_CTX* ctx) { return edit(ctx->config); }
inline Config& edit_config(SSL* ssl) { return ssl->connection.edit_config(); }
inline Settings& edit_settings(SSL_CTX* ctx) { return edit(ctx->settings); }
inline Settings& edit_settings(SSL* ssl) { return edit(ssl->settings); }
inline Identity& edit_identity(SSL_CTX* ctx) { return edit(ctx->identity); }
inline Identity& edit_identity(SSL* ssl) { return edit(ssl->identity); }

inline SSL_CTX* context_of(SSL_CTX* ctx) { return ctx; }
inline SSL_CTX* context_of(SSL* ssl) { return ssl->ctx; }
inline const SSL_METHOD& method_of(const SSL_CTX* ctx) { return *ctx->method; }
inline const SSL_METHOD& method_of(const SSL* ssl) { return *ssl->method; }

}  // namespace ciao::tls
