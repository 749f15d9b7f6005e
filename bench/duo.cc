#include "duo.h"

#include "fail.h"

namespace ciao::bench {
namespace {

SSL_CTX* new_context(const SSL_METHOD* method, const Shape& shape) {
  SSL_CTX* ctx = SSL_CTX_new(method);
  const bool set = ctx != nullptr && SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
                   SSL_CTX_set1_groups_list(ctx, "X25519") == 1 &&
                   (shape.suite == nullptr || SSL_CTX_set_ciphersuites(ctx, shape.suite) == 1);
  return set ? ctx : fail<SSL_CTX*>("cannot make a context");
}

// 1, or what SSL_get_error says.
int progress(const SSL* ssl, int result) { return result == 1 ? 1 : -SSL_get_error(ssl, result); }

}  // namespace

Contexts::Contexts(const Shape& shape)
    : client_(new_context(TLS_client_method(), shape), SSL_CTX_free),
      server_(new_context(TLS_server_method(), shape), SSL_CTX_free) {
  const Credential credential(shape.key);
  if (!credential.install(server()) || !credential.trust(client())) fail("cannot use the keys");
  SSL_CTX_set_verify(client(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(client(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_app_data(client(), this);
  SSL_CTX_sess_set_new_cb(client(), keep_session);
  constexpr unsigned char kContext[] = "bench";
  if (SSL_CTX_set_session_id_context(server(), kContext, sizeof kContext) != 1)
    fail("SSL_CTX_set_session_id_context");
}

Contexts::~Contexts() { SSL_SESSION_free(session_); }

int Contexts::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* contexts = static_cast<Contexts*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  SSL_SESSION_free(std::exchange(contexts->session_, session));
  return 1;
}

Duo::Duo(Contexts& contexts, std::size_t pipe_size)
    : contexts_(contexts), to_server_(pipe_size), to_client_(pipe_size) {}

Duo::~Duo() { free(); }

void Duo::make_client(SSL_SESSION* session) {
  client_ = SSL_new(contexts_.client());
  BIO* bio = new_pipe_bio(client_end_);
  if (client_ == nullptr || bio == nullptr) fail("SSL_new");
  SSL_set_bio(client_, bio, bio);
  SSL_set_connect_state(client_);
  const bool set = SSL_ctrl(client_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                            const_cast<char*>(kHost)) == 1 &&
                   SSL_set1_host(client_, kHost) == 1 &&
                   (session == nullptr || SSL_set_session(client_, session) == 1);
  if (!set) fail("cannot set up the client");
}

void Duo::make_server() {
  server_ = SSL_new(contexts_.server());
  BIO* bio = new_pipe_bio(server_end_);
  if (server_ == nullptr || bio == nullptr) fail("SSL_new");
  SSL_set_bio(server_, bio, bio);
  SSL_set_accept_state(server_);
}

void Duo::connect(SSL_SESSION* session) {
  client_meter_.measure([&] { make_client(session); });
  server_meter_.measure([&] { make_server(); });
  int client = 0;
  int server = 0;
  for (int turn = 0; turn < 4 && (client != 1 || server != 1); ++turn) {
    if (client != 1)
      client = client_meter_.measure([&] { return progress(client_, SSL_do_handshake(client_)); });
    if (server != 1)
      server = server_meter_.measure([&] { return progress(server_, SSL_do_handshake(server_)); });
  }
  if (client != 1 || server != 1) fail("the handshake did not complete");
  char byte = 0;
  const int read =
      client_meter_.measure([&] { return progress(client_, SSL_read(client_, &byte, 1)); });
  if (read != -SSL_ERROR_WANT_READ) fail("the client did not read its tickets");
  if (SSL_session_reused(client_) != (session != nullptr ? 1 : 0))
    fail("the handshake was not of the kind wanted");
}

void Duo::free() {
  // A session whose connection ends without a closure may not be resumed.
  for (SSL* ssl : {client_, server_}) {
    if (ssl != nullptr) SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
  client_meter_.measure([&] { SSL_free(std::exchange(client_, nullptr)); });
  server_meter_.measure([&] { SSL_free(std::exchange(server_, nullptr)); });
}

}  // namespace ciao::bench
