#include "trial.h"

#include <algorithm>

namespace abi {
namespace {

Watch& watch_of(const SSL* ssl) { return *static_cast<Watch*>(SSL_get_app_data(ssl)); }

void on_message(int sent, int, int type, const void* bytes, std::size_t size, SSL* ssl, void*) {
  if (sent == 0 || SSL_get_app_data(ssl) == nullptr) return;
  Watch& watch = watch_of(ssl);
  const std::string text(static_cast<const char*>(bytes), size);
  if (type == SSL3_RT_HANDSHAKE) {
    watch.messages += " " + std::to_string(text[0]);
    if (text[0] == SSL3_MT_CLIENT_HELLO || text[0] == SSL3_MT_SERVER_HELLO) watch.hello = text;
  }
  if (type == SSL3_RT_CHANGE_CIPHER_SPEC) watch.messages += " ccs";
  if (type == SSL3_RT_HEADER && text[0] == SSL3_RT_APPLICATION_DATA) {
    watch.records.push_back(static_cast<std::size_t>(static_cast<unsigned char>(text[3])) << 8 |
                            static_cast<unsigned char>(text[4]));
  }
}

void on_info(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_ALERT) == 0 || SSL_get_app_data(ssl) == nullptr) return;
  watch_of(ssl).alerts += alert_text(where, value);
}

void watch(SSL_CTX* ctx) {
  SSL_CTX_set_msg_callback(ctx, on_message);
  SSL_CTX_set_info_callback(ctx, on_info);
}

// Behind legacy_version and random; empty when it ends before.
std::string from_session_id(const std::string& hello) {
  constexpr std::size_t kBefore = SSL3_HM_HEADER_LENGTH + 2 + SSL3_RANDOM_SIZE;
  return hello.size() > kBefore ? hello.substr(kBefore) : std::string();
}

std::size_t number_at(const std::string& bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes.at(at))) << 8 |
         static_cast<unsigned char>(bytes.at(at + 1));
}

}  // namespace

EVP_PKEY* rsa_key() {
  static const Key kKey(EVP_RSA_gen(2048));
  return kKey.get();
}

X509* rsa_certificate() {
  static const Certificate kCertificate = make_certificate(rsa_key());
  return kCertificate.get();
}

Trial::Trial(std::string title, int version, bool rsa) : title_(std::move(title)) {
  client_ctx_ = make_client(version);
  server_ctx_ = make_server(version);
  if (rsa) {
    server_ctx_ = make_context(TLS_server_method(), version);
    SSL_CTX_use_certificate(server_ctx_.get(), rsa_certificate());
    SSL_CTX_use_PrivateKey(server_ctx_.get(), rsa_key());
  }
  watch(client_ctx_.get());
  watch(server_ctx_.get());
}

Pair& Trial::pair() {
  if (pair_ == nullptr) {
    pair_ = std::make_unique<Pair>(client_ctx_.get(), server_ctx_.get());
    SSL_set_app_data(pair_->client.get(), &watches_[0]);
    SSL_set_app_data(pair_->server.get(), &watches_[1]);
  }
  return *pair_;
}

bool Trial::shake() {
  const bool done = pair().handshake(title_);
  if (done) pair().read_both();
  // Where a handshake that fails stands when its alert leaves is not what is looked at.
  show("client", (done ? watches_[0].messages : "") + watches_[0].alerts);
  show("server", (done ? watches_[1].messages : "") + watches_[1].alerts);
  if (!done) return false;
  SSL* const client = pair().client.get();
  SSL* const server = pair().server.get();
  int nid = 0;
  SSL_get_peer_signature_nid(client, &nid);
  show("agreed", std::string(SSL_get_version(client)) + " " + SSL_get_cipher(client) + " group " +
                     std::to_string(SSL_get_negotiated_group(server)) + " signature " +
                     std::to_string(nid) + " extms " +
                     std::to_string(SSL_get_extms_support(server)) + " reused " +
                     std::to_string(SSL_session_reused(client)) + " chain " +
                     std::to_string(sk_X509_num(SSL_get_peer_cert_chain(client))));
  return true;
}

Setting option(End end, std::uint64_t bits) {
  return {end, [bits](SSL_CTX* ctx) { SSL_CTX_set_options(ctx, bits); },
          [bits](SSL* ssl) { SSL_set_options(ssl, bits); }};
}

Setting cleared_option(End end, std::uint64_t bits) {
  return {end, [bits](SSL_CTX* ctx) { SSL_CTX_clear_options(ctx, bits); },
          [bits](SSL* ssl) { SSL_clear_options(ssl, bits); }};
}

Setting mode(End end, unsigned bits) {
  return {end, [bits](SSL_CTX* ctx) { SSL_CTX_set_mode(ctx, bits); },
          [bits](SSL* ssl) { SSL_set_mode(ssl, bits); }};
}

void try_setting(const std::string& title, const Scene& scene, const Setting& setting) {
  const bool client = setting.end == End::client;
  for (const char* form : {" not set", " on context", " on connection"}) {
    const bool on_context = form == std::string(" on context");
    const bool on_connection = form == std::string(" on connection");
    if ((on_context && !setting.on_context) || (on_connection && !setting.on_connection)) continue;
    Trial trial(title + form, scene.version, scene.rsa);
    if (scene.before) scene.before(trial);
    if (on_context) setting.on_context(client ? trial.client_ctx() : trial.server_ctx());
    if (on_connection) setting.on_connection(client ? trial.client() : trial.server());
    if (trial.shake() && scene.after) scene.after(trial);
  }
}

std::vector<int> extensions_in_order(const std::string& hello) {
  std::vector<int> found;
  std::string rest = from_session_id(hello);
  if (rest.empty()) return found;
  std::size_t at = 1 + static_cast<unsigned char>(rest[0]);
  if (hello[0] == SSL3_MT_CLIENT_HELLO) {
    at += 2 + number_at(rest, at);
    at += 1 + static_cast<unsigned char>(rest.at(at));
  } else {
    at += 3;
  }
  for (at += 2; at + 4 <= rest.size(); at += 4 + number_at(rest, at + 2)) {
    found.push_back(static_cast<int>(number_at(rest, at)));
  }
  return found;
}

std::vector<int> extensions_of(const std::string& hello) {
  std::vector<int> found = extensions_in_order(hello);
  std::sort(found.begin(), found.end());
  return found;
}

std::size_t session_id_size(const std::string& hello) {
  const std::string rest = from_session_id(hello);
  return rest.empty() ? 0 : static_cast<unsigned char>(rest[0]);
}

std::string random_of(const std::string& hello) {
  return hello.size() < 38 ? std::string() : hello.substr(SSL3_HM_HEADER_LENGTH + 2, 32);
}

}  // namespace abi
