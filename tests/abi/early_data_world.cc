#include "early_data_world.h"

namespace abi {
namespace {

// Shorter than that of TwoSides: what is shown after each call says the rest.
void on_info(const SSL* ssl, int where, int value) {
  Side& side = *static_cast<Side*>(SSL_get_app_data(ssl));
  if (where == SSL_CB_HANDSHAKE_START) side.events += " start";
  if (where == SSL_CB_HANDSHAKE_DONE) side.events += " done";
  if ((where & SSL_CB_ALERT) != 0) {
    side.events += (where & SSL_CB_WRITE) != 0 ? " sent " : " got ";
    side.events += SSL_alert_desc_string_long(value);
  }
}

// The labels that early data adds to the key log.
void on_keylog(const SSL* ssl, const char* text) {
  const std::string entry(text);
  const std::string label = entry.substr(0, entry.find(' '));
  Side& side = *static_cast<Side*>(SSL_get_app_data(ssl));
  if (label.find("EARLY") != std::string::npos) side.events += " " + label;
}

int on_new_session(SSL*, SSL_SESSION* session) {
  newest_session().reset(session);
  return 1;
}

bool dead(const Side& side) { return std::string(SSL_state_string(side.ssl.get())) == "SSLERR"; }

void open_side(Side& side) {
  side.ssl.reset(SSL_new(side.ctx.get()));
  SSL_set_app_data(side.ssl.get(), &side);
  side.events.clear();
}

}  // namespace

Session& newest_session() {
  static Session newest;
  return newest;
}

World::World(std::string title, bool replays_allowed) : title_(std::move(title)) {
  client.name = "client";
  server.name = "server";
  client.ctx.reset(SSL_CTX_new(TLS_client_method()));
  server.ctx.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_use_certificate(server.ctx.get(), certificate());
  SSL_CTX_use_PrivateKey(server.ctx.get(), key());
  SSL_CTX_set_max_early_data(server.ctx.get(), kMaxEarlyData);
  if (replays_allowed) SSL_CTX_set_options(server.ctx.get(), SSL_OP_NO_ANTI_REPLAY);
  SSL_CTX_set_session_cache_mode(client.ctx.get(),
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(client.ctx.get(), on_new_session);
  for (SSL_CTX* ctx : {client.ctx.get(), server.ctx.get()}) {
    SSL_CTX_set_info_callback(ctx, on_info);
    SSL_CTX_set_keylog_callback(ctx, on_keylog);
  }
}

World& World::open(std::size_t capacity) {
  open_side(client);
  open_side(server);
  join(client.ssl.get(), server.ssl.get(), capacity);
  return *this;
}

World& World::obtain() {
  open();
  newest_session().reset();
  for (int i = 0; i < 6; ++i) {
    SSL_do_handshake(client.ssl.get());
    SSL_do_handshake(server.ssl.get());
  }
  char byte = 0;
  SSL_read(client.ssl.get(), &byte, 1);
  ERR_clear_error();
  session = std::move(newest_session());
  line(title_ + " ticket allows",
       session ? SSL_SESSION_get_max_early_data(session.get()) : 0xdeadu);
  SSL_shutdown(client.ssl.get());
  SSL_shutdown(server.ssl.get());
  return *this;
}

World& World::resume(std::size_t capacity) {
  open(capacity);
  SSL_set_session(client.ssl.get(), copy_of(session.get()).get());
  return *this;
}

void World::call(Side& side, const std::string& what, const std::function<int(SSL*)>& function) {
  ERR_clear_error();
  if (dead(side)) return;
  SSL* ssl = side.ssl.get();
  const int result = function(ssl);
  const int error = SSL_get_error(ssl, result);
  const std::string who = title_ + " " + side.name + " ";
  line(who + what, std::to_string(result) + "/" + std::to_string(error));
  line(who + "after",
       std::string(SSL_state_string(ssl)) + " in_init " + std::to_string(SSL_in_init(ssl)) +
           std::to_string(SSL_in_before(ssl)) + std::to_string(SSL_is_init_finished(ssl)) +
           " early " + std::to_string(SSL_get_early_data_status(ssl)) + " reused " +
           std::to_string(SSL_session_reused(ssl)) + " shutdown " +
           std::to_string(SSL_get_shutdown(ssl)) +
           (error != SSL_ERROR_SSL ? " want " + std::to_string(SSL_want(ssl)) : "") + side.events);
  side.events.clear();
}

void World::write_early(Side& side, const std::string& data) {
  std::size_t written = 77;
  call(side, "write early " + std::to_string(data.size()),
       [&](SSL* ssl) { return SSL_write_early_data(ssl, data.data(), data.size(), &written); });
  line("  written", written);
}

void World::read_early(Side& side, std::size_t size) {
  std::string data(size, '\0');
  std::size_t taken = 777;
  call(side, "read early",
       [&](SSL* ssl) { return SSL_read_early_data(ssl, data.data(), data.size(), &taken); });
  line("  taken",
       taken <= size ? data.substr(0, std::min<std::size_t>(taken, 30)) : std::to_string(taken));
}

void World::write(Side& side, const std::string& data) {
  call(side, "write " + std::to_string(data.size()),
       [&](SSL* ssl) { return SSL_write(ssl, data.data(), static_cast<int>(data.size())); });
}

void World::read(Side& side) {
  char data[100] = {};
  call(side, "read", [&](SSL* ssl) { return SSL_read(ssl, data, sizeof data - 1); });
  line("  data", data);
}

void World::peek(Side& side) {
  char data[100] = {};
  call(side, "peek", [&](SSL* ssl) { return SSL_peek(ssl, data, sizeof data - 1); });
  line("  data", data);
}

void World::finish() {
  for (int i = 0; i < 3; ++i) {
    handshake(client);
    handshake(server);
  }
}

void World::talk() {
  write(client, "from the client");
  read(server);
  write(server, "from the server");
  read(client);
}

void World::exporters() {
  if (dead(client) || dead(server)) return;
  unsigned char near[16] = {}, far[16] = {};
  line(title_ + " client's early exporter",
       SSL_export_keying_material_early(client.ssl.get(), near, sizeof near, "label", 5, near, 0));
  line(title_ + " server's early exporter",
       SSL_export_keying_material_early(server.ssl.get(), far, sizeof far, "label", 5, far, 0));
  line(title_ + " exporters agree", std::equal(near, near + 16, far));
}

}  // namespace abi
