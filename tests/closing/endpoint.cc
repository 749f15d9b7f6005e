#include "endpoint.h"

#include <openssl/err.h>
#include <unistd.h>

#include <stdexcept>

#include "names.h"

namespace ciao::closing {

namespace {

constexpr unsigned char kSessionContext[] = "closing";
// A transport that takes 17 bytes at a time (row L3) needs a hundred tries, a socket needs some
// time.
constexpr int kTriesAtOnce = 500;
constexpr int kHandshakeTries = 3000;
constexpr useconds_t kPauseUs = 200;

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("set-up failed: ") + what);
}

std::string hex(int value) {
  char text[16];
  (void)snprintf(text, sizeof text, "0x%x", static_cast<unsigned>(value));
  return text;
}

}  // namespace

Setup Setup::for_version(int version) {
  Setup setup;
  setup.version = version;
  setup.no_tickets = version == TLS1_2_VERSION;
  return setup;
}

Endpoint::Endpoint(Role role, const Setup& setup, const Credential& credential,
                   ConnectionSecrets* secrets)
    : role_(role), secrets_(secrets), ctx_(SSL_CTX_new(TLS_method())) {
  SSL_CTX* ctx = ctx_.get();
  require(ctx != nullptr, "SSL_CTX_new");
  SSL_CTX_set_app_data(ctx, this);
  require(SSL_CTX_set_min_proto_version(ctx, setup.version) == 1, "min_proto_version");
  require(SSL_CTX_set_max_proto_version(ctx, setup.version) == 1, "max_proto_version");
  if (!setup.suite.empty()) {
    require(SSL_CTX_set_ciphersuites(ctx, setup.suite.c_str()) == 1, "ciphersuites");
  }
  if (setup.version == TLS1_2_VERSION) {
    require(SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES256-GCM-SHA384") == 1, "cipher_list");
  }
  if (role == Role::server) require(credential.install(ctx), "certificate");
  require(SSL_CTX_set_session_id_context(ctx, kSessionContext, sizeof kSessionContext - 1) == 1,
          "session_id_context");
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_BOTH);
  SSL_CTX_sess_set_new_cb(ctx, on_new_session);
  SSL_CTX_sess_set_remove_cb(ctx, on_removed_session);
  SSL_CTX_set_keylog_callback(ctx, on_key_line);
  SSL_CTX_set_info_callback(ctx, on_info);
  if (setup.no_tickets) SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  renew_ssl(setup);
}

void Endpoint::renew_ssl(const Setup& setup) {
  ssl_.reset(SSL_new(ctx_.get()));
  SSL* ssl = ssl_.get();
  require(ssl != nullptr, "SSL_new");
  SSL_set_msg_callback(ssl, on_message);
  SSL_set_msg_callback_arg(ssl, this);
  if (setup.ignore_eof) SSL_set_options(ssl, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (setup.no_renegotiation) SSL_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
  if (setup.no_auto_retry) SSL_clear_mode(ssl, SSL_MODE_AUTO_RETRY);
  if (setup.post_handshake_auth) SSL_set_post_handshake_auth(ssl, 1);
  if (setup.read_ahead) SSL_set_read_ahead(ssl, 1);
  if (!setup.no_role) set_role();
}

void Endpoint::set_role() {
  if (role_ == Role::client) {
    SSL_set_connect_state(ssl());
  } else {
    SSL_set_accept_state(ssl());
  }
}

void Endpoint::on_key_line(const SSL* ssl, const char* line) {
  const auto* self = static_cast<Endpoint*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (self->secrets_ != nullptr) self->secrets_->add_line(line);
}

void Endpoint::on_message(int write, int, int type, const void* data, size_t size, SSL*,
                          void* self) {
  if (type != SSL3_RT_ALERT || size != 2) return;
  const auto* alert = static_cast<const unsigned char*>(data);
  static_cast<Endpoint*>(self)->reports_.alerts.push_back(
      std::string("msg") + (write != 0 ? ">" : "<") + std::to_string(alert[0]) + "." +
      std::to_string(alert[1]));
}

void Endpoint::on_info(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_ALERT) == 0) return;
  auto* self = static_cast<Endpoint*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  self->reports_.alerts.push_back(std::string("info") + ((where & SSL_CB_WRITE) != 0 ? ">" : "<") +
                                  hex(value));
}

int Endpoint::on_new_session(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<Endpoint*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  ++self->reports_.sessions_added;
  self->reports_.added.emplace_back(session);
  return 1;  // the reference is now ours
}

void Endpoint::on_removed_session(SSL_CTX* ctx, SSL_SESSION*) {
  auto* self = static_cast<Endpoint*>(SSL_CTX_get_app_data(ctx));
  ++self->reports_.sessions_removed;
}

bool complete_handshake(SSL* client, SSL* server, Tickets tickets,
                        const std::function<void()>& between) {
  const auto try_side = [&](SSL* ssl) {
    const int ret = SSL_do_handshake(ssl);
    if (ret == 1) return true;
    const int error = SSL_get_error(ssl, ret);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      throw std::runtime_error("the handshake failed: " + error_name(error) + " " +
                               drain_reasons());
    }
    return false;
  };
  for (int i = 0; i < kHandshakeTries; ++i) {
    if (i > kTriesAtOnce) usleep(kPauseUs);
    const bool client_done = try_side(client);
    // A small transport can be full of tickets, and the server then waits for the client to read
    // them.
    if (client_done && tickets == Tickets::read) read_tickets(client);
    if (between) between();
    const bool server_done = try_side(server);
    if (between) between();
    if (!client_done || !server_done) continue;
    if (tickets == Tickets::read) read_tickets(client);
    if (between) between();
    return true;
  }
  return false;
}

void read_tickets(SSL* client) {
  // Without SSL_MODE_AUTO_RETRY each call takes one message only.
  constexpr int kMostMessages = 4;
  char byte = 0;
  for (int i = 0; i < kMostMessages; ++i) {
    if (SSL_read(client, &byte, 1) > 0)
      throw std::runtime_error("data where only tickets were due");
  }
  ERR_clear_error();
}

}  // namespace ciao::closing
