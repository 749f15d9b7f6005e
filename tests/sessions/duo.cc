#include "duo.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace sessions {
namespace {

// Made once and kept for the process.
EVP_PKEY* key() {
  static const Key made(EVP_EC_gen("P-256"));
  return made.get();
}

X509* certificate() {
  static const Certificate made = make_certificate(key());
  return made.get();
}

// True when the handshake needs nothing but more bytes.
bool step(SSL* ssl, bool& done) {
  const int result = SSL_do_handshake(ssl);
  done = result == 1;
  return done || SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
}

}  // namespace

Context make_server() {
  Context ctx(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_use_certificate(ctx.get(), certificate());
  SSL_CTX_use_PrivateKey(ctx.get(), key());
  SSL_CTX_set_min_proto_version(ctx.get(), TLS1_3_VERSION);
  const unsigned char id_context[] = {'c', 't', 'x'};
  SSL_CTX_set_session_id_context(ctx.get(), id_context, sizeof id_context);
  return ctx;
}

Context make_client() {
  Context ctx(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(ctx.get(), TLS1_3_VERSION);
  return ctx;
}

void Duo::deliver() {
  char byte = 0;
  (void)SSL_read(client.get(), &byte, 1);
  ERR_clear_error();
}

void Duo::close() {
  SSL_shutdown(client.get());
  SSL_shutdown(server.get());
  SSL_shutdown(client.get());
  ERR_clear_error();
}

Duo handshake(const Context& client, const Context& server, SSL_SESSION* session) {
  Duo duo{Connection(SSL_new(client.get())), Connection(SSL_new(server.get()))};
  join(duo.client.get(), duo.server.get());
  if (session != nullptr) SSL_set_session(duo.client.get(), session);
  bool client_done = false;
  bool server_done = false;
  for (int round = 0; round < 20 && !(client_done && server_done); ++round) {
    if (!step(duo.client.get(), client_done) || !step(duo.server.get(), server_done)) break;
  }
  duo.established = client_done && server_done;
  if (duo.established) duo.deliver();
  return duo;
}

std::string take_errors() {
  std::string text;
  while (const unsigned long error = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(error);
    text += std::string(" [") + (reason != nullptr ? reason : "?") + "]";
  }
  return text;
}

}  // namespace sessions
