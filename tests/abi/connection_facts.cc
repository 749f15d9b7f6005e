// What a connection says of itself before, during and after a handshake, and what failed calls
// leave alone: found by tests/differential.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstring>
#include <string>

#include "connections.h"

namespace {

using namespace abi;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION, 0};

std::string title(const char* what, int version) {
  return std::string(what) + " " + std::to_string(version);
}

void show_versions(const std::string& what, SSL* ssl) {
  line(what + " version", SSL_version(ssl));
  line(what + " name", SSL_get_version(ssl));
  line(what + " client's version", SSL_client_version(ssl));
}

// A client's is the highest one that it offers as soon as it has offered it.
void versions() {
  for (const int version : kVersions) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    Pair pair(client_ctx.get(), server_ctx.get());
    const std::string name = title("versions", version);
    show_versions(name + " client before", pair.client.get());
    line(name + " server before", SSL_version(pair.server.get()));
    SSL_do_handshake(pair.client.get());
    show_versions(name + " client's hello", pair.client.get());
    pair.handshake(name);
    show_versions(name + " client after", pair.client.get());
    show_versions(name + " server after", pair.server.get());
  }
}

// Of a client whose hello is answered by a record that has no place there: that record's.
void version_of_a_stray_record() {
  for (const int version : kVersions) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(0);
    Pair pair(client_ctx.get(), server_ctx.get());
    SSL_do_handshake(pair.client.get());
    const char data[] = "\x17\x03\x02\x00\x01x";
    BIO_write(SSL_get_wbio(pair.server.get()), data, sizeof data - 1);
    const std::string name = title("stray record", version);
    line(name, SSL_do_handshake(pair.client.get()));
    show_versions(name, pair.client.get());
  }
}

// A method that is set on a connection is undone when the handshake begins.
void methods_of_a_connection() {
  const Context client_ctx = make_client(0);
  const Context server_ctx = make_server(0);
  Pair pair(client_ctx.get(), server_ctx.get());
  for (SSL* ssl : {pair.client.get(), pair.server.get()}) {
    line("method", SSL_set_ssl_method(ssl, TLSv1_2_method()));
    line("method's version", SSL_version(ssl));
  }
  pair.handshake("methods");
  line("method's connection", SSL_get_version(pair.client.get()));
  SSL_set_ssl_method(pair.client.get(), TLSv1_2_method());
  SSL_clear(pair.client.get());
  line("method is the context's again",
       SSL_get_ssl_method(pair.client.get()) == TLS_client_method());
}

// What a hello has said is said, whatever is set behind it.
void versions_taken_away() {
  const Context client_ctx = make_client(TLS1_2_VERSION);
  const Context server_ctx = make_server(TLS1_2_VERSION);
  Pair pair(client_ctx.get(), server_ctx.get());
  SSL_do_handshake(pair.client.get());
  SSL_set_options(pair.client.get(), SSL_OP_NO_TLSv1_2);
  show_versions("taken away", pair.client.get());
}

void counts() {
  const Context client_ctx = make_client(TLS1_3_VERSION);
  const Context server_ctx = make_server(TLS1_3_VERSION);
  Pair pair(client_ctx.get(), server_ctx.get());
  char data[8] = {};
  size_t count = 77;
  line("read_ex too early", SSL_read_ex(pair.client.get(), data, sizeof data, &count));
  line("read_ex too early count", count);
  line("peek_ex too early", SSL_peek_ex(pair.client.get(), data, sizeof data, &count));
  line("peek_ex too early count", count);
  line("write_ex too early", SSL_write_ex(pair.client.get(), data, sizeof data, &count));
  line("write_ex too early count", count);
  pair.handshake("counts");
  pair.read_both();
  count = 77;
  line("read_ex of nothing", SSL_read_ex(pair.server.get(), data, sizeof data, &count));
  line("read_ex of nothing count", count);
  line("write_ex", SSL_write_ex(pair.client.get(), data, sizeof data, &count));
  line("write_ex count", count);
  line("read_ex", SSL_read_ex(pair.server.get(), data, 5, &count));
  line("read_ex count", count);
}

void key_updates() {
  const Context client_ctx = make_client(0);
  const Context server_ctx = make_server(0);
  Pair pair(client_ctx.get(), server_ctx.get());
  for (const int type : {SSL_KEY_UPDATE_NOT_REQUESTED, SSL_KEY_UPDATE_REQUESTED, 2}) {
    line("key_update before", SSL_key_update(pair.client.get(), type));
  }
  SSL_do_handshake(pair.client.get());
  line("key_update midway", SSL_key_update(pair.client.get(), SSL_KEY_UPDATE_REQUESTED));
  pair.handshake("key_updates");
  line("key_update", SSL_key_update(pair.server.get(), SSL_KEY_UPDATE_REQUESTED));
  SSL_do_handshake(pair.server.get());
  pair.read_both();
  line("answer to be sent", SSL_get_key_update_type(pair.client.get()));
  line("write", SSL_write(pair.client.get(), "x", 1));
  line("nothing to be sent", SSL_get_key_update_type(pair.client.get()));
}

void show_key(const SSL* ssl, const char* text) {
  line(SSL_is_server(ssl) == 1 ? "server's key log" : "client's key log",
       std::string(text, std::strcspn(text, " ")));
}

// The answer to a KeyUpdate goes with the next thing that is sent, and before anything is read.
void answers_to_key_updates() {
  const Context client_ctx = make_client(TLS1_3_VERSION);
  const Context server_ctx = make_server(TLS1_3_VERSION);
  Pair pair(client_ctx.get(), server_ctx.get());
  pair.handshake("answers");
  pair.read_both();
  SSL_CTX_set_keylog_callback(client_ctx.get(), show_key);
  SSL_CTX_set_keylog_callback(server_ctx.get(), show_key);
  SSL* client = pair.client.get();
  SSL* server = pair.server.get();
  const auto ask = [](SSL* one, SSL* other) {
    char byte = 0;
    line("key_update", SSL_key_update(one, SSL_KEY_UPDATE_REQUESTED));
    line("sent", SSL_do_handshake(one));
    line("read", SSL_read(other, &byte, 1));
    line("owed", SSL_get_key_update_type(other));
  };
  ask(client, server);
  line("write of nothing", SSL_write(server, "", 0));
  line("no longer owed", SSL_get_key_update_type(server));
  ask(client, server);
  line("ticket", SSL_new_session_ticket(server));
  line("ticket sent", SSL_do_handshake(server));
  line("no longer owed", SSL_get_key_update_type(server));
  pair.read_both();
  ask(server, client);
  line("ticket behind it", SSL_new_session_ticket(server));
  line("sent", SSL_do_handshake(server));
  pair.read_both();
  line("no longer owed", SSL_get_key_update_type(client));
}

void lists() {
  for (const int version : kVersions) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    SSL_CTX_set_verify(server_ctx.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cipher_list(client_ctx.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_cipher_list(server_ctx.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
    Pair pair(client_ctx.get(), server_ctx.get());
    const std::string name = title("lists", version);
    pair.handshake(name);
    char text[512];
    for (const int size : {1, 2, 5, 23, 30, 512}) {
      line(name + " shared ciphers in " + std::to_string(size),
           SSL_get_shared_ciphers(pair.server.get(), text, size));
    }
    for (SSL* ssl : {pair.client.get(), pair.server.get()}) {
      line(name + " shared sigalgs",
           SSL_get_shared_sigalgs(ssl, 0, nullptr, nullptr, nullptr, nullptr, nullptr));
      STACK_OF(SSL_CIPHER)* supported = SSL_get1_supported_ciphers(ssl);
      line(name + " supported", sk_SSL_CIPHER_num(supported));
      sk_SSL_CIPHER_free(supported);
    }
  }
}

// SSL_want after the end of a handshake, and over a new beginning.
void wants() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(TLS1_2_VERSION + TLS1_3_VERSION - version);
    Pair pair(client_ctx.get(), server_ctx.get());
    const std::string name = title("wants", version);
    pair.handshake(name);
    line(name + " after an alert", SSL_want(pair.client.get()));
    line(name + " after a failure", SSL_want(pair.server.get()));
    line(name + " version of a failure", SSL_get_version(pair.server.get()));
  }
  const Context client_ctx = make_client(TLS1_2_VERSION);
  const Context server_ctx = make_server(TLS1_2_VERSION);
  Pair pair(client_ctx.get(), server_ctx.get());
  SSL_do_handshake(pair.server.get());
  line("want", SSL_want(pair.server.get()));
  SSL_set_accept_state(pair.server.get());
  line("want in a new role", SSL_want(pair.server.get()));
  SSL_clear(pair.server.get());
  line("want when cleared", SSL_want(pair.server.get()));
}

int asked = 0;

int on_name(SSL* ssl, int* alert, void* answer) {
  asked += 1;
  line("name callback: server " + std::to_string(SSL_is_server(ssl)) + " alert",
       std::to_string(*alert));
  return *static_cast<int*>(answer);
}

// The callback is asked on the client's side, too.
void names() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (int answer : {SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_ALERT_WARNING, SSL_TLSEXT_ERR_ALERT_FATAL,
                       SSL_TLSEXT_ERR_NOACK}) {
      const Context client_ctx = make_client(version);
      const Context server_ctx = make_server(version);
      SSL_CTX_set_tlsext_servername_callback(client_ctx.get(), on_name);
      SSL_CTX_set_tlsext_servername_arg(client_ctx.get(), &answer);
      Pair pair(client_ctx.get(), server_ctx.get());
      SSL_set_tlsext_host_name(pair.client.get(), "example.com");
      const std::string name = title("names", version) + " answer " + std::to_string(answer);
      asked = 0;
      pair.handshake(name);
      line(name + " asked", asked);
    }
  }
}

// A server without a certificate for TLS 1.3, or without any, chooses TLS 1.2.
void certificates_of_tls12() {
  for (const char* curve : {"brainpoolP256r1", "secp256k1", "P-384", ""}) {
    const Context client_ctx(SSL_CTX_new(TLS_client_method()));
    const Context server_ctx(SSL_CTX_new(TLS_server_method()));
    if (*curve != '\0') {
      use_certificate_for(server_ctx.get(), Key(EVP_EC_gen(curve)).get());
      const std::string groups = std::string("P-256:") + curve;
      SSL_CTX_set1_groups_list(client_ctx.get(), groups.c_str());
      SSL_CTX_set1_groups_list(server_ctx.get(), groups.c_str());
    }
    Pair pair(client_ctx.get(), server_ctx.get());
    const std::string name = std::string("certificate of ") + curve;
    pair.handshake(name);
    line(name + " version", SSL_get_version(pair.server.get()));
  }
}

// What a client offered is forgotten where a session is resumed: suites and groups in TLS 1.2.
void clients_suites() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    Session session;
    for (int round = 0; round < 2; ++round) {
      Pair pair(client_ctx.get(), server_ctx.get());
      if (session) SSL_set_session(pair.client.get(), session.get());
      const std::string name = title("suites", version) + " round " + std::to_string(round);
      pair.handshake(name);
      pair.read_both();
      line(name + " reused", SSL_session_reused(pair.server.get()));
      line(name + " known", SSL_get_client_ciphers(pair.server.get()) != nullptr);
      line(name + " sigalgs",
           SSL_get_sigalgs(pair.server.get(), 0, nullptr, nullptr, nullptr, nullptr, nullptr) > 0);
      line(name + " groups", SSL_get_shared_group(pair.server.get(), -1) > 0);
      session.reset(SSL_get1_session(pair.client.get()));
    }
  }
}

// Security level 3 leaves tickets of TLS 1.2 out, on either side.
void tickets_and_levels() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const bool client : {true, false}) {
      const Context client_ctx = make_client(version);
      const Context server_ctx = make_server(version);
      SSL_CTX_set_security_level(client ? client_ctx.get() : server_ctx.get(), 3);
      Pair pair(client_ctx.get(), server_ctx.get());
      const std::string name = title("level 3", version) + (client ? " client" : " server");
      pair.handshake(name);
      pair.read_both();
      line(name + " ticket", SSL_SESSION_has_ticket(SSL_get_session(pair.client.get())));
      line(name + " options", SSL_get_options(pair.server.get()));
    }
  }
}

// A list without suites of TLS 1.3 needs a highest version below it.
void no_suites_of_tls13() {
  for (const int highest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const std::string name = title("no suites of TLS 1.3, highest", highest);
    const Context client_ctx = make_client(0);
    const Context server_ctx = make_server(0);
    for (SSL_CTX* ctx : {client_ctx.get(), server_ctx.get()}) {
      SSL_CTX_set_ciphersuites(ctx, "");
      SSL_CTX_set_max_proto_version(ctx, highest);
      const Connection ssl(SSL_new(ctx));
      BIO* memory = BIO_new(BIO_s_mem());
      BIO_set_mem_eof_return(memory, -1);
      SSL_set_bio(ssl.get(), memory, memory);
      if (ctx == client_ctx.get()) {
        SSL_set_connect_state(ssl.get());
      } else {
        SSL_set_accept_state(ssl.get());
      }
      line(name, SSL_do_handshake(ssl.get()));
      line(name + " reason", ERR_GET_REASON(ERR_peek_error()));
      ERR_clear_error();
    }
  }
}

// SSL_clear lets go of a session that has not been closed.
void cleared_sessions() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const bool closed : {false, true}) {
      const Context client_ctx = make_client(version);
      const Context server_ctx = make_server(version);
      Pair pair(client_ctx.get(), server_ctx.get());
      const std::string name =
          title("cleared sessions", version) + (closed ? " closed" : " not closed");
      pair.handshake(name);
      for (SSL* ssl : {pair.client.get(), pair.server.get()}) {
        if (closed) SSL_shutdown(ssl);
        SSL_clear(ssl);
        line(name, SSL_get_session(ssl) != nullptr);
      }
    }
  }
}

void want_after_a_quiet_shutdown() {
  const Context client_ctx = make_client(TLS1_2_VERSION);
  const Context server_ctx = make_server(TLS1_2_VERSION);
  Pair pair(client_ctx.get(), server_ctx.get());
  pair.handshake("quiet");
  char data[8] = {};
  line("quiet read", SSL_read(pair.client.get(), data, sizeof data));
  SSL_set_quiet_shutdown(pair.client.get(), 1);
  line("quiet shutdown", SSL_shutdown(pair.client.get()));
  line("quiet want", SSL_want(pair.client.get()));
}

// A client's answer is that of the handshake that has begun.
void reused_in_a_renegotiation() {
  const Context client_ctx = make_client(TLS1_2_VERSION);
  const Context server_ctx = make_server(TLS1_2_VERSION);
  Session session;
  for (int round = 0; round < 2; ++round) {
    Pair pair(client_ctx.get(), server_ctx.get());
    if (session) SSL_set_session(pair.client.get(), session.get());
    const std::string name = title("renegotiation, round", round);
    pair.handshake(name);
    line(name + " reused", SSL_session_reused(pair.client.get()));
    SSL_renegotiate(pair.client.get());
    SSL_do_handshake(pair.client.get());
    line(name + " client's now", SSL_session_reused(pair.client.get()));
    session.reset(SSL_get1_session(pair.client.get()));
  }
}

int switch_context(SSL* ssl, int*, void* to) {
  SSL_set_SSL_CTX(ssl, static_cast<SSL_CTX*>(to));
  return SSL_TLSEXT_ERR_OK;
}

// A handshake counts where the name's callback has put it.
void counts_of_a_switched_context() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Context client_ctx = make_client(version);
    const Context server_ctx = make_server(version);
    const Context other_ctx = make_server(version);
    SSL_CTX_set_tlsext_servername_callback(server_ctx.get(), switch_context);
    SSL_CTX_set_tlsext_servername_arg(server_ctx.get(), other_ctx.get());
    Pair pair(client_ctx.get(), server_ctx.get());
    const std::string name = title("switched", version);
    pair.handshake(name);
    for (SSL_CTX* ctx : {server_ctx.get(), other_ctx.get()}) {
      line(name + " accept", SSL_CTX_sess_accept(ctx));
      line(name + " accept good", SSL_CTX_sess_accept_good(ctx));
    }
  }
}

void reset_of_a_filter() {
  const Context ctx = make_client(TLS1_2_VERSION);
  BIO* filter = BIO_new_ssl(ctx.get(), 1);
  BIO* memory = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(memory, -1);
  BIO_push(filter, memory);
  line("filter's handshake", BIO_do_handshake(filter));
  line("filter's reset", BIO_reset(filter));
  BIO_free_all(filter);
}

// Who only sends, with a new key now and then, hears nothing but the answers.
void many_key_updates() {
  const Context client_ctx = make_client(TLS1_3_VERSION);
  const Context server_ctx = make_server(TLS1_3_VERSION);
  Pair pair(client_ctx.get(), server_ctx.get());
  pair.handshake("many key updates");
  pair.read_both();
  for (const bool client : {true, false}) {
    SSL* const from = client ? pair.client.get() : pair.server.get();
    SSL* const to = client ? pair.server.get() : pair.client.get();
    char byte = 0;
    int sent = 0;
    for (int i = 0; i < 100; ++i) {
      SSL_key_update(from, SSL_KEY_UPDATE_REQUESTED);
      sent += SSL_write(from, "x", 1) + SSL_read(to, &byte, 1);
    }
    line("many key updates sent", sent);
    line("many key updates answer", SSL_write(to, "y", 1));
    line("many key updates read", SSL_read(from, &byte, 1));
    line("many key updates byte", byte);
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  versions();
  version_of_a_stray_record();
  counts();
  key_updates();
  answers_to_key_updates();
  methods_of_a_connection();
  versions_taken_away();
  lists();
  wants();
  names();
  certificates_of_tls12();
  clients_suites();
  tickets_and_levels();
  no_suites_of_tls13();
  cleared_sessions();
  want_after_a_quiet_shutdown();
  reused_in_a_renegotiation();
  counts_of_a_switched_context();
  reset_of_a_filter();
  many_key_updates();
  return 0;
}
