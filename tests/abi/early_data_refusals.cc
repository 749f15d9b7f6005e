// Early data that is not taken: rejected by the server, replayed, or not begun by the client.
#include "early_data_world.h"

namespace abi {
namespace {

int on_alpn(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
            unsigned int, void* arg) {
  // The n-th name of those offered, each one byte long.
  const std::size_t at = *static_cast<std::size_t*>(arg);
  *out = offered + 2 * at + 1;
  *size = 1;
  return SSL_TLSEXT_ERR_OK;
}

int on_allow(SSL*, void* arg) {
  int* answer = static_cast<int*>(arg);
  std::printf("asked whether to allow it: %d\n", *answer);
  return *answer;
}

void rejected(const std::string& title, const std::function<void(World&)>& prepare,
              const std::function<void(World&)>& before_open = {}, bool reads = false) {
  World world(title);
  if (before_open) before_open(world);
  world.obtain().resume();
  prepare(world);
  world.write_early("first");
  world.read_early();
  world.exporters();
  world.write_early("second");
  world.read_early();
  if (reads) world.read(world.client);
  world.write_early("third");
  world.finish();
  world.write_early("fourth");
  world.talk();
  // Without its session OpenSSL's client has no hash to go by, and crashes.
  if (SSL_session_reused(world.client.ssl.get()) == 1) world.exporters();
}

std::size_t chosen_protocol = 0;
int allowed = 0;

void rejections() {
  rejected("none taken", [](World& w) { SSL_set_max_early_data(w.server.ssl.get(), 0); });
  rejected("not allowed", [](World& w) {
    allowed = 0;
    SSL_set_allow_early_data_cb(w.server.ssl.get(), on_allow, &allowed);
  });
  rejected(
      "not allowed, and read",
      [](World& w) {
        allowed = 0;
        SSL_set_allow_early_data_cb(w.server.ssl.get(), on_allow, &allowed);
      },
      {}, true);
  rejected("allowed", [](World& w) {
    allowed = 1;
    SSL_set_allow_early_data_cb(w.server.ssl.get(), on_allow, &allowed);
  });
  rejected("unknown session",
           [](World& w) { SSL_CTX_flush_sessions(w.server.ctx.get(), 1L << 40); });
  // OpenSSL's server takes the session out of its cache with the first ClientHello, and then cannot
  // resume it with the second.
  rejected(
      "hello retry request", [](World& w) { SSL_set1_groups_list(w.server.ssl.get(), "P-384"); },
      [](World& w) { SSL_CTX_set_options(w.server.ctx.get(), SSL_OP_NO_ANTI_REPLAY); });
  const auto speak = [](World& w) {
    chosen_protocol = 0;
    SSL_CTX_set_alpn_protos(w.client.ctx.get(), reinterpret_cast<const unsigned char*>("\1a\1b"),
                            4);
    SSL_CTX_set_alpn_select_cb(w.server.ctx.get(), on_alpn, &chosen_protocol);
  };
  rejected("same protocol", [](World&) {}, speak);
  rejected("another protocol", [](World&) { chosen_protocol = 1; }, speak);
  rejected("old ticket", [](World& w) {
    SSL_SESSION* session = SSL_get_session(w.client.ssl.get());
    SSL_SESSION_set_time(session, SSL_SESSION_get_time(session) - 60);
  });
}

// The session that the callback was given, and no copy: it may know its age from elsewhere, too.
void moved_in_time() {
  World world("moved in time");
  world.obtain().open();
  SSL_SESSION* session = world.session.get();
  SSL_SESSION_set_time(session, SSL_SESSION_get_time(session) - 20);
  SSL_set_session(world.client.ssl.get(), session);
  world.exchange();
  world.finish();
  world.talk();
}

// The server knows nothing of early data: SSL_accept alone.
void server_does_not_read() {
  World world("not read");
  world.obtain().resume();
  world.write_early("first");
  world.handshake(world.server);
  world.read_early();
  world.finish();
  world.talk();
  world.exporters();
}

void replayed(bool allowed_twice) {
  World world(allowed_twice ? "replays allowed" : "replayed", allowed_twice);
  world.obtain();
  for (int i = 0; i < 2; ++i) {
    world.resume();
    world.exchange();
    world.finish();
    world.read_early();
    world.finish();
    line("cache", SSL_CTX_sess_number(world.server.ctx.get()));
    SSL_shutdown(world.client.ssl.get());
    SSL_shutdown(world.server.ssl.get());
  }
}

// A client that refuses to begin. OpenSSL's sends an alert as the first thing that the server
// hears, so that only the call itself is compared.
void refuses_to_begin(World& world, const std::string& what) {
  ERR_clear_error();
  std::size_t written = 77;
  line(what, SSL_write_early_data(world.client.ssl.get(), "first", 5, &written));
  line(what + " written", written);
}

void inconsistent() {
  World world("inconsistent");
  world.obtain();
  SSL_SESSION_set1_hostname(world.session.get(), "one.example");
  world.resume();
  SSL_set_tlsext_host_name(world.client.ssl.get(), "two.example");
  refuses_to_begin(world, "another host");
  world.resume();
  refuses_to_begin(world, "no host");
  SSL_SESSION_set1_hostname(world.session.get(), nullptr);
  const unsigned char name[] = {'x'};
  SSL_SESSION_set1_alpn_selected(world.session.get(), name, 1);
  world.resume();
  refuses_to_begin(world, "no protocol");
  world.resume();
  SSL_set_alpn_protos(world.client.ssl.get(), reinterpret_cast<const unsigned char*>("\1y"), 2);
  refuses_to_begin(world, "another protocol");
}

void no_permission() {
  World world("no permission");
  world.obtain();
  SSL_SESSION_set_max_early_data(world.session.get(), 0);
  world.resume();
  world.write_early("first");
  world.open();
  world.write_early("no session");
  world.write_early(world.server, "as a server");
  world.read_early(world.client);
}

void in_tls12() {
  World world("1.2");
  SSL_CTX_set_max_proto_version(world.server.ctx.get(), TLS1_2_VERSION);
  world.open();
  world.handshake(world.client);
  world.read_early();
  world.handshake(world.client);
  world.read_early();
  world.handshake(world.client);
  world.read_early();
  world.finish();
  world.write_early(world.server, "as any other");
  world.talk();
  world.exporters();
}

}  // namespace

void early_data_refusals() {
  rejections();
  moved_in_time();
  server_does_not_read();
  replayed(false);
  replayed(true);
  inconsistent();
  no_permission();
  in_tls12();
}

}  // namespace abi
