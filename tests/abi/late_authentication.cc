// Post-handshake authentication of TLS 1.3 through the C interface:
// SSL_verify_client_post_handshake and what drives it.
#include <openssl/ssl.h>

#include <string>

#include "two_sides.h"

namespace {

using namespace abi;

constexpr int kLate = SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE;

int accept_all(int, X509_STORE_CTX*) { return 1; }

// TLS 1.3; the client may be asked, and has something to say.
class LateSides : public TwoSides {
 public:
  explicit LateSides(const std::string& title, int mode = kLate | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     int version = TLS1_3_VERSION)
      : TwoSides(title, version) {
    SSL_set_post_handshake_auth(client.ssl.get(), 1);
    SSL_set_verify(server.ssl.get(), mode, accept_all);
    SSL_use_certificate(client.ssl.get(), certificate());
    SSL_use_PrivateKey(client.ssl.get(), key());
  }
  void ask(Side& side) { call(side, "ask", SSL_verify_client_post_handshake); }
  void settle() {
    for (int i = 0; i < 3; ++i) {
      read(client);
      read(server);
    }
    line("verified", SSL_get_verify_result(server.ssl.get()));
    const SSL_SESSION* session = SSL_get_session(server.ssl.get());
    line("session's peer", SSL_SESSION_get0_peer(const_cast<SSL_SESSION*>(session)) != nullptr);
  }
};

void asked_and_answered() {
  LateSides pair("late");
  pair.ask(pair.server);
  pair.establish();
  pair.show(pair.server);
  pair.ask(pair.client);
  pair.ask(pair.server);
  pair.ask(pair.server);
  pair.show(pair.server);
  pair.handshake(pair.server);
  pair.ask(pair.server);
  pair.settle();
  pair.write(pair.client, "abcd");
  pair.read(pair.server);
  pair.write(pair.server, "efgh");
  pair.read(pair.client);
  pair.ask(pair.server);
  pair.write(pair.server, "data");
  pair.settle();
}

void with_data_on_its_way() {
  LateSides pair("late, data");
  pair.establish();
  pair.write(pair.client, "abcd");
  pair.ask(pair.server);
  pair.read(pair.server);
  pair.read(pair.client);
  pair.settle();
}

void asked_once() {
  LateSides pair("once", kLate | SSL_VERIFY_CLIENT_ONCE);
  pair.establish();
  pair.ask(pair.server);
  pair.handshake(pair.server);
  pair.settle();
  pair.ask(pair.server);
}

void by_policy(const std::string& title, int mode) {
  LateSides pair(title, mode);
  pair.establish();
  pair.show(pair.server);
  pair.ask(pair.server);
  pair.handshake(pair.server);
  pair.settle();
}

void without_certificate(const std::string& title, int mode) {
  LateSides pair(title, mode);
  SSL_certs_clear(pair.client.ssl.get());
  pair.establish();
  pair.ask(pair.server);
  pair.handshake(pair.server);
  pair.read(pair.client);
  pair.read(pair.server);
  pair.read(pair.client);
}

void not_offered() {
  LateSides pair("not offered");
  SSL_set_post_handshake_auth(pair.client.ssl.get(), 0);
  pair.establish();
  pair.ask(pair.server);
}

void in_tls12() {
  LateSides pair("1.2", kLate, TLS1_2_VERSION);
  pair.establish();
  pair.show(pair.server);
  pair.ask(pair.server);
}

}  // namespace

int main() {
  asked_and_answered();
  with_data_on_its_way();
  asked_once();
  by_policy("nobody verified", SSL_VERIFY_NONE);
  by_policy("verified at once", SSL_VERIFY_PEER);
  by_policy("optional", kLate);
  without_certificate("none, optional", kLate);
  without_certificate("none, required", kLate | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
  not_offered();
  in_tls12();
}
