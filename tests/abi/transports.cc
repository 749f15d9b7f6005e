// What a connection reads from and writes to: file descriptors, BIOs, and the chains that libssl
// makes; and what goes around sealing.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "connections.h"

namespace {

using namespace abi;

struct Sockets {
  int ends[2] = {-1, -1};
  Sockets() { socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends); }
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;
  ~Sockets() {
    close(ends[0]);
    close(ends[1]);
  }
};

// Which of the two ends, as numbers differ.
std::string which(const Sockets& sockets, int fd) {
  if (fd < 0) return std::to_string(fd);
  return fd == sockets.ends[0] ? "first" : fd == sockets.ends[1] ? "second" : "another";
}

void show(const std::string& what, const Sockets& sockets, SSL* ssl) {
  line(what + " fd", which(sockets, SSL_get_fd(ssl)));
  line(what + " read fd", which(sockets, SSL_get_rfd(ssl)));
  line(what + " write fd", which(sockets, SSL_get_wfd(ssl)));
  line(what + " one BIO", SSL_get_rbio(ssl) == SSL_get_wbio(ssl));
}

void descriptors() {
  const Sockets sockets;
  const Context ctx(SSL_CTX_new(TLS_method()));
  const Connection ssl(SSL_new(ctx.get()));
  line("BIOs at first", SSL_get_rbio(ssl.get()) == nullptr && SSL_get_wbio(ssl.get()) == nullptr);
  line("set_rfd", SSL_set_rfd(ssl.get(), sockets.ends[0]));
  line("write BIO", SSL_get_wbio(ssl.get()) == nullptr);
  line("set_wfd", SSL_set_wfd(ssl.get(), sockets.ends[1]));
  show("two", sockets, ssl.get());
  line("set_wfd of the other", SSL_set_wfd(ssl.get(), sockets.ends[0]));
  show("the same", sockets, ssl.get());
  line("set_fd", SSL_set_fd(ssl.get(), sockets.ends[1]));
  show("one", sockets, ssl.get());
}

void join(const Sockets& sockets, const Connection& client, const Connection& server) {
  SSL_set_fd(client.get(), sockets.ends[0]);
  SSL_set_fd(server.get(), sockets.ends[1]);
  SSL_set_connect_state(client.get());
  SSL_set_accept_state(server.get());
}

void over_sockets() {
  const Sockets sockets;
  const Context client_ctx = make_client(TLS1_3_VERSION);
  const Context server_ctx = make_server(TLS1_3_VERSION);
  const Connection client(SSL_new(client_ctx.get()));
  const Connection server(SSL_new(server_ctx.get()));
  join(sockets, client, server);
  for (int i = 0; i < 3; ++i) {
    SSL_do_handshake(client.get());
    SSL_do_handshake(server.get());
  }
  line("finished", SSL_is_init_finished(client.get()) + SSL_is_init_finished(server.get()));
  ERR_clear_error();
  // Only where the kernel seals records.
  line("sendfile", SSL_sendfile(server.get(), 0, 0, 10, 0));
  SSL_shutdown(server.get());
  ERR_clear_error();
  line("sendfile after closing", SSL_sendfile(server.get(), 0, 0, 10, 0));
  line("compression", SSL_get_current_compression(client.get()) == nullptr);
  line("expansion", SSL_get_current_expansion(client.get()) == nullptr);
}

std::string chain_of(BIO* bio) {
  std::string text;
  for (; bio != nullptr; bio = BIO_next(bio)) text += std::string(" ") + BIO_method_name(bio);
  return text;
}

void chains() {
  const Context ctx = make_client(TLS1_2_VERSION);
  BIO* filter = BIO_new_ssl(ctx.get(), 1);
  line("new_ssl", chain_of(filter));
  SSL* ssl = nullptr;
  line("its connection", BIO_get_ssl(filter, &ssl));
  line("its role", SSL_is_server(ssl));
  BIO_free_all(filter);
  filter = BIO_new_ssl(ctx.get(), 0);
  BIO_get_ssl(filter, &ssl);
  line("a server's role", SSL_is_server(ssl));
  BIO_free_all(filter);
  BIO* connecting = BIO_new_ssl_connect(ctx.get());
  line("new_ssl_connect", chain_of(connecting));
  BIO_free_all(connecting);
  BIO* buffering = BIO_new_buffer_ssl_connect(ctx.get());
  line("new_buffer_ssl_connect", chain_of(buffering));
  BIO_free_all(buffering);
  line("BIO_f_ssl", BIO_method_type(BIO_new(BIO_f_ssl())) == BIO_TYPE_SSL);
}

// Both ends as BIOs over a pair.
void sessions_and_closing() {
  const Context client_ctx = make_client(TLS1_2_VERSION);
  const Context server_ctx = make_server(TLS1_2_VERSION);
  BIO *left = nullptr, *right = nullptr;
  BIO_new_bio_pair(&left, 65536, &right, 65536);
  BIO* client = BIO_push(BIO_new_ssl(client_ctx.get(), 1), left);
  BIO* server = BIO_push(BIO_new_ssl(server_ctx.get(), 0), right);
  for (int i = 0; i < 3; ++i) {
    BIO_do_handshake(client);
    BIO_do_handshake(server);
  }
  ERR_clear_error();
  SSL* ssl = nullptr;
  BIO_get_ssl(client, &ssl);
  line("finished", SSL_is_init_finished(ssl));
  BIO* again = BIO_new_ssl(client_ctx.get(), 1);
  line("copy_session_id", BIO_ssl_copy_session_id(again, client));
  SSL* other = nullptr;
  BIO_get_ssl(again, &other);
  line("the same session", SSL_get_session(other) == SSL_get_session(ssl));
  BIO* memory = BIO_new(BIO_s_mem());
  line("copy_session_id from none", BIO_ssl_copy_session_id(again, memory));
  BIO_free_all(memory);
  BIO_ssl_shutdown(client);
  line("closed", SSL_get_shutdown(ssl));
  char byte = 0;
  line("the peer's end", BIO_read(server, &byte, 1));
  BIO_free_all(again);
  BIO_free_all(client);
  BIO_free_all(server);
}

void names() {
  for (const int alert : {0, 10, 20, 42, 47, 50, 70, 80, 86, 90, 100, 112, 116, 120, 255, 13}) {
    const int value = 2 << 8 | alert;
    line("alert " + std::to_string(alert), SSL_alert_desc_string(value));
    line("alert's type", SSL_alert_type_string(value));
  }
  for (const int level : {0, 1, 3}) line("type", SSL_alert_type_string(level << 8));
  const Context ctx(SSL_CTX_new(TLS_method()));
  const Connection ssl(SSL_new(ctx.get()));
  line("record state", SSL_rstate_string(ssl.get()));
  line("record state in full", SSL_rstate_string_long(ssl.get()));
  line("state in full", SSL_state_string_long(ssl.get()));
}

// A client that leaves behind its request: the tickets that it does not take are no obstacle; a
// KeyUpdate is.
void clients_that_leave() {
  std::signal(SIGPIPE, SIG_IGN);
  for (const bool updates : {false, true}) {
    const std::string name = updates ? "left behind a KeyUpdate" : "left";
    const Context client_ctx = make_client(TLS1_3_VERSION);
    const Context server_ctx = make_server(TLS1_3_VERSION);
    Sockets sockets;
    const Connection client(SSL_new(client_ctx.get()));
    const Connection server(SSL_new(server_ctx.get()));
    join(sockets, client, server);
    SSL_do_handshake(client.get());
    SSL_do_handshake(server.get());
    line(name + " client", SSL_do_handshake(client.get()));
    line(name + " request", SSL_write(client.get(), "x", 1));
    if (updates) line(name + " server", SSL_do_handshake(server.get()));
    shutdown(sockets.ends[0], SHUT_RD);
    ERR_clear_error();
    if (updates) line(name + " key update", SSL_key_update(server.get(), 0));
    const int done = SSL_do_handshake(server.get());
    line(name + " handshake", done);
    line(name + " error", SSL_get_error(server.get(), done));
    line(name + " want", SSL_want(server.get()));
    char byte = 0;
    line(name + " read", SSL_read(server.get(), &byte, 1));
    line(name + " byte", byte);
    ERR_clear_error();
    line(name + " write", SSL_write(server.get(), "y", 1));
  }
}

// The same object, cleared for TLS 1.2, where the last flight is no tickets alone.
void clients_of_tls12_that_leave() {
  const std::string name = "left behind TLS 1.3";
  const Context server_ctx = make_server(TLS1_3_VERSION);
  SSL_CTX_set_min_proto_version(server_ctx.get(), TLS1_2_VERSION);
  const Connection server(SSL_new(server_ctx.get()));
  SSL_set_accept_state(server.get());
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    const Context client_ctx = make_client(version);
    const Sockets sockets;
    const Connection client(SSL_new(client_ctx.get()));
    SSL_set_fd(client.get(), sockets.ends[0]);
    SSL_set_fd(server.get(), sockets.ends[1]);
    SSL_set_connect_state(client.get());
    SSL_do_handshake(client.get());
    SSL_do_handshake(server.get());
    SSL_do_handshake(client.get());
    if (version == TLS1_2_VERSION) shutdown(sockets.ends[0], SHUT_RD);
    ERR_clear_error();
    const int done = SSL_do_handshake(server.get());
    line(name + " handshake", done);
    line(name + " error", SSL_get_error(server.get(), done));
    SSL_shutdown(server.get());
    line(name + " clear", SSL_clear(server.get()));
    SSL_set_bio(server.get(), nullptr, nullptr);
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  descriptors();
  over_sockets();
  chains();
  sessions_and_closing();
  names();
  clients_that_leave();
  clients_of_tls12_that_leave();
  return 0;
}
