#include "two_sides.h"

namespace abi {
namespace {

void on_info(const SSL* ssl, int where, int value) {
  Side& side = *static_cast<Side*>(SSL_get_app_data(ssl));
  if (where == SSL_CB_HANDSHAKE_START) side.events += " start";
  if (where == SSL_CB_HANDSHAKE_DONE) {
    side.events += " done/" + std::to_string(SSL_in_init(ssl)) + "/" + SSL_state_string(ssl);
  }
  if ((where & SSL_CB_ALERT) != 0) side.events += alert_text(where, value);
}

}  // namespace

TwoSides::TwoSides(std::string title, int version) : title_(std::move(title)) {
  make(client, "client", TLS_client_method(), version);
  make(server, "server", TLS_server_method(), version);
  SSL_CTX_use_certificate(server.ctx.get(), certificate());
  SSL_CTX_use_PrivateKey(server.ctx.get(), key());
  SSL_CTX_set_session_id_context(server.ctx.get(), reinterpret_cast<const unsigned char*>("s"), 1);
  open(client);
  open(server);
  BIO *left = nullptr, *right = nullptr;
  BIO_new_bio_pair(&left, 65536, &right, 65536);
  SSL_set_bio(client.ssl.get(), left, left);
  SSL_set_bio(server.ssl.get(), right, right);
  SSL_set_connect_state(client.ssl.get());
  SSL_set_accept_state(server.ssl.get());
}

TwoSides& TwoSides::establish() {
  for (int i = 0; i < 6; ++i) {
    SSL_do_handshake(client.ssl.get());
    SSL_do_handshake(server.ssl.get());
  }
  line(title_ + " established",
       SSL_is_init_finished(client.ssl.get()) == 1 && SSL_is_init_finished(server.ssl.get()) == 1);
  client.events.clear();
  server.events.clear();
  return *this;
}

void TwoSides::call(Side& side, const std::string& what, const std::function<int(SSL*)>& function) {
  ERR_clear_error();
  SSL* ssl = side.ssl.get();
  if (std::string(SSL_state_string(ssl)) == "SSLERR") return;
  const int result = function(ssl);
  const int error = SSL_get_error(ssl, result);
  line(title_ + " " + side.name + " " + what, std::to_string(result) + "/" + std::to_string(error));
  show(side);
}

void TwoSides::show(Side& side) {
  SSL* ssl = side.ssl.get();
  const std::string what = title_ + " " + side.name;
  line(what + " events", side.events);
  side.events.clear();
  line(what + " state", std::string(SSL_state_string(ssl)) + " in_init " +
                            std::to_string(SSL_in_init(ssl)) + " pending " +
                            std::to_string(SSL_renegotiate_pending(ssl)) + " count " +
                            std::to_string(SSL_num_renegotiations(ssl)) + "/" +
                            std::to_string(SSL_total_renegotiations(ssl)) + " secure " +
                            std::to_string(SSL_get_secure_renegotiation_support(ssl)) + " reused " +
                            std::to_string(SSL_session_reused(ssl)) + " peer " +
                            std::to_string(SSL_get0_peer_certificate(ssl) != nullptr));
}

void TwoSides::statistics() {
  line(title_ + " connects",
       std::to_string(SSL_CTX_sess_connect(client.ctx.get())) + "/" +
           std::to_string(SSL_CTX_sess_connect_good(client.ctx.get())) + "/" +
           std::to_string(SSL_CTX_sess_connect_renegotiate(client.ctx.get())));
  line(title_ + " accepts", std::to_string(SSL_CTX_sess_accept(server.ctx.get())) + "/" +
                                std::to_string(SSL_CTX_sess_accept_good(server.ctx.get())));
}

void TwoSides::make(Side& side, const char* name, const SSL_METHOD* method, int version) {
  side.name = name;
  side.ctx.reset(SSL_CTX_new(method));
  SSL_CTX_set_max_proto_version(side.ctx.get(), version);
  SSL_CTX_set_info_callback(side.ctx.get(), on_info);
}

void TwoSides::open(Side& side) {
  side.ssl.reset(SSL_new(side.ctx.get()));
  SSL_set_app_data(side.ssl.get(), &side);
}

}  // namespace abi
