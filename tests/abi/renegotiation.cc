// Renegotiation of TLS 1.2 through the C interface: who begins it, who refuses it, what is counted,
// and what becomes of data on its way.
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "two_sides.h"

namespace {

using namespace abi;

void reads_until_still(TwoSides& pair) {
  for (int i = 0; i < 4; ++i) {
    pair.read(pair.client);
    pair.read(pair.server);
  }
}

void asked_by_the_server() {
  TwoSides pair("HelloRequest");
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
  TwoSides pair(title);
  SSL_set_options(pair.server.ssl.get(), options);
  pair.establish();
  pair.call(pair.client, "asks", full ? SSL_renegotiate : SSL_renegotiate_abbreviated);
  pair.handshake(pair.client);
  reads_until_still(pair);
  pair.write(pair.server, "abcd");
  pair.read(pair.client);
  pair.statistics();
  line(title + " accepted", SSL_CTX_sess_accept_renegotiate(pair.server.ctx.get()));
}

void refused_by_the_client() {
  TwoSides pair("client refuses");
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
    TwoSides pair(reads ? "data read" : "data in the way");
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
  TwoSides pair("write");
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
  TwoSides pair("no auto retry");
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
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const bool full : {true, false}) {
      const std::string title = std::to_string(version) + (full ? " full" : " abbreviated");
      for (const bool by_client : {true, false}) {
        TwoSides pair("before " + title, version);
        Side& side = by_client ? pair.client : pair.server;
        pair.call(side, "asks", full ? SSL_renegotiate : SSL_renegotiate_abbreviated);
        for (int i = 0; i < 2; ++i) pair.handshake(side);
        pair.call(side, "shutdown", SSL_shutdown);
        by_client ? SSL_set_connect_state(side.ssl.get()) : SSL_set_accept_state(side.ssl.get());
        pair.handshake(side);
        pair.statistics();
      }
      TwoSides reads("before a read " + title, version);
      reads.renegotiate(reads.client);
      reads.read(reads.client);
      TwoSides writes("before a write " + title, version);
      writes.renegotiate(writes.client);
      writes.write(writes.client, "abcd");
    }
  }
}

void before_there_is_a_role() {
  const Context ctx(SSL_CTX_new(TLS_method()));
  for (const bool connects : {true, false}) {
    const Connection ssl(SSL_new(ctx.get()));
    line("without a role renegotiate", SSL_renegotiate(ssl.get()));
    line("without a role handshake", SSL_do_handshake(ssl.get()));
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    line("with a role", connects ? SSL_connect(ssl.get()) : SSL_accept(ssl.get()));
    line("pending", SSL_renegotiate_pending(ssl.get()));
    line("state", SSL_state_string(ssl.get()));
  }
}

// A server's HelloRequest goes out behind the handshake.
void in_the_middle_of_a_handshake() {
  TwoSides pair("midway");
  pair.handshake(pair.client);
  pair.handshake(pair.server);
  pair.renegotiate(pair.server);
  pair.handshake(pair.client);
  pair.handshake(pair.server);
  pair.handshake(pair.client);
  pair.handshake(pair.server);
  reads_until_still(pair);
  pair.statistics();
}

// BIO_f_ssl asks by itself after so many bytes.
void by_bytes() {
  TwoSides pair("by bytes");
  SSL_set_options(pair.server.ssl.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  pair.establish();
  const std::unique_ptr<BIO, Free<BIO_free>> filter(BIO_new(BIO_f_ssl()));
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
  TwoSides pair("1.3", TLS1_3_VERSION);
  pair.establish();
  pair.renegotiate(pair.client);
  pair.call(pair.server, "abbreviated", SSL_renegotiate_abbreviated);
}

void closing() {
  TwoSides pair("closing");
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
  before_there_is_a_role();
  in_the_middle_of_a_handshake();
  by_bytes();
  in_tls13();
  closing();
}
