// Renegotiation of TLS 1.2 through the C interface: who begins it, who refuses it, what is counted,
// and what becomes of data on its way.
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <functional>
#include <memory>
#include <string>

#include "report.h"

namespace {

using abi::line;

template <auto function>
struct Frees {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Frees<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Frees<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Frees<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Frees<SSL_free>>;

const Key& key() {
  static const Key kKey(EVP_EC_gen("P-256"));
  return kKey;
}

const Certificate& certificate() {
  static const Certificate kCertificate = [] {
    Certificate made(X509_new());
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
    X509_set_pubkey(made.get(), key().get());
    X509_sign(made.get(), key().get(), EVP_sha256());
    return made;
  }();
  return kCertificate;
}

struct Side {
  std::string name;
  Context ctx;
  Connection ssl;
  std::string events;  // of the info callback, since they were last shown
};

void on_info(const SSL* ssl, int where, int value) {
  Side& side = *static_cast<Side*>(SSL_get_app_data(ssl));
  if (where == SSL_CB_HANDSHAKE_START) side.events += " start";
  if (where == SSL_CB_HANDSHAKE_DONE) {
    side.events += " done/" + std::to_string(SSL_in_init(ssl)) + "/" + SSL_state_string(ssl);
  }
  if ((where & SSL_CB_ALERT) != 0) {
    side.events += (where & SSL_CB_WRITE) != 0 ? " sent " : " got ";
    side.events += SSL_alert_type_string_long(value);
    side.events += std::string(" ") + SSL_alert_desc_string_long(value);
  }
}

// Both ends of a connection, established.
class Pair {
 public:
  explicit Pair(std::string title, int version = TLS1_2_VERSION) : title_(std::move(title)) {
    make(client, "client", TLS_client_method(), version);
    make(server, "server", TLS_server_method(), version);
    SSL_CTX_use_certificate(server.ctx.get(), certificate().get());
    SSL_CTX_use_PrivateKey(server.ctx.get(), key().get());
    SSL_CTX_set_session_id_context(server.ctx.get(), reinterpret_cast<const unsigned char*>("s"),
                                   1);
    open(client);
    open(server);
    BIO *left = nullptr, *right = nullptr;
    BIO_new_bio_pair(&left, 65536, &right, 65536);
    SSL_set_bio(client.ssl.get(), left, left);
    SSL_set_bio(server.ssl.get(), right, right);
    SSL_set_connect_state(client.ssl.get());
    SSL_set_accept_state(server.ssl.get());
  }

  Pair& establish() {
    for (int i = 0; i < 6; ++i) {
      SSL_do_handshake(client.ssl.get());
      SSL_do_handshake(server.ssl.get());
    }
    line(title_ + " established", SSL_is_init_finished(client.ssl.get()) == 1 &&
                                      SSL_is_init_finished(server.ssl.get()) == 1);
    client.events.clear();
    server.events.clear();
    return *this;
  }

  // One call, and what it comes to. How a dead connection answers is not this program's subject.
  void call(Side& side, const std::string& what, const std::function<int(SSL*)>& function) {
    ERR_clear_error();
    SSL* ssl = side.ssl.get();
    if (std::string(SSL_state_string(ssl)) == "SSLERR") return;
    const int result = function(ssl);
    const int error = SSL_get_error(ssl, result);
    line(title_ + " " + side.name + " " + what,
         std::to_string(result) + "/" + std::to_string(error));
    show(side);
  }
  void handshake(Side& side) { call(side, "do_handshake", SSL_do_handshake); }
  void renegotiate(Side& side) { call(side, "renegotiate", SSL_renegotiate); }
  void write(Side& side, const char* text) {
    call(side, "write", [&](SSL* ssl) { return SSL_write(ssl, text, 4); });
  }
  void read(Side& side) {
    char text[8] = {};
    call(side, "read", [&](SSL* ssl) { return SSL_read(ssl, text, 4); });
    line(title_ + " data", text);
  }

  void show(Side& side) {
    SSL* ssl = side.ssl.get();
    const std::string what = title_ + " " + side.name;
    line(what + " events", side.events);
    side.events.clear();
    line(what + " state", std::string(SSL_state_string(ssl)) + " in_init " +
                              std::to_string(SSL_in_init(ssl)) + " pending " +
                              std::to_string(SSL_renegotiate_pending(ssl)) + " count " +
                              std::to_string(SSL_num_renegotiations(ssl)) + "/" +
                              std::to_string(SSL_total_renegotiations(ssl)) + " secure " +
                              std::to_string(SSL_get_secure_renegotiation_support(ssl)) +
                              " reused " + std::to_string(SSL_session_reused(ssl)) + " peer " +
                              std::to_string(SSL_get0_peer_certificate(ssl) != nullptr));
  }

  void statistics() {
    line(title_ + " connects",
         std::to_string(SSL_CTX_sess_connect(client.ctx.get())) + "/" +
             std::to_string(SSL_CTX_sess_connect_good(client.ctx.get())) + "/" +
             std::to_string(SSL_CTX_sess_connect_renegotiate(client.ctx.get())));
    line(title_ + " accepts", std::to_string(SSL_CTX_sess_accept(server.ctx.get())) + "/" +
                                  std::to_string(SSL_CTX_sess_accept_good(server.ctx.get())));
  }

  Side client, server;

 private:
  static void make(Side& side, const char* name, const SSL_METHOD* method, int version) {
    side.name = name;
    side.ctx.reset(SSL_CTX_new(method));
    SSL_CTX_set_max_proto_version(side.ctx.get(), version);
    SSL_CTX_set_info_callback(side.ctx.get(), on_info);
  }
  static void open(Side& side) {
    side.ssl.reset(SSL_new(side.ctx.get()));
    SSL_set_app_data(side.ssl.get(), &side);
  }

  std::string title_;
};

void reads_until_still(Pair& pair) {
  for (int i = 0; i < 4; ++i) {
    pair.read(pair.client);
    pair.read(pair.server);
  }
}

void asked_by_the_server() {
  Pair pair("HelloRequest");
  pair.establish();
  pair.renegotiate(pair.server);
  pair.show(pair.server);
  pair.handshake(pair.server);
  pair.handshake(pair.client);  // nothing was read yet
  reads_until_still(pair);
  pair.write(pair.client, "abcd");
  pair.read(pair.server);
  pair.write(pair.server, "efgh");
  pair.read(pair.client);
  pair.statistics();
  line("cleared", SSL_clear_num_renegotiations(pair.server.ssl.get()));
  pair.show(pair.server);
}

void asked_by_the_client(const std::string& title, std::uint64_t options, bool full) {
  Pair pair(title);
  SSL_set_options(pair.server.ssl.get(), options);
  pair.establish();
  pair.call(pair.client, "asks", full ? SSL_renegotiate : SSL_renegotiate_abbreviated);
  pair.handshake(pair.client);
  reads_until_still(pair);
  pair.write(pair.server, "abcd");
  pair.read(pair.client);
  pair.statistics();
}

void refused_by_the_client() {
  Pair pair("client refuses");
  SSL_set_options(pair.client.ssl.get(), SSL_OP_NO_RENEGOTIATION);
  pair.establish();
  pair.renegotiate(pair.client);
  pair.renegotiate(pair.server);
  pair.handshake(pair.server);
  pair.read(pair.client);
  pair.read(pair.server);
  pair.statistics();
}

// What the server wrote before it saw the ClientHello.
void data_on_its_way() {
  for (const bool reads : {true, false}) {
    Pair pair(reads ? "data read" : "data in the way");
    SSL_set_options(pair.server.ssl.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    pair.establish();
    pair.renegotiate(pair.client);
    pair.handshake(pair.client);
    pair.write(pair.server, "abcd");
    pair.write(pair.server, "efgh");
    if (reads) {
      pair.read(pair.client);
      pair.call(pair.client, "pending", [](SSL* ssl) { return SSL_pending(ssl); });
      reads_until_still(pair);
    } else {
      pair.handshake(pair.client);
    }
  }
}

void writes_drive_it() {
  Pair pair("write");
  SSL_set_options(pair.server.ssl.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  pair.establish();
  pair.renegotiate(pair.client);
  pair.write(pair.client, "abcd");
  pair.read(pair.server);
  pair.write(pair.client, "abcd");
  pair.read(pair.server);
  pair.write(pair.client, "abcd");
  pair.read(pair.server);
}

void without_auto_retry() {
  Pair pair("no auto retry");
  SSL_clear_mode(pair.client.ssl.get(), SSL_MODE_AUTO_RETRY);
  pair.establish();
  pair.renegotiate(pair.server);
  pair.handshake(pair.server);
  pair.write(pair.server, "abcd");
  reads_until_still(pair);
}

void before_a_handshake() {
  const Context ctx(SSL_CTX_new(TLS_client_method()));
  const Connection fresh(SSL_new(ctx.get()));
  line("fresh renegotiate", SSL_renegotiate(fresh.get()));
  line("fresh pending", SSL_renegotiate_pending(fresh.get()));
}

// BIO_f_ssl asks by itself after so many bytes.
void by_bytes() {
  Pair pair("by bytes");
  SSL_set_options(pair.server.ssl.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  pair.establish();
  const std::unique_ptr<BIO, Frees<BIO_free>> filter(BIO_new(BIO_f_ssl()));
  BIO_set_ssl(filter.get(), pair.client.ssl.get(), BIO_NOCLOSE);
  line("seconds before", BIO_set_ssl_renegotiate_timeout(filter.get(), 59));
  line("seconds between", BIO_set_ssl_renegotiate_timeout(filter.get(), 3600));
  line("seconds after", BIO_set_ssl_renegotiate_timeout(filter.get(), 3600));
  line("bytes before", BIO_set_ssl_renegotiate_bytes(filter.get(), 511));
  line("bytes between", BIO_set_ssl_renegotiate_bytes(filter.get(), 512));
  line("bytes after", BIO_set_ssl_renegotiate_bytes(filter.get(), 600));
  const std::string block(300, 'x');
  for (int i = 0; i < 3; ++i) {
    line("block", BIO_write(filter.get(), block.data(), static_cast<int>(block.size())));
    line("renegotiations", BIO_get_num_renegotiates(filter.get()));
    pair.show(pair.client);
  }
}

void in_tls13() {
  Pair pair("1.3", TLS1_3_VERSION);
  pair.establish();
  pair.renegotiate(pair.client);
  pair.call(pair.server, "abbreviated", SSL_renegotiate_abbreviated);
}

void closing() {
  Pair pair("closing");
  pair.establish();
  pair.renegotiate(pair.server);
  pair.handshake(pair.server);
  pair.read(pair.client);
  pair.call(pair.client, "shutdown", SSL_shutdown);
  reads_until_still(pair);
  pair.call(pair.client, "shutdown", SSL_shutdown);
  pair.call(pair.server, "shutdown", SSL_shutdown);
}

}  // namespace

int main() {
  asked_by_the_server();
  asked_by_the_client("by default", 0, true);
  asked_by_the_client("allowed", SSL_OP_ALLOW_CLIENT_RENEGOTIATION, true);
  asked_by_the_client("abbreviated", SSL_OP_ALLOW_CLIENT_RENEGOTIATION, false);
  asked_by_the_client(
      "abbreviated, never resumed",
      SSL_OP_ALLOW_CLIENT_RENEGOTIATION | SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION, false);
  asked_by_the_client("contradicted", SSL_OP_ALLOW_CLIENT_RENEGOTIATION | SSL_OP_NO_RENEGOTIATION,
                      true);
  refused_by_the_client();
  data_on_its_way();
  writes_drive_it();
  without_auto_retry();
  before_a_handshake();
  by_bytes();
  in_tls13();
  closing();
}
