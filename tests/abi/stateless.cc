// SSL_stateless(3): a server that keeps nothing until the client has shown that it is reachable.
#include <openssl/ssl.h>

#include <cstring>
#include <functional>

#include "connections.h"

namespace {

using namespace abi;

struct Cookies {
  std::string text = "where the client is";
  int generated = 0;
  int verified = 0;
  int generate_gives = 1;
  int verify_gives = 1;
} cookies;

int generate(SSL*, unsigned char* cookie, size_t* size) {
  ++cookies.generated;
  std::memcpy(cookie, cookies.text.data(), cookies.text.size());
  *size = cookies.text.size();
  return cookies.generate_gives;
}

int verify(SSL*, const unsigned char* cookie, size_t size) {
  ++cookies.verified;
  if (std::string(reinterpret_cast<const char*>(cookie), size) != cookies.text) return 0;
  return cookies.verify_gives;
}

// A client, and the connections of a server that may take it up.
class Visit {
 public:
  explicit Visit(std::string title, int client_version = TLS1_3_VERSION)
      : title_(std::move(title)), client_ctx_(make_client(client_version)) {
    cookies = {};
    // Behind a ChangeCipherSpec OpenSSL wants to be called once more; ciao skips it.
    SSL_CTX_clear_options(client_ctx_.get(), SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    server_ctx_ = make_context(TLS_server_method(), TLS1_3_VERSION);
    SSL_CTX_set_min_proto_version(server_ctx_.get(), TLS1_2_VERSION);
    SSL_CTX_use_certificate(server_ctx_.get(), certificate());
    SSL_CTX_use_PrivateKey(server_ctx_.get(), key());
    SSL_CTX_set_num_tickets(server_ctx_.get(), 0);
    SSL_CTX_set_stateless_cookie_generate_cb(server_ctx_.get(), generate);
    SSL_CTX_set_stateless_cookie_verify_cb(server_ctx_.get(), verify);
    to_server_.reset(BIO_new(BIO_s_mem()));
    to_client_.reset(BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(to_server_.get(), -1);
    BIO_set_mem_eof_return(to_client_.get(), -1);
  }

  SSL_CTX* client_ctx() { return client_ctx_.get(); }
  SSL_CTX* server_ctx() { return server_ctx_.get(); }
  BIO* to_server() { return to_server_.get(); }

  SSL* client() {
    if (!client_) client_ = open(client_ctx_.get(), to_client_.get(), to_server_.get());
    return client_.get();
  }
  SSL* server() {
    if (!server_) server_ = open(server_ctx_.get(), to_server_.get(), to_client_.get());
    return server_.get();
  }
  void forget_server() { server_.reset(); }
  void replace_server_ctx(Context ctx) {
    server_.reset();
    server_ctx_ = std::move(ctx);
  }

  int call(const std::string& what, SSL* ssl, const std::function<int(SSL*)>& function) {
    ERR_clear_error();
    const int result = function(ssl);
    const int error = SSL_get_error(ssl, result);
    line(title_ + " " + what, std::to_string(result) + "/" + std::to_string(error));
    const bool failed = error == SSL_ERROR_SSL;
    if (!failed) {
      line(title_ + " " + what + " state", std::string(SSL_state_string(ssl)) + " in_init " +
                                               std::to_string(SSL_in_init(ssl)) + " before " +
                                               std::to_string(SSL_in_before(ssl)));
    }
    line(title_ + " cookies",
         std::to_string(cookies.generated) + "/" + std::to_string(cookies.verified));
    return result;
  }
  int connect() {
    client();
    SSL_set_connect_state(client_.get());
    return go_on();
  }
  int go_on() { return call("client", client(), SSL_do_handshake); }
  int stateless() { return call("stateless", server(), SSL_stateless); }
  int accept() { return call("accept", server(), SSL_accept); }

  // Both to the end, and a byte each way.
  void finish() {
    go_on();
    accept();
    accept();
    char text[8] = {};
    call("client writes", client(), [](SSL* ssl) { return SSL_write(ssl, "abcd", 4); });
    call("server reads", server(), [&](SSL* ssl) { return SSL_read(ssl, text, 4); });
    call("server writes", server(), [](SSL* ssl) { return SSL_write(ssl, "efgh", 4); });
    call("client reads", client(), [&](SSL* ssl) { return SSL_read(ssl, text, 4); });
    line(title_ + " data", text);
    line(title_ + " group", static_cast<long>(SSL_get_negotiated_group(client())));
    line(title_ + " suite", SSL_get_cipher_name(server()));
  }

 private:
  static Connection open(SSL_CTX* ctx, BIO* in, BIO* out) {
    Connection ssl(SSL_new(ctx));
    BIO_up_ref(in);
    BIO_up_ref(out);
    SSL_set_bio(ssl.get(), in, out);
    return ssl;
  }

  std::string title_;
  Context client_ctx_, server_ctx_;
  std::unique_ptr<BIO, Free<BIO_free>> to_server_, to_client_;
  Connection client_, server_;
};

void returns(const std::string& title, const std::function<void(Visit&)>& configure,
             bool same_connection) {
  Visit visit(title);
  configure(visit);
  visit.stateless();
  visit.connect();
  if (visit.stateless() != 0) return;
  visit.go_on();
  if (!same_connection) visit.forget_server();
  if (visit.stateless() == 1) visit.finish();
}

// The cookie comes back to somebody who does not take it.
void refused(const std::string& title, const std::function<void(Visit&)>& between) {
  Visit visit(title);
  visit.connect();
  visit.stateless();
  visit.go_on();
  between(visit);
  visit.stateless();
  visit.go_on();
}

void cannot_generate(const std::string& title, const std::function<void(Visit&)>& configure) {
  Visit visit(title);
  configure(visit);
  visit.connect();
  visit.stateless();
  visit.go_on();
}

// One byte of what the client has sent.
void change_byte(Visit& visit, size_t from_front) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(visit.to_server(), &data);
  if (from_front < static_cast<size_t>(size)) data[from_front] ^= 1;
}

void with_tls12() {
  Visit visit("1.2", TLS1_2_VERSION);
  visit.connect();
  visit.stateless();
  visit.go_on();
}

void without_verifier() {
  Visit visit("no verifier");
  SSL_CTX_set_stateless_cookie_verify_cb(visit.server_ctx(), nullptr);
  visit.connect();
  visit.stateless();
  visit.go_on();
  visit.stateless();
}

void with_garbage() {
  Visit visit("garbage");
  BIO_write(visit.to_server(), "GET / HTTP/1.0\r\n\r\n", 18);
  visit.stateless();
}

// An ordinary handshake does not ask for cookies, and stateless() leaves nothing behind.
void ordinary() {
  Visit visit("ordinary");
  visit.connect();
  visit.accept();
  visit.finish();
  Visit again("again");
  again.connect();
  again.stateless();
  again.forget_server();
  again.replace_server_ctx(make_server(TLS1_3_VERSION));
  again.call("client", again.client(), SSL_clear);
  char* data = nullptr;
  BIO_get_mem_data(again.to_server(), &data);
  again.connect();
  again.stateless();
}

}  // namespace

int main() {
  const auto nothing = [](Visit&) {};
  const auto other_group = [](Visit& visit) {
    SSL_CTX_set1_groups_list(visit.server_ctx(), "P-384");
  };
  const auto other_suite = [](Visit& visit) {
    SSL_CTX_set_ciphersuites(visit.server_ctx(), "TLS_CHACHA20_POLY1305_SHA256");
  };
  const auto no_middlebox = [](Visit& visit) {
    SSL_CTX_clear_options(visit.server_ctx(), SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
  };
  for (const bool same : {true, false}) {
    const std::string which = same ? ", same" : ", other";
    returns("plain" + which, nothing, same);
    returns("group" + which, other_group, same);
    returns("suite" + which, other_suite, same);
    returns("no middlebox" + which, no_middlebox, same);
    returns("empty cookie" + which, [](Visit&) { cookies.text.clear(); }, same);
    returns("long cookie" + which, [](Visit&) { cookies.text.assign(255, 'c'); }, same);
  }
  refused("verifier says no", [](Visit&) { cookies.verify_gives = 0; });
  refused("other cookie", [](Visit&) { cookies.text = "elsewhere"; });
  refused("other group", [](Visit& visit) {
    visit.forget_server();
    SSL_CTX_set1_groups_list(visit.server_ctx(), "P-384");
  });
  refused("other suite", [](Visit& visit) {
    visit.forget_server();
    SSL_CTX_set_ciphersuites(visit.server_ctx(), "TLS_CHACHA20_POLY1305_SHA256");
  });
  cannot_generate("generator says no", [](Visit&) { cookies.generate_gives = 0; });
  cannot_generate("no generator", [](Visit& visit) {
    SSL_CTX_set_stateless_cookie_generate_cb(visit.server_ctx(), nullptr);
  });
  refused("random changed", [](Visit& visit) { change_byte(visit, 20); });
  with_tls12();
  without_verifier();
  with_garbage();
  ordinary();
}
