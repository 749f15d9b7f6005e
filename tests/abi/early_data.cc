// Early data through the C interface: what each call answers at each point, in the right order and
// in wrong ones.
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libssl/owned_for_tests.h"
#include "report.h"

namespace {

using abi::line;

using namespace ciao::tls::testing;

constexpr std::uint32_t kLimit = 1000;

struct Events {
  std::string text;  // of the callbacks, since they were last shown
};

void on_info(const SSL* ssl, int where, int value) {
  auto* events = static_cast<Events*>(SSL_get_app_data(ssl));
  if (events == nullptr) return;
  if (where == SSL_CB_HANDSHAKE_START) events->text += " start";
  if (where == SSL_CB_HANDSHAKE_DONE) {
    events->text += " done";
  }
  if ((where & SSL_CB_ALERT) != 0) {
    events->text += (where & SSL_CB_WRITE) != 0 ? " sent " : " got ";
    events->text += SSL_alert_desc_string_long(value);
  }
}

// The labels that early data adds to the key log.
void on_keylog(const SSL* ssl, const char* text) {
  auto* events = static_cast<Events*>(SSL_get_app_data(ssl));
  const std::string entry(text);
  const std::string label = entry.substr(0, entry.find(' '));
  if (events != nullptr && label.find("EARLY") != std::string::npos) events->text += " " + label;
}

Session newest;  // that the client's callback was given

int on_new_session(SSL*, SSL_SESSION* session) {
  newest.reset(session);
  return 1;
}

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

class World {
 public:
  explicit World(std::string title, bool replays_allowed = false) : title_(std::move(title)) {
    Key key(EVP_EC_gen("P-256"));
    Certificate certificate(X509_new());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    client_ctx.reset(SSL_CTX_new(TLS_client_method()));
    server_ctx.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(server_ctx.get(), certificate.get());
    SSL_CTX_use_PrivateKey(server_ctx.get(), key.get());
    SSL_CTX_set_max_early_data(server_ctx.get(), kLimit);
    if (replays_allowed) SSL_CTX_set_options(server_ctx.get(), SSL_OP_NO_ANTI_REPLAY);
    SSL_CTX_set_session_cache_mode(client_ctx.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(client_ctx.get(), on_new_session);
    for (SSL_CTX* ctx : {client_ctx.get(), server_ctx.get()}) {
      SSL_CTX_set_info_callback(ctx, on_info);
      SSL_CTX_set_keylog_callback(ctx, on_keylog);
    }
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // New connections; `capacity` of the pipe between them.
  World& open(std::size_t capacity = 100000) {
    client.reset(SSL_new(client_ctx.get()));
    server.reset(SSL_new(server_ctx.get()));
    SSL_set_app_data(client.get(), &client_events);
    SSL_set_app_data(server.get(), &server_events);
    BIO *near = nullptr, *far = nullptr;
    BIO_new_bio_pair(&near, capacity, &far, capacity);
    SSL_set_bio(client.get(), near, near);
    SSL_set_bio(server.get(), far, far);
    SSL_set_connect_state(client.get());
    SSL_set_accept_state(server.get());
    client_events.text.clear();
    server_events.text.clear();
    return *this;
  }

  // A full handshake, and connections that can resume it.
  World& obtain() {
    open();
    newest.reset();
    for (int i = 0; i < 6; ++i) {
      SSL_do_handshake(client.get());
      SSL_do_handshake(server.get());
    }
    char byte = 0;
    SSL_read(client.get(), &byte, 1);
    ERR_clear_error();
    session = std::move(newest);
    line(title_ + " ticket allows",
         session ? SSL_SESSION_get_max_early_data(session.get()) : 0xdeadu);
    SSL_shutdown(client.get());
    SSL_shutdown(server.get());
    return *this;
  }
  // With a copy of the session: a client that has used one does not use it again.
  World& resume(std::size_t capacity = 100000) {
    open(capacity);
    unsigned char* der = nullptr;
    const int size = i2d_SSL_SESSION(session.get(), &der);
    const unsigned char* at = der;
    const Session copy(d2i_SSL_SESSION(nullptr, &at, size));
    OPENSSL_free(der);
    SSL_set_session(client.get(), copy.get());
    return *this;
  }

  // One call, and what it comes to. How a dead connection answers is not this program's subject.
  void call(SSL* ssl, const std::string& what, const std::function<int(SSL*)>& function) {
    ERR_clear_error();
    if (dead(ssl)) return;
    const int result = function(ssl);
    const int error = SSL_get_error(ssl, result);
    const bool is_client = ssl == client.get();
    const std::string who = title_ + (is_client ? " client " : " server ");
    line(who + what, std::to_string(result) + "/" + std::to_string(error));
    Events& events = is_client ? client_events : server_events;
    line(who + "after",
         std::string(SSL_state_string(ssl)) + " in_init " + std::to_string(SSL_in_init(ssl)) +
             std::to_string(SSL_in_before(ssl)) + std::to_string(SSL_is_init_finished(ssl)) +
             " early " + std::to_string(SSL_get_early_data_status(ssl)) + " reused " +
             std::to_string(SSL_session_reused(ssl)) + " shutdown " +
             std::to_string(SSL_get_shutdown(ssl)) +
             (error != SSL_ERROR_SSL ? " want " + std::to_string(SSL_want(ssl)) : "") +
             events.text);
    events.text.clear();
  }

  void write_early(SSL* ssl, const std::string& data) {
    std::size_t written = 77;
    call(ssl, "write early " + std::to_string(data.size()),
         [&](SSL* s) { return SSL_write_early_data(s, data.data(), data.size(), &written); });
    line("  written", written);
  }
  void write_early(const std::string& data) { write_early(client.get(), data); }
  void read_early(SSL* ssl, std::size_t size = 100) {
    std::string data(size, '\0');
    std::size_t taken = 77;
    call(ssl, "read early",
         [&](SSL* s) { return SSL_read_early_data(s, data.data(), data.size(), &taken); });
    line("  taken",
         taken <= size ? data.substr(0, std::min<std::size_t>(taken, 30)) : std::to_string(taken));
  }
  void read_early() { read_early(server.get()); }
  void write(SSL* ssl, const std::string& data) {
    call(ssl, "write " + std::to_string(data.size()),
         [&](SSL* s) { return SSL_write(s, data.data(), static_cast<int>(data.size())); });
  }
  void read(SSL* ssl) {
    char data[100] = {};
    call(ssl, "read", [&](SSL* s) { return SSL_read(s, data, sizeof data - 1); });
    line("  data", data);
  }
  void peek(SSL* ssl) {
    char data[100] = {};
    call(ssl, "peek", [&](SSL* s) { return SSL_peek(s, data, sizeof data - 1); });
    line("  data", data);
  }
  void handshake(SSL* ssl) { call(ssl, "handshake", SSL_do_handshake); }
  void shutdown(SSL* ssl) { call(ssl, "shutdown", SSL_shutdown); }
  // Both to the end, whatever is missing.
  void finish() {
    for (int i = 0; i < 3; ++i) {
      handshake(client.get());
      handshake(server.get());
    }
  }
  void talk() {
    write(client.get(), "from the client");
    read(server.get());
    write(server.get(), "from the server");
    read(client.get());
  }
  static bool dead(const SSL* ssl) { return std::string(SSL_state_string(ssl)) == "SSLERR"; }
  void exporters() {
    if (dead(client.get()) || dead(server.get())) return;
    unsigned char near[16] = {}, far[16] = {};
    line(title_ + " client's early exporter",
         SSL_export_keying_material_early(client.get(), near, sizeof near, "label", 5, near, 0));
    line(title_ + " server's early exporter",
         SSL_export_keying_material_early(server.get(), far, sizeof far, "label", 5, far, 0));
    line(title_ + " exporters agree", std::equal(near, near + 16, far));
  }
  void exchange() {
    write_early("first");
    read_early();
  }

  Context client_ctx, server_ctx;
  Connection client, server;
  Session session;
  Events client_events, server_events;

 private:
  std::string title_;
};

void settings() {
  const Context ctx(SSL_CTX_new(TLS_method()));
  line("max by default", SSL_CTX_get_max_early_data(ctx.get()));
  line("recv max by default", SSL_CTX_get_recv_max_early_data(ctx.get()));
  line("set max", SSL_CTX_set_max_early_data(ctx.get(), 0xffffffff));
  line("set recv max", SSL_CTX_set_recv_max_early_data(ctx.get(), 5));
  const Connection ssl(SSL_new(ctx.get()));
  line("max", SSL_get_max_early_data(ssl.get()));
  line("recv max", SSL_get_recv_max_early_data(ssl.get()));
  line("set own max", SSL_set_max_early_data(ssl.get(), 7));
  line("set own recv max", SSL_set_recv_max_early_data(ssl.get(), 0));
  line("own max", SSL_get_max_early_data(ssl.get()));
  line("own recv max", SSL_get_recv_max_early_data(ssl.get()));
  line("context's max", SSL_CTX_get_max_early_data(ctx.get()));
  line("context's recv max", SSL_CTX_get_recv_max_early_data(ctx.get()));
  line("status", SSL_get_early_data_status(ssl.get()));
  unsigned char material[16];
  line("early exporter",
       SSL_export_keying_material_early(ssl.get(), material, 16, "l", 1, material, 0));
  std::size_t size = 0;
  line("write without a role", SSL_write_early_data(ssl.get(), "x", 1, &size));
  line("read without a role", SSL_read_early_data(ssl.get(), material, 1, &size));
}

void accepted() {
  World world("accepted");
  world.obtain().resume();
  world.write_early("first");
  world.exporters();
  world.write_early("second");
  world.read_early();
  world.exporters();
  world.read_early();
  world.write_early(world.server.get(), "half a round trip");
  world.read_early();
  world.read(world.client.get());
  world.write_early("third");
  world.read_early();
  world.write_early("");
  world.read_early();
  world.handshake(world.client.get());
  world.write_early("too late");
  world.read_early();
  world.read_early();
  world.write_early(world.server.get(), "still");
  world.finish();
  world.exporters();
  world.talk();
  world.write_early(world.server.get(), "as any other");
  world.read(world.client.get());
  world.read_early();
  line("new ticket allows", newest ? SSL_SESSION_get_max_early_data(newest.get()) : 0u);
}

// Several records, read in small pieces.
void pieces() {
  World world("pieces");
  world.obtain().resume();
  world.write_early(std::string(600, 'a'));
  world.write_early(std::string(400, 'b'));
  for (int i = 0; i < 4; ++i) world.read_early(world.server.get(), 300);
  world.write_early("c");  // beyond the limit
  world.write_early("d");
  world.handshake(world.client.get());
}

void by_write() {
  World world("SSL_write ends it");
  world.obtain().resume();
  world.exchange();
  world.write(world.client.get(), "late");
  world.read_early();
  world.write(world.client.get(), "late");
  world.read_early();
  world.write_early("too late");
  world.read(world.server.get());
  world.talk();
}

void empty() {
  World world("empty");
  world.obtain().resume();
  world.write_early("");
  world.read_early();
  world.finish();
  world.read_early();
  world.finish();
  world.talk();
}

void not_sent() {
  World world("not sent");
  world.obtain().resume();
  world.handshake(world.client.get());
  world.write_early("too late");
  world.read_early();
  world.read_early();
  world.write_early(world.server.get(), "half a round trip");
  world.read(world.client.get());
  world.exporters();
  world.finish();
  world.talk();
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
  if (reads) world.read(world.client.get());
  world.write_early("third");
  world.finish();
  world.write_early("fourth");
  world.talk();
  // Without its session OpenSSL's client has no hash to go by, and crashes.
  if (SSL_session_reused(world.client.get()) == 1) world.exporters();
}

std::size_t chosen_protocol = 0;
int allowed = 0;

void rejections() {
  rejected("none taken", [](World& w) { SSL_set_max_early_data(w.server.get(), 0); });
  rejected("not allowed", [](World& w) {
    allowed = 0;
    SSL_set_allow_early_data_cb(w.server.get(), on_allow, &allowed);
  });
  rejected(
      "not allowed, and read",
      [](World& w) {
        allowed = 0;
        SSL_set_allow_early_data_cb(w.server.get(), on_allow, &allowed);
      },
      {}, true);
  rejected("allowed", [](World& w) {
    allowed = 1;
    SSL_set_allow_early_data_cb(w.server.get(), on_allow, &allowed);
  });
  rejected("unknown session",
           [](World& w) { SSL_CTX_flush_sessions(w.server_ctx.get(), 1L << 40); });
  // OpenSSL's server takes the session out of its cache with the first ClientHello, and then cannot
  // resume it with the second.
  rejected(
      "hello retry request", [](World& w) { SSL_set1_groups_list(w.server.get(), "P-384"); },
      [](World& w) { SSL_CTX_set_options(w.server_ctx.get(), SSL_OP_NO_ANTI_REPLAY); });
  const auto speak = [](World& w) {
    chosen_protocol = 0;
    SSL_CTX_set_alpn_protos(w.client_ctx.get(), reinterpret_cast<const unsigned char*>("\1a\1b"),
                            4);
    SSL_CTX_set_alpn_select_cb(w.server_ctx.get(), on_alpn, &chosen_protocol);
  };
  rejected("same protocol", [](World&) {}, speak);
  rejected("another protocol", [](World&) { chosen_protocol = 1; }, speak);
  rejected("old ticket", [](World& w) {
    SSL_SESSION* session = SSL_get_session(w.client.get());
    SSL_SESSION_set_time(session, SSL_SESSION_get_time(session) - 60);
  });
}

// The server knows nothing of early data: SSL_accept alone.
void server_does_not_read() {
  World world("not read");
  world.obtain().resume();
  world.write_early("first");
  world.handshake(world.server.get());
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
    line("cache", SSL_CTX_sess_number(world.server_ctx.get()));
    SSL_shutdown(world.client.get());
    SSL_shutdown(world.server.get());
  }
}

// A client that refuses to begin. OpenSSL's sends an alert as the first thing that the server
// hears, so that only the call itself is compared.
void refuses_to_begin(World& world, const std::string& what) {
  ERR_clear_error();
  std::size_t written = 77;
  line(what, SSL_write_early_data(world.client.get(), "first", 5, &written));
  line(what + " written", written);
}

void inconsistent() {
  World world("inconsistent");
  world.obtain();
  SSL_SESSION_set1_hostname(world.session.get(), "one.example");
  world.resume();
  SSL_set_tlsext_host_name(world.client.get(), "two.example");
  refuses_to_begin(world, "another host");
  world.resume();
  refuses_to_begin(world, "no host");
  SSL_SESSION_set1_hostname(world.session.get(), nullptr);
  const unsigned char name[] = {'x'};
  SSL_SESSION_set1_alpn_selected(world.session.get(), name, 1);
  world.resume();
  refuses_to_begin(world, "no protocol");
  world.resume();
  SSL_set_alpn_protos(world.client.get(), reinterpret_cast<const unsigned char*>("\1y"), 2);
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
  world.write_early(world.server.get(), "as a server");
  world.read_early(world.client.get());
}

void over_the_limit() {
  World world("over the limit");
  world.obtain();
  SSL_SESSION_set_max_early_data(world.session.get(), 5000);
  world.resume();
  world.write_early(std::string(900, 'a'));
  world.write_early(std::string(101, 'b'));
  world.read_early(world.server.get(), 2000);
  world.read_early(world.server.get(), 2000);
  world.read_early();
  world.read(world.client.get());
}

void server_limits() {
  World world("recv max");
  SSL_CTX_set_recv_max_early_data(world.server_ctx.get(), 10);
  world.obtain().resume();
  world.write_early("0123456789");
  world.read_early();
  world.write_early("a");
  world.read_early();
}

// Calls that have no place between two of the functions'.
void wrong_order() {
  {
    World world("between reads");
    world.obtain().resume();
    world.read_early();
    world.write(world.server.get(), "x");
    world.read(world.server.get());
    world.peek(world.server.get());
    world.write_early(world.server.get(), "x");
    world.write_early("first");
    world.read_early();
    world.write(world.server.get(), "x");
    world.write_early("second");
    world.read(world.server.get());
    world.peek(world.server.get());
    world.handshake(world.client.get());
    world.read(world.server.get());
    world.read_early();
  }
  {
    World world("accept in between");
    world.obtain().resume();
    world.exchange();
    world.write_early("second");
    world.handshake(world.server.get());
  }
  {
    World world("accept first");
    world.obtain().resume();
    world.handshake(world.server.get());
    world.read_early();
  }
  World world("peek");
  world.obtain().resume();
  world.exchange();
  world.write_early("second");
  world.peek(world.server.get());
  world.read_early();
}

void blocked() {
  for (const std::size_t capacity : {400, 900, 1400}) {
    World world("blocked at " + std::to_string(capacity));
    world.obtain().resume(capacity);
    const std::string data(800, 'd');
    // Addresses and sizes stay the same, as in any other write.
    std::size_t written = 77;
    for (int i = 0; i < 40 && written == 77; ++i) {
      ERR_clear_error();
      const int result =
          SSL_write_early_data(world.client.get(), data.data(), data.size(), &written);
      if (i == 0) {
        line("first try", std::to_string(result) + "/" +
                              std::to_string(SSL_get_error(world.client.get(), result)));
      }
      if (result == 0) {
        char bytes[1000];
        std::size_t taken = 0;
        const int read = SSL_read_early_data(world.server.get(), bytes, sizeof bytes, &taken);
        if (read == SSL_READ_EARLY_DATA_SUCCESS) line("taken", taken);
      }
    }
    line("written", written);
    for (int i = 0; i < 3; ++i) world.read_early(world.server.get(), 900);
  }
}

void closing() {
  {
    World world("client closes");
    world.obtain().resume();
    world.write_early("first");
    world.shutdown(world.client.get());
    world.write_early("second");
    world.read_early();
    world.read_early();
    world.read(world.server.get());
    world.shutdown(world.server.get());
  }
  {
    World world("server closes");
    world.obtain().resume();
    world.exchange();
    world.shutdown(world.server.get());
    world.read(world.client.get());
    world.shutdown(world.client.get());
    world.read_early();
    world.shutdown(world.server.get());
  }
  {
    World world("close when it was refused");
    world.obtain().resume();
    SSL_set_max_early_data(world.server.get(), 0);
    world.exchange();
    world.shutdown(world.client.get());
    world.shutdown(world.server.get());
  }
  World world("before it");
  world.obtain().resume();
  world.shutdown(world.client.get());
  world.shutdown(world.server.get());
  world.exchange();
}

void end_of_file() {
  World world("end of file");
  world.obtain().resume();
  world.exchange();
  BIO_shutdown_wr(SSL_get_wbio(world.client.get()));
  world.read_early();
  world.read_early();
}

void cleared() {
  World world("cleared");
  world.obtain().resume();
  world.exchange();
  line("clear", SSL_clear(world.server.get()));
  line("status", SSL_get_early_data_status(world.client.get()));
}

void in_tls12() {
  World world("1.2");
  SSL_CTX_set_max_proto_version(world.server_ctx.get(), TLS1_2_VERSION);
  world.open();
  world.handshake(world.client.get());
  world.read_early();
  world.handshake(world.client.get());
  world.read_early();
  world.handshake(world.client.get());
  world.read_early();
  world.finish();
  world.write_early(world.server.get(), "as any other");
  world.talk();
  world.exporters();
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  settings();
  accepted();
  pieces();
  by_write();
  empty();
  not_sent();
  rejections();
  server_does_not_read();
  replayed(false);
  replayed(true);
  inconsistent();
  no_permission();
  over_the_limit();
  server_limits();
  wrong_order();
  blocked();
  closing();
  end_of_file();
  cleared();
  in_tls12();
  newest.reset();
  return 0;
}
