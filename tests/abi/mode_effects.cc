// SSL_CTX_set_mode(3): what each mode changes, seen with the mode and without it.
#include <openssl/ssl.h>

#include <cstdlib>
#include <ctime>

#include "trial.h"

namespace {

using namespace abi;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

// Fills what the transport can hold, so that a write of many records stops on its way.
void leave_room(Trial& trial, std::size_t room) {
  BIO* bio = SSL_get_wbio(trial.client());
  const std::string filling(BIO_ctrl_get_write_guarantee(bio) - room, '.');
  BIO_write(bio, filling.data(), static_cast<int>(filling.size()));
}

void show_write(Trial& trial, const std::string& what, const std::string& data) {
  const int result = SSL_write(trial.client(), data.data(), static_cast<int>(data.size()));
  const int error = SSL_get_error(trial.client(), result);
  trial.show(what, std::to_string(result) + "/" + std::to_string(error));
}

void writing() {
  const std::string data(50000, 'x');
  for (const int version : kVersions) {
    try_setting("ENABLE_PARTIAL_WRITE",
                {.version = version,
                 .after =
                     [&](Trial& trial) {
                       leave_room(trial, 20000);
                       show_write(trial, "write", data);
                       show_write(trial, "write again", data);
                     }},
                mode(End::client, SSL_MODE_ENABLE_PARTIAL_WRITE));
    try_setting("ACCEPT_MOVING_WRITE_BUFFER",
                {.version = version,
                 .after =
                     [&](Trial& trial) {
                       leave_room(trial, 20000);
                       show_write(trial, "write", data);
                       const std::string moved = data;
                       show_write(trial, "write of another buffer", moved);
                     }},
                mode(End::client, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER));
  }
}

// The tickets of TLS 1.3 come before the data.
void reading() {
  const Setting off{End::client, [](SSL_CTX* ctx) { SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY); },
                    [](SSL* ssl) { SSL_clear_mode(ssl, SSL_MODE_AUTO_RETRY); }};
  try_setting("AUTO_RETRY",
              {.after =
                   [](Trial& trial) {
                     SSL_new_session_ticket(trial.server());
                     SSL_do_handshake(trial.server());
                     SSL_write(trial.server(), "data", 4);
                     for (int i = 0; i < 2; ++i) {
                       char text[4];
                       const int result = SSL_read(trial.client(), text, 4);
                       trial.show("read", result);
                       trial.show("error", SSL_get_error(trial.client(), result));
                     }
                   }},
              off);
}

// The issuer is at hand in the store.
void chains() {
  static const Certificate root = make_certificate(rsa_key(), "root");
  static const Certificate leaf = [] {
    Certificate made = make_certificate(key(), "leaf");
    X509_set_issuer_name(made.get(), X509_get_subject_name(root.get()));
    X509_sign(made.get(), rsa_key(), EVP_sha256());
    return made;
  }();
  for (const int version : kVersions) {
    try_setting("NO_AUTO_CHAIN",
                {.version = version,
                 .before =
                     [](Trial& trial) {
                       X509_STORE_add_cert(SSL_CTX_get_cert_store(trial.server_ctx()), root.get());
                       SSL_CTX_use_certificate(trial.server_ctx(), leaf.get());
                       SSL_CTX_use_PrivateKey(trial.server_ctx(), key());
                     }},
                mode(End::server, SSL_MODE_NO_AUTO_CHAIN));
  }
}

// Whether a random begins with the time, as RFC 5246 §7.4.1.2 once wanted.
bool tells_time(const std::string& random) {
  std::uint32_t seconds = 0;
  for (int i = 0; i < 4; ++i) seconds = seconds << 8 | static_cast<unsigned char>(random.at(i));
  const auto now = static_cast<std::uint32_t>(std::time(nullptr));
  return now - seconds <= 60;
}

void times() {
  for (const int version : kVersions) {
    for (const End end : {End::client, End::server}) {
      const Scene scene{
          .version = version, .after = [](Trial& trial) {
            trial.show("client tells time", tells_time(random_of(trial.sent_by_client().hello)));
            trial.show("server tells time", tells_time(random_of(trial.sent_by_server().hello)));
          }};
      const std::string side = end == End::client ? "client's " : "server's ";
      try_setting(side + "SEND_CLIENTHELLO_TIME", scene, mode(end, SSL_MODE_SEND_CLIENTHELLO_TIME));
      try_setting(side + "SEND_SERVERHELLO_TIME", scene, mode(end, SSL_MODE_SEND_SERVERHELLO_TIME));
    }
  }
  // The mark of a server that could do more (RFC 8446 §4.1.3) keeps its place.
  Trial trial("time and downgrade", TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(trial.server_ctx(), TLS1_3_VERSION);
  SSL_CTX_set_mode(trial.server_ctx(), SSL_MODE_SEND_SERVERHELLO_TIME);
  trial.shake();
  const std::string random = random_of(trial.sent_by_server().hello);
  trial.show("tells time", tells_time(random));
  trial.show("mark", random.substr(24) == std::string("DOWNGRD\1", 8));
}

void fallback() {
  for (const int server_version : kVersions) {
    try_setting("SEND_FALLBACK_SCSV server " + std::to_string(server_version),
                {.version = TLS1_2_VERSION,
                 .before =
                     [&](Trial& trial) {
                       SSL_CTX_set_max_proto_version(trial.server_ctx(), server_version);
                     }},
                mode(End::client, SSL_MODE_SEND_FALLBACK_SCSV));
  }
}

// What a server's settings allow counts, not what its certificate could do with it.
void fallback_at_a_server_for_tls12() {
  struct {
    const char* name;
    void (*set)(SSL_CTX*);
  } const kServers[] = {
      // TLS 1.3 binds the curve to the digest.
      {"certificate", [](SSL_CTX* ctx) { SSL_CTX_set1_sigalgs_list(ctx, "ECDSA+SHA512"); }},
      {"option", [](SSL_CTX* ctx) { SSL_CTX_set_options(ctx, SSL_OP_NO_TLSv1_3); }},
      {"method", [](SSL_CTX* ctx) { SSL_CTX_set_ssl_version(ctx, TLSv1_2_server_method()); }},
  };
  for (const auto& server : kServers) {
    for (const int client_version : kVersions) {
      const auto allow_tls13 = [&](Trial& trial) {
        SSL_CTX_set_max_proto_version(trial.client_ctx(), client_version);
        SSL_CTX_set_max_proto_version(trial.server_ctx(), TLS1_3_VERSION);
        server.set(trial.server_ctx());
      };
      try_setting("SEND_FALLBACK_SCSV server for TLS 1.2 by " + std::string(server.name) +
                      " client " + std::to_string(client_version),
                  {.version = TLS1_2_VERSION, .before = allow_tls13},
                  mode(End::client, SSL_MODE_SEND_FALLBACK_SCSV));
    }
  }
}

// What is set and taken back.
void forms() {
  const Context ctx = make_client(TLS1_3_VERSION);
  line("context", SSL_CTX_set_mode(ctx.get(), SSL_MODE_NO_AUTO_CHAIN));
  line("context cleared", SSL_CTX_clear_mode(ctx.get(), SSL_MODE_NO_AUTO_CHAIN));
  line("context has", SSL_CTX_get_mode(ctx.get()));
  const Connection ssl(SSL_new(ctx.get()));
  line("connection", SSL_set_mode(ssl.get(), SSL_MODE_NO_AUTO_CHAIN));
  line("connection cleared", SSL_clear_mode(ssl.get(), SSL_MODE_NO_AUTO_CHAIN));
  line("connection has", SSL_get_mode(ssl.get()));
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  writing();
  reading();
  chains();
  times();
  fallback();
  fallback_at_a_server_for_tls12();
  forms();
  return 0;
}
