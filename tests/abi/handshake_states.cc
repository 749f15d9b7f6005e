// The info callback: each step of every kind of handshake, with the state that a program sees then;
// the same state inside all other callbacks; and the alerts that both hear of.
#include <string>
#include <utility>

#include "connections.h"

namespace {

using abi::Connection;
using abi::Context;
using abi::line;
using abi::Pair;

const char* name_of(int where) {
  switch (where) {
    case SSL_CB_HANDSHAKE_START: return "start";
    case SSL_CB_HANDSHAKE_DONE: return "done";
    case SSL_CB_ACCEPT_LOOP:
    case SSL_CB_CONNECT_LOOP: return "loop";
    case SSL_CB_ACCEPT_EXIT:
    case SSL_CB_CONNECT_EXIT: return "exit";
    case SSL_CB_READ_ALERT: return "read alert";
    case SSL_CB_WRITE_ALERT: return "write alert";
    default: return "?";
  }
}

std::string state_of(const SSL* ssl) {
  return std::string(SSL_state_string(ssl)) + (SSL_in_init(ssl) ? "" : " not in init");
}

void on_info(const SSL* ssl, int where, int result) {
  const std::string side = SSL_is_server(ssl) ? "  server " : "  client ";
  line(side + name_of(where), state_of(ssl) + " " + std::to_string(result));
}

void on_message(int written, int, int type, const void* data, std::size_t size, SSL* ssl, void*) {
  const bool shown =
      type == SSL3_RT_HANDSHAKE || type == SSL3_RT_CHANGE_CIPHER_SPEC || type == SSL3_RT_ALERT;
  if (!shown || size == 0) return;
  const std::string side = SSL_is_server(ssl) ? "  server " : "  client ";
  const int first = static_cast<const unsigned char*>(data)[0];
  line(side + (written ? "writes " : "reads ") + std::to_string(type) + "/" + std::to_string(first),
       state_of(ssl));
}

int on_certificate(SSL* ssl, void*) {
  line(SSL_is_server(ssl) ? "  server certificate" : "  client certificate", state_of(ssl));
  return 1;
}

bool asked_before = false;  // by the callbacks that ask to be asked again

int on_certificate_twice(SSL* ssl, void*) {
  line(SSL_is_server(ssl) ? "  server certificate" : "  client certificate", state_of(ssl));
  return std::exchange(asked_before, true) ? 1 : -1;
}

int on_old_certificate(SSL* ssl, X509**, EVP_PKEY**) {
  line("  client's old callback", state_of(ssl));
  return std::exchange(asked_before, true) ? 0 : -1;
}

int on_hello_twice(SSL* ssl, int*, void*) {
  line("  hello", state_of(ssl));
  return std::exchange(asked_before, true) ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_RETRY;
}

int on_chain_twice(X509_STORE_CTX* store, void*) {
  SSL* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  line("  chain", state_of(ssl));
  if (!std::exchange(asked_before, true)) SSL_set_retry_verify(ssl);
  return asked_before ? 1 : 0;
}

int on_switching_name(SSL* ssl, int*, void* other) {
  line("  name", state_of(ssl));
  SSL_set_SSL_CTX(ssl, static_cast<SSL_CTX*>(other));
  return SSL_TLSEXT_ERR_OK;
}

void on_key(const SSL* ssl, const char* text) {
  const std::string label = std::string(text).substr(0, std::string(text).find(' '));
  line((SSL_is_server(ssl) ? "  server " : "  client ") + label, state_of(ssl));
}

int on_ticket_made(SSL* ssl, void*) {
  line("  ticket made", state_of(ssl));
  return 1;
}

SSL_TICKET_RETURN on_ticket_read(SSL* ssl, SSL_SESSION*, const unsigned char*, std::size_t,
                                 SSL_TICKET_STATUS status, void*) {
  line("  ticket read", state_of(ssl));
  return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_IGNORE;
}

int on_status(SSL* ssl, void*) {
  line(SSL_is_server(ssl) ? "  server status" : "  client status", state_of(ssl));
  return SSL_is_server(ssl) ? SSL_TLSEXT_ERR_NOACK : 1;
}

void on_removal(SSL_CTX*, SSL_SESSION*) { line("  session removed", "yes"); }

int on_alpn(SSL* ssl, const unsigned char** out, unsigned char* size, const unsigned char* in,
            unsigned int, void*) {
  line("  ALPN", state_of(ssl));
  *out = in + 1;
  *size = in[0];
  return SSL_TLSEXT_ERR_OK;
}

int on_name(SSL* ssl, int*, void*) {
  line("  name", state_of(ssl));
  return SSL_TLSEXT_ERR_OK;
}

int on_hello(SSL* ssl, int*, void*) {
  line("  hello", state_of(ssl));
  return SSL_CLIENT_HELLO_SUCCESS;
}

int on_verify(int, X509_STORE_CTX* store) {
  const SSL* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  line(SSL_is_server(ssl) ? "  server verifies" : "  client verifies", state_of(ssl));
  return 1;
}

int on_session(SSL* ssl, SSL_SESSION*) {
  line(SSL_is_server(ssl) ? "  server session" : "  client session", state_of(ssl));
  return 0;
}

struct Scene {
  explicit Scene(int version)
      : client(abi::make_client(version)), server(abi::make_server(version)) {
    for (SSL_CTX* ctx : {client.get(), server.get()}) {
      SSL_CTX_set_info_callback(ctx, on_info);
      SSL_CTX_set_msg_callback(ctx, on_message);
      SSL_CTX_set_cert_cb(ctx, on_certificate, nullptr);
      SSL_CTX_sess_set_new_cb(ctx, on_session);
      SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_BOTH);
    }
    SSL_CTX_set_verify(client.get(), SSL_VERIFY_PEER, on_verify);
    SSL_CTX_set_tlsext_servername_callback(server.get(), on_name);
    SSL_CTX_set_client_hello_cb(server.get(), on_hello, nullptr);
  }

  SSL_SESSION* play(const std::string& title, SSL_SESSION* session = nullptr) {
    Pair pair(client.get(), server.get());
    SSL_set_tlsext_host_name(pair.client.get(), "host");
    if (session != nullptr) SSL_set_session(pair.client.get(), session);
    pair.handshake(title);
    line(title + " resumed", SSL_session_reused(pair.client.get()));
    pair.read_both();
    line(title + " ends", state_of(pair.client.get()) + ", " + state_of(pair.server.get()));
    return SSL_get1_session(pair.client.get());
  }

  Context client, server;
};

const int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

std::string titled(const char* what, int version) {
  return std::string(what) + (version == TLS1_3_VERSION ? " 1.3" : " 1.2");
}

void full_and_resumed() {
  for (const int version : kVersions) {
    Scene scene(version);
    SSL_SESSION* session = scene.play(titled("full", version));
    SSL_SESSION_free(scene.play(titled("resumed", version), session));
    SSL_SESSION_free(session);
  }
}

void by_id() {
  for (const int version : kVersions) {
    Scene scene(version);
    SSL_CTX_set_options(scene.server.get(), SSL_OP_NO_TICKET);
    SSL_SESSION* session = scene.play(titled("without tickets", version));
    SSL_SESSION_free(scene.play(titled("by id", version), session));
    SSL_SESSION_free(session);
  }
}

void client_certificate() {
  for (const int version : kVersions) {
    for (const bool has : {true, false}) {
      Scene scene(version);
      SSL_CTX_set_verify(scene.server.get(), SSL_VERIFY_PEER, on_verify);
      if (has) {
        SSL_CTX_use_certificate(scene.client.get(), abi::certificate());
        SSL_CTX_use_PrivateKey(scene.client.get(), abi::key());
      }
      SSL_SESSION_free(scene.play(titled(has ? "certificate" : "no certificate", version)));
    }
  }
}

void without_compat() {
  Scene scene(TLS1_3_VERSION);
  for (SSL_CTX* ctx : {scene.client.get(), scene.server.get()}) {
    SSL_CTX_clear_options(ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
  }
  SSL_SESSION_free(scene.play("without middlebox compatibility"));
}

void alpn() {
  for (const int version : kVersions) {
    Scene scene(version);
    SSL_CTX_set_alpn_protos(scene.client.get(), reinterpret_cast<const unsigned char*>("\1y"), 2);
    SSL_CTX_set_alpn_select_cb(scene.server.get(), on_alpn, nullptr);
    SSL_SESSION_free(scene.play(titled("ALPN", version)));
  }
}

void failures() {
  for (const int version : kVersions) {
    Scene nobody(version);
    SSL_CTX_set_verify(nobody.server.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       on_verify);
    SSL_SESSION_free(nobody.play(titled("demanded", version)));
    Scene strict(version);
    SSL_CTX_set_verify(strict.client.get(), SSL_VERIFY_PEER, nullptr);
    // docs/DIFFERENCES.md: a ChangeCipherSpec goes before a client's alert.
    SSL_CTX_clear_options(strict.client.get(), SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_SESSION_free(strict.play(titled("unknown authority", version)));
    Scene apart(version);
    SSL_CTX_set1_groups_list(apart.server.get(), "P-384");
    SSL_CTX_set1_groups_list(apart.client.get(), "P-256");
    SSL_SESSION_free(apart.play(titled("no group", version)));
  }
  Scene older(TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(older.server.get(), TLS1_3_VERSION);
  SSL_CTX_set_min_proto_version(older.server.get(), TLS1_3_VERSION);
  SSL_SESSION_free(older.play("no version"));
}

void renegotiation() {
  for (const bool by_server : {true, false}) {
    Scene scene(TLS1_2_VERSION);
    SSL_CTX_set_options(scene.server.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    Pair pair(scene.client.get(), scene.server.get());
    pair.handshake("before");
    SSL* first = by_server ? pair.server.get() : pair.client.get();
    line(by_server ? "server renegotiates" : "client renegotiates", SSL_renegotiate(first));
    line("do_handshake", SSL_do_handshake(first));
    for (int i = 0; i < 4; ++i) pair.read_both();
    line("renegotiated", SSL_total_renegotiations(first));
  }
}

void late_authentication() {
  Scene scene(TLS1_3_VERSION);
  SSL_CTX_set_post_handshake_auth(scene.client.get(), 1);
  SSL_CTX_use_certificate(scene.client.get(), abi::certificate());
  SSL_CTX_use_PrivateKey(scene.client.get(), abi::key());
  Pair pair(scene.client.get(), scene.server.get());
  pair.handshake("before late authentication");
  pair.read_both();
  SSL_set_verify(pair.server.get(), SSL_VERIFY_PEER, on_verify);
  line("request", SSL_verify_client_post_handshake(pair.server.get()));
  line("asks", SSL_do_handshake(pair.server.get()));
  for (int i = 0; i < 3; ++i) pair.read_both();
}

void key_update() {
  for (const int kind : {SSL_KEY_UPDATE_NOT_REQUESTED, SSL_KEY_UPDATE_REQUESTED}) {
    Scene scene(TLS1_3_VERSION);
    Pair pair(scene.client.get(), scene.server.get());
    pair.handshake("before a key update");
    pair.read_both();
    line("update", SSL_key_update(pair.client.get(), kind));
    line("go", SSL_do_handshake(pair.client.get()));
    for (int i = 0; i < 2; ++i) pair.read_both();
  }
}

void answered_key_update() {
  Scene scene(TLS1_3_VERSION);
  for (const bool by_server : {true, false}) {
    Pair pair(scene.client.get(), scene.server.get());
    pair.handshake("before an answer");
    pair.read_both();
    SSL* first = by_server ? pair.server.get() : pair.client.get();
    SSL* second = by_server ? pair.client.get() : pair.server.get();
    line("update", SSL_key_update(first, SSL_KEY_UPDATE_REQUESTED));
    line("with data", SSL_write(first, "x", 1));
    for (int i = 0; i < 2; ++i) pair.read_both();
    line("answer", SSL_write(second, "x", 1));
    for (int i = 0; i < 2; ++i) pair.read_both();
  }
}

void tickets() {
  for (const int number : {0, 1, 3}) {
    Scene scene(TLS1_3_VERSION);
    SSL_CTX_set_num_tickets(scene.server.get(), number);
    SSL_CTX_set_session_ticket_cb(scene.server.get(), on_ticket_made, on_ticket_read, nullptr);
    Pair pair(scene.client.get(), scene.server.get());
    pair.handshake(std::to_string(number) + " tickets");
    pair.read_both();
    for (int i = 0; i < 2; ++i) line("one more", SSL_new_session_ticket(pair.server.get()));
    line("wanted", state_of(pair.server.get()));
    line("goes", SSL_do_handshake(pair.server.get()));
    for (int i = 0; i < 2; ++i) pair.read_both();
  }
}

void refused_renegotiation() {
  for (const bool by_server : {true, false}) {
    Scene scene(TLS1_2_VERSION);
    SSL_CTX_set_options(by_server ? scene.client.get() : scene.server.get(),
                        SSL_OP_NO_RENEGOTIATION);
    Pair pair(scene.client.get(), scene.server.get());
    pair.handshake("before a refusal");
    SSL* first = by_server ? pair.server.get() : pair.client.get();
    line("asks", SSL_renegotiate(first));
    line("do_handshake", SSL_do_handshake(first));
    for (int i = 0; i < 2; ++i) pair.read_both();
    line("count", SSL_CTX_sess_connect_renegotiate(scene.client.get()));
    line("count", SSL_CTX_sess_accept_renegotiate(scene.server.get()));
  }
}

void other_callbacks() {
  for (const int version : kVersions) {
    Scene scene(version);
    SSL_CTX_set_tlsext_status_type(scene.client.get(), TLSEXT_STATUSTYPE_ocsp);
    SSL_CTX_set_session_ticket_cb(scene.server.get(), on_ticket_made, on_ticket_read, nullptr);
    // docs/DIFFERENCES.md: in TLS 1.3 the name comes before the ticket.
    SSL_CTX_set_tlsext_servername_callback(scene.server.get(), nullptr);
    for (SSL_CTX* ctx : {scene.client.get(), scene.server.get()}) {
      SSL_CTX_set_keylog_callback(ctx, on_key);
      SSL_CTX_set_tlsext_status_cb(ctx, on_status);
      SSL_CTX_sess_set_remove_cb(ctx, on_removal);
    }
    SSL_SESSION* session = scene.play(titled("callbacks", version));
    SSL_SESSION_free(scene.play(titled("callbacks resumed", version), session));
    SSL_SESSION_free(session);
  }
}

void switched_context() {
  for (const int version : kVersions) {
    Scene scene(version), other(version);
    SSL_CTX_set_tlsext_servername_callback(scene.server.get(), on_switching_name);
    SSL_CTX_set_tlsext_servername_arg(scene.server.get(), other.server.get());
    SSL_CTX_set_info_callback(other.server.get(), nullptr);
    SSL_SESSION_free(scene.play(titled("switched", version)));
  }
}

// Callbacks that are asked again; Pair::handshake() would take them for failures.
void play_suspended(const Scene& scene, const std::string& title) {
  asked_before = false;
  Pair pair(scene.client.get(), scene.server.get());
  for (int i = 0; i < 4; ++i) {
    for (SSL* ssl : {pair.client.get(), pair.server.get()}) {
      const int result = SSL_do_handshake(ssl);
      line(title, SSL_get_error(ssl, result));
    }
  }
  line(title + " ends", state_of(pair.client.get()) + ", " + state_of(pair.server.get()));
}

void suspended() {
  for (const int version : kVersions) {
    Scene hello(version);
    SSL_CTX_set_client_hello_cb(hello.server.get(), on_hello_twice, nullptr);
    play_suspended(hello, titled("hello again", version));
    Scene server(version);
    SSL_CTX_set_cert_cb(server.server.get(), on_certificate_twice, nullptr);
    play_suspended(server, titled("server certificate again", version));
    Scene client(version);
    SSL_CTX_set_verify(client.server.get(), SSL_VERIFY_PEER, on_verify);
    SSL_CTX_set_cert_cb(client.client.get(), on_certificate_twice, nullptr);
    play_suspended(client, titled("client certificate again", version));
    Scene old(version);
    SSL_CTX_set_verify(old.server.get(), SSL_VERIFY_PEER, on_verify);
    SSL_CTX_set_client_cert_cb(old.client.get(), on_old_certificate);
    play_suspended(old, titled("old callback again", version));
    Scene chain(version);
    SSL_CTX_set_cert_verify_callback(chain.client.get(), on_chain_twice, nullptr);
    play_suspended(chain, titled("chain again", version));
  }
}

void closing() {
  for (const int version : kVersions) {
    for (const int quiet : {0, 1}) {
      Scene scene(version);
      Pair pair(scene.client.get(), scene.server.get());
      pair.handshake(titled("to be closed", version));
      pair.read_both();
      SSL_set_quiet_shutdown(pair.client.get(), quiet);
      line("close", SSL_shutdown(pair.client.get()));
      pair.read_both();
      line("closed", SSL_shutdown(pair.server.get()));
      line("close again", SSL_shutdown(pair.client.get()));
      line("closed", state_of(pair.client.get()) + ", " + state_of(pair.server.get()));
    }
  }
}

void early_data() {
  for (const bool taken : {true, false}) {
    Scene scene(TLS1_3_VERSION);
    SSL_CTX_set_max_early_data(scene.server.get(), 1000);
    SSL_SESSION* session = scene.play("before early data");
    Pair pair(scene.client.get(), scene.server.get());
    SSL_set_tlsext_host_name(pair.client.get(), "host");
    SSL_set_session(pair.client.get(), session);
    std::size_t done = 0;
    line("write early", SSL_write_early_data(pair.client.get(), "early", 5, &done));
    char text[16] = {};
    if (taken) {
      line("read early", SSL_read_early_data(pair.server.get(), text, sizeof text, &done));
    }
    pair.handshake("with early data");
    if (taken) {
      line("read end", SSL_read_early_data(pair.server.get(), text, sizeof text, &done));
      pair.handshake("after early data");
    }
    line("status", SSL_get_early_data_status(pair.client.get()));
    pair.read_both();
    SSL_SESSION_free(session);
  }
}

void retry() {
  Scene scene(TLS1_3_VERSION);
  SSL_CTX_set_cert_cb(scene.server.get(), nullptr, nullptr);  // docs/DIFFERENCES.md: asked once
  SSL_CTX_set_alpn_protos(scene.client.get(), reinterpret_cast<const unsigned char*>("\1y"), 2);
  SSL_CTX_set_alpn_select_cb(scene.server.get(), on_alpn, nullptr);
  SSL_CTX_set1_groups_list(scene.server.get(), "P-256");
  SSL_SESSION_free(scene.play("retry"));
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  full_and_resumed();
  by_id();
  client_certificate();
  without_compat();
  alpn();
  failures();
  renegotiation();
  late_authentication();
  key_update();
  answered_key_update();
  tickets();
  refused_renegotiation();
  other_callbacks();
  switched_context();
  suspended();
  closing();
  early_data();
  retry();
  return 0;
}
