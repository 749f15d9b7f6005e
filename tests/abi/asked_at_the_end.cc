// What an info callback asks for in the moment that a handshake is over (SSL_CB_HANDSHAKE_DONE):
// whether it is taken, and which call does it.
#include <openssl/ssl.h>

#include <string>
#include <utility>

#include "connections.h"

namespace {

using namespace abi;

using Call = int (*)(SSL*);

Call asked;
std::string events;

std::string state_of(const SSL* ssl) {
  return std::string(SSL_state_string(ssl)) + " in_init " + std::to_string(SSL_in_init(ssl)) +
         " finished " + std::to_string(SSL_is_init_finished(ssl)) + " pending " +
         std::to_string(SSL_renegotiate_pending(ssl)) + " update " +
         std::to_string(SSL_get_key_update_type(ssl)) + " want " + std::to_string(SSL_want(ssl));
}

void on_info(const SSL* ssl, int where, int value) {
  if (where == SSL_CB_HANDSHAKE_START) events += " start";
  if ((where & SSL_CB_EXIT) != 0) events += " exit" + std::to_string(value);
  if (where != SSL_CB_HANDSHAKE_DONE) return;
  events += " done";
  const Call call = std::exchange(asked, nullptr);
  if (call == nullptr) return;
  line("before", state_of(ssl));
  line("asks", call(const_cast<SSL*>(ssl)));
  line("after", state_of(ssl));
}

void on_message(int sent, int, int type, const void* bytes, size_t, SSL*, void*) {
  if (type != SSL3_RT_HANDSHAKE) return;
  events += (sent != 0 ? " >" : " <") + std::to_string(*static_cast<const unsigned char*>(bytes));
}

int any_certificate(int, X509_STORE_CTX*) { return 1; }

int read_byte(SSL* ssl) {
  char byte = 0;
  return SSL_read(ssl, &byte, 1);
}

int write_byte(SSL* ssl) { return SSL_write(ssl, "x", 1); }

void show(const std::string& what, SSL* ssl, Call call) {
  ERR_clear_error();
  const int result = call(ssl);
  const int error = SSL_get_error(ssl, result);
  line(what, std::to_string(result) + "/" + std::to_string(error));
  line(what + " events", std::exchange(events, std::string()));
  line(what + " state", state_of(ssl));
}

struct Request {
  const char* name;
  int version;
  Call call;
};

constexpr Request kRequests[] = {
    {"key update", TLS1_3_VERSION,
     [](SSL* ssl) { return SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED); }},
    {"key update of both", TLS1_3_VERSION,
     [](SSL* ssl) { return SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED); }},
    {"ticket", TLS1_3_VERSION, SSL_new_session_ticket},
    {"late authentication", TLS1_3_VERSION, SSL_verify_client_post_handshake},
    {"renegotiation", TLS1_2_VERSION, SSL_renegotiate},
    {"abbreviated renegotiation", TLS1_2_VERSION, SSL_renegotiate_abbreviated},
};

constexpr std::pair<const char*, Call> kNextCalls[] = {
    {"do_handshake", SSL_do_handshake}, {"read", read_byte}, {"write", write_byte}};

void ask(const Request& request, bool by_server, int tickets,
         const std::pair<const char*, Call>& next) {
  line("case", std::string(request.name) + (by_server ? " server" : " client") + " tickets " +
                   std::to_string(tickets) + " " + next.first);
  const Context client = make_client(request.version);
  const Context server = make_server(request.version);
  SSL_CTX_set_options(server.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  SSL_CTX_set_num_tickets(server.get(), static_cast<size_t>(tickets));
  SSL_CTX_set_post_handshake_auth(client.get(), 1);
  if (request.call == SSL_verify_client_post_handshake) {
    SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, any_certificate);
  }
  SSL_CTX* const own = by_server ? server.get() : client.get();
  SSL_CTX_set_info_callback(own, on_info);
  SSL_CTX_set_msg_callback(own, on_message);
  events.clear();
  Pair pair(client.get(), server.get());
  SSL* const asks = by_server ? pair.server.get() : pair.client.get();
  SSL* const other = by_server ? pair.client.get() : pair.server.get();
  asked = request.call;
  for (int i = 0; i < 12 && asked != nullptr; ++i) {
    SSL_do_handshake(other);
    show("handshake", asks, SSL_do_handshake);
  }
  for (int i = 0; i < 4; ++i) {
    show(next.first, asks, next.second);
    ERR_clear_error();
    line("other reads", read_byte(other));
    line("other", SSL_state_string(other));
  }
}

// A flight that does not leave at once, and an update behind it.
void ask_where_the_transport_blocks() {
  const Context client = make_client(TLS1_3_VERSION);
  const Context server = make_server(TLS1_3_VERSION);
  SSL_CTX_set_info_callback(client.get(), on_info);
  SSL_CTX_set_msg_callback(client.get(), on_message);
  Pair pair(client.get(), server.get());
  BIO *left = nullptr, *right = nullptr;
  BIO_new_bio_pair(&left, 64, &right, 0);
  SSL_set_bio(pair.client.get(), left, left);
  SSL_set_bio(pair.server.get(), right, right);
  events.clear();
  asked = kRequests[0].call;
  for (int i = 0; i < 40; ++i) {
    SSL_do_handshake(pair.client.get());
    read_byte(pair.server.get());
  }
  ERR_clear_error();
  line("blocking events", events.substr(0, events.find(" >1") + 3));
  line("updates", events.find(" >20") < events.find(" >24") && events.find(" >24") != events.npos);
  line("blocking state", state_of(pair.client.get()));
  line("writes", write_byte(pair.client.get()));
  line("arrives", read_byte(pair.server.get()));
}

// What does not leave at once is of a write: nothing comes between its pieces.
void ask_while_a_write_is_blocked() {
  const Context client = make_client(TLS1_3_VERSION);
  const Context server = make_server(TLS1_3_VERSION);
  Pair pair(client.get(), server.get());
  pair.handshake("blocked write");
  pair.read_both();
  BIO *left = nullptr, *right = nullptr;
  BIO_new_bio_pair(&left, 16, &right, 0);
  SSL_set_bio(pair.client.get(), left, left);
  SSL_set_bio(pair.server.get(), right, right);
  line("blocks", write_byte(pair.client.get()));
  line("asks", kRequests[0].call(pair.client.get()));
  line("after", state_of(pair.client.get()));
}

}  // namespace

int main() {
  for (const Request& request : kRequests) {
    for (const auto& next : kNextCalls) {
      const bool of_servers = request.call == SSL_new_session_ticket ||
                              request.call == SSL_verify_client_post_handshake;
      if (!of_servers) ask(request, false, 2, next);
      ask(request, true, 2, next);
      ask(request, true, 0, next);
    }
  }
  ask_where_the_transport_blocks();
  ask_while_a_write_is_blocked();
}
