// Two connections in memory, for programs that play a script on both libraries.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "libssl/owned_for_tests.h"
#include "report.h"

namespace abi {

using namespace ciao::tls::testing;

inline EVP_PKEY* key() {
  static const Key kKey(EVP_EC_gen("P-256"));
  return kKey.get();
}

inline X509* certificate() {
  static const Certificate kCertificate = make_certificate(key());
  return kCertificate.get();
}

inline std::string name_of(X509* of) {
  char text[64];
  if (of == nullptr) return "-";
  X509_NAME_get_text_by_NID(X509_get_subject_name(of), NID_commonName, text, sizeof text);
  return text;
}

// What an info callback is told of an alert: where it went, its level and its description.
inline std::string alert_text(int where, int value) {
  return ((where & SSL_CB_WRITE) != 0 ? " sent " : " got ") +
         std::string(SSL_alert_type_string_long(value)) + " " + SSL_alert_desc_string_long(value);
}

inline Context make_context(const SSL_METHOD* method, int version) {
  Context ctx(SSL_CTX_new(method));
  SSL_CTX_set_max_proto_version(ctx.get(), version);
  SSL_CTX_set_min_proto_version(ctx.get(), version);
  return ctx;
}

inline Context make_client(int version) { return make_context(TLS_client_method(), version); }

inline Context make_server(int version) {
  Context ctx = make_context(TLS_server_method(), version);
  SSL_CTX_use_certificate(ctx.get(), certificate());
  SSL_CTX_use_PrivateKey(ctx.get(), key());
  SSL_CTX_set_session_id_context(ctx.get(), reinterpret_cast<const unsigned char*>("s"), 1);
  return ctx;
}

// Both ends of a connection.
struct Pair {
  Connection client, server;

  Pair(SSL_CTX* client_ctx, SSL_CTX* server_ctx) {
    client.reset(SSL_new(client_ctx));
    server.reset(SSL_new(server_ctx));
    BIO *left = nullptr, *right = nullptr;
    BIO_new_bio_pair(&left, 1 << 20, &right, 1 << 20);
    SSL_set_bio(client.get(), left, left);
    SSL_set_bio(server.get(), right, right);
    SSL_set_connect_state(client.get());
    SSL_set_accept_state(server.get());
  }

  // Closed: what is not takes its session along.
  ~Pair() {
    for (SSL* ssl : {client.get(), server.get()}) {
      SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }
  }

  // Drives both until they are done or one has failed; reports how it ended, and each error once.
  bool handshake(const std::string& title) {
    bool failed[2] = {};
    for (int i = 0; i < 12; ++i) {
      SSL* const sides[] = {client.get(), server.get()};
      for (int at = 0; at < 2; ++at) {
        if (failed[at]) continue;
        ERR_clear_error();
        const int result = SSL_do_handshake(sides[at]);
        const int error = SSL_get_error(sides[at], result);
        if (result == 1 || error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) continue;
        failed[at] = true;
        line(title + (at == 0 ? " client fails" : " server fails"), error);
      }
    }
    ERR_clear_error();
    const bool done = SSL_is_init_finished(client.get()) == 1 && !failed[0] && !failed[1] &&
                      SSL_is_init_finished(server.get()) == 1;
    line(title + " established", done);
    return done;
  }

  // What came after the handshake: tickets, alerts.
  void read_both() {
    char byte = 0;
    SSL_read(client.get(), &byte, 1);
    SSL_read(server.get(), &byte, 1);
    ERR_clear_error();
  }
};

}  // namespace abi
