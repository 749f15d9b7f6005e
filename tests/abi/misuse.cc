// Calls at the wrong time: what they answer, and what is said about it.
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <string>

#include "report.h"

namespace {

using abi::line;

void attempt(const std::string& what, SSL* ssl, int result) {
  line(what + " error", SSL_get_error(ssl, result));
  line(what, result);
}

// A method for one role has no handshake for the other.
void wrong_role() {
  struct Wrong {
    const char* name;
    const SSL_METHOD* (*method)();
    void (*set_state)(SSL*);
  };
  const Wrong cases[] = {{"client's method as a server", TLS_client_method, SSL_set_accept_state},
                         {"server's method as a client", TLS_server_method, SSL_set_connect_state}};
  for (const Wrong& wrong : cases) {
    SSL_CTX* ctx = SSL_CTX_new(wrong.method());
    SSL* ssl = SSL_new(ctx);
    BIO* bio = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, bio, bio);
    wrong.set_state(ssl);
    const std::string name = wrong.name;
    char byte = 0;
    attempt(name + ": handshake", ssl, SSL_do_handshake(ssl));
    attempt(name + ": read", ssl, SSL_read(ssl, &byte, 1));
    attempt(name + ": write", ssl, SSL_write(ssl, &byte, 1));
    line(name + ": sent", BIO_pending(bio) != 0);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
  }
}

struct Duo {
  SSL_CTX* client_ctx = SSL_CTX_new(TLS_client_method());
  SSL_CTX* server_ctx = SSL_CTX_new(TLS_server_method());
  SSL* client = nullptr;
  SSL* server = nullptr;

  Duo() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(server_ctx, certificate);
    SSL_CTX_use_PrivateKey(server_ctx, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    SSL_CTX_set_min_proto_version(server_ctx, TLS1_3_VERSION);
    client = SSL_new(client_ctx);
    server = SSL_new(server_ctx);
    BIO* near = nullptr;
    BIO* far = nullptr;
    BIO_new_bio_pair(&near, 0, &far, 0);
    SSL_set_bio(client, near, near);
    SSL_set_bio(server, far, far);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    for (int round = 0; round < 10; ++round) {
      SSL_do_handshake(client);
      SSL_do_handshake(server);
    }
    ERR_clear_error();
  }
  Duo(const Duo&) = delete;
  Duo& operator=(const Duo&) = delete;
  ~Duo() {
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_ctx);
    SSL_CTX_free(server_ctx);
  }
};

// Both tickets come in one record: after the first nothing is read, and the second needs no BIO.
void no_bio_between_messages() {
  Duo duo;
  char byte = 0;
  SSL_clear_mode(duo.client, SSL_MODE_AUTO_RETRY);
  attempt("first ticket", duo.client, SSL_read(duo.client, &byte, 1));
  SSL_set_bio(duo.client, nullptr, nullptr);
  const int result = SSL_read(duo.client, &byte, 1);
  const std::string reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();  // 3.0 says more than one thing
  line("second ticket without a BIO", std::to_string(result) + ", " + reason);
}

// A write that blocked is to be repeated with the same arguments, or more.
void shorter_repetition() {
  // Less than was sent, and less than was sealed: the BIO pair takes one record and a part.
  for (const int shorter : {10, 20000}) {
    Duo duo;
    static char data[100000];
    attempt("blocked write", duo.client, SSL_write(duo.client, data, sizeof data));
    attempt("from elsewhere", duo.client, SSL_write(duo.client, data + 1, sizeof data - 1));
    attempt("shorter", duo.client, SSL_write(duo.client, data, shorter));
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  wrong_role();
  no_bio_between_messages();
  shorter_repetition();
  return 0;
}
