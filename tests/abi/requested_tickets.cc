// SSL_new_session_ticket(3) beside writes that block, and the tickets of late authentication: when
// they leave, and how many.
#include <openssl/ssl.h>

#include "connections.h"

namespace {

using namespace abi;

int made;  // sessions that the new-session callbacks of both sides were told of

int on_session(SSL*, SSL_SESSION*) {
  ++made;
  return 0;
}

// A transport that takes nothing.
BIO* blocked() {
  static BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | 0x7e, "blocked");
    BIO_meth_set_write(method, [](BIO* bio, const char*, int) {
      BIO_set_retry_write(bio);
      return -1;
    });
    BIO_meth_set_ctrl(method, [](BIO*, int command, long, void*) {
      return static_cast<long>(command == BIO_CTRL_FLUSH);
    });
    BIO_meth_set_create(method, [](BIO* bio) {
      BIO_set_init(bio, 1);
      return 1;
    });
    return method;
  }();
  return BIO_new(kMethod);
}

class Tickets {
 public:
  Tickets(std::string title, std::size_t count, bool stateful)
      : title_(std::move(title)),
        client_ctx_(make_client(TLS1_3_VERSION)),
        server_ctx_(make_server(TLS1_3_VERSION)) {
    SSL_CTX_set_num_tickets(server_ctx_.get(), count);
    if (stateful) SSL_CTX_set_options(server_ctx_.get(), SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(client_ctx_.get(), SSL_SESS_CACHE_CLIENT);
    SSL_CTX_set_post_handshake_auth(client_ctx_.get(), 1);
    for (SSL_CTX* ctx : {client_ctx_.get(), server_ctx_.get()}) {
      SSL_CTX_sess_set_new_cb(ctx, on_session);
    }
    connect(nullptr);
  }

  void connect(SSL_SESSION* session) {
    pair_ = std::make_unique<Pair>(client_ctx_.get(), server_ctx_.get());
    if (session != nullptr) SSL_set_session(client(), session);
    made = 0;
    pair_->handshake(title_);
    pair_->read_both();
    show("reused", SSL_session_reused(client()));
  }

  SSL* client() const { return pair_->client.get(); }
  SSL* server() const { return pair_->server.get(); }

  void show(const std::string& what, long result) {
    line(title_ + " " + what, std::to_string(result) + " made " + std::to_string(made) +
                                  " in_init " + std::to_string(SSL_in_init(server())));
  }
  void ask() { show("asks", SSL_new_session_ticket(server())); }
  void handshake() { show("handshake", SSL_do_handshake(server())); }
  void write(int size = 1) { show("writes", SSL_write(server(), "abc", size)); }
  void read() {
    char text[8] = {};
    const int result = SSL_read(client(), text, 4);
    show("client reads", result);
    line(title_ + " error", SSL_get_error(client(), result));
  }
  void authenticate() {
    SSL_set_verify(server(), SSL_VERIFY_PEER, nullptr);
    made = 0;
    show("late authentication", SSL_verify_client_post_handshake(server()));
    handshake();
    read();
    show("server reads", SSL_read(server(), nullptr, 0));
    read();
  }

 private:
  std::string title_;
  Context client_ctx_, server_ctx_;
  std::unique_ptr<Pair> pair_;
};

// The record comes first, and what drives the handshake does not bring them on: the next write
// does.
void behind_a_blocked_write(const std::string& title, bool stateful) {
  for (const std::size_t count : {0U, 1U, 2U}) {
    Tickets tickets(title + " " + std::to_string(count), count, stateful);
    tickets.ask();
    tickets.write();
    tickets.read();
    tickets.ask();
    tickets.ask();
    tickets.write(0);
    tickets.read();
    BIO* open = SSL_get_wbio(tickets.server());
    BIO_up_ref(open);
    SSL_set0_wbio(tickets.server(), blocked());
    tickets.write();
    line("error", SSL_get_error(tickets.server(), -1));
    tickets.ask();
    tickets.handshake();
    SSL_set0_wbio(tickets.server(), open);
    tickets.ask();
    tickets.handshake();
    tickets.write();
    tickets.read();
    tickets.read();
    tickets.handshake();
    tickets.write();
    tickets.read();
    tickets.read();
    tickets.write();
    tickets.read();
  }
}

// Cleared connections have forgotten what was asked for.
void forgotten() {
  Tickets tickets("cleared", 2, false);
  SSL_set0_wbio(tickets.server(), blocked());
  tickets.write();
  tickets.ask();
  tickets.show("clear", SSL_clear(tickets.server()));
  tickets.ask();
}

// Each full handshake's tickets again, one where it was resumed.
void behind_late_authentication(const std::string& title, bool stateful) {
  for (const std::size_t count : {0U, 1U, 3U}) {
    Tickets tickets(title + " " + std::to_string(count), count, stateful);
    tickets.authenticate();
    const Session session(SSL_get1_session(tickets.client()));
    if (SSL_SESSION_is_resumable(session.get()) == 0) continue;
    tickets.connect(session.get());
    tickets.authenticate();
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  behind_a_blocked_write("stateless", false);
  behind_a_blocked_write("stateful", true);
  forgotten();
  behind_late_authentication("late", false);
  behind_late_authentication("late stateful", true);
  return 0;
}
