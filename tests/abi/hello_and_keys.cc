// The ClientHello as its callback sees it, RSA keys by the functions that name them and sessions
// as text.
#include <openssl/rsa.h>
#include <openssl/ssl.h>

#include <cstring>
#include <string>
#include <vector>

#include "connections.h"

namespace {

using namespace abi;

std::string hex(const unsigned char* bytes, size_t size) {
  std::string text;
  char two[3];
  for (size_t i = 0; i < size; ++i) {
    std::snprintf(two, sizeof two, "%02x", bytes[i]);
    text += two;
  }
  return text;
}

int on_hello(SSL* ssl, int*, void*) {
  const unsigned char* bytes = nullptr;
  size_t size = SSL_client_hello_get0_ciphers(ssl, &bytes);
  line("hello's suites", hex(bytes, size));
  size = SSL_client_hello_get0_compression_methods(ssl, &bytes);
  line("hello's compression", hex(bytes, size));
  line("hello's random", SSL_client_hello_get0_random(ssl, &bytes));
  line("hello's session id", SSL_client_hello_get0_session_id(ssl, &bytes));
  line("hello's version", SSL_client_hello_get0_legacy_version(ssl));
  line("hello of SSL 2", SSL_client_hello_isv2(ssl));
  for (const unsigned type : {0U, 10U, 13U, 16U, 51U, 1000U}) {
    const std::string name = "hello's extension " + std::to_string(type);
    const int found = SSL_client_hello_get0_ext(ssl, type, &bytes, &size);
    line(name, found);
    if (found == 1 && type != 51) line(name + " content", hex(bytes, size));
  }
  return SSL_CLIENT_HELLO_SUCCESS;
}

void hello() {
  const Context client_ctx(SSL_CTX_new(TLS_client_method()));
  const Context server_ctx = make_server(0);
  SSL_CTX_set_cipher_list(client_ctx.get(), "ECDHE-ECDSA-AES128-GCM-SHA256");
  SSL_CTX_set_ciphersuites(client_ctx.get(), "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set1_groups_list(client_ctx.get(), "P-256:X25519");
  SSL_CTX_set1_sigalgs_list(client_ctx.get(), "ECDSA+SHA256");
  SSL_CTX_set_client_hello_cb(server_ctx.get(), on_hello, nullptr);
  Pair pair(client_ctx.get(), server_ctx.get());
  SSL_set_tlsext_host_name(pair.client.get(), "example.com");
  pair.handshake("hello");
  const unsigned char* bytes = nullptr;
  line("suites later", SSL_client_hello_get0_ciphers(pair.server.get(), &bytes));
  line("version later", SSL_client_hello_get0_legacy_version(pair.server.get()));
}

void rsa_keys() {
  const Key made(EVP_RSA_gen(2048));
  RSA* rsa = EVP_PKEY_get1_RSA(made.get());
  unsigned char* der = nullptr;
  const int size = i2d_RSAPrivateKey(rsa, &der);
  const Context ctx(SSL_CTX_new(TLS_method()));
  const Connection ssl(SSL_new(ctx.get()));
  line("context's RSA key", SSL_CTX_use_RSAPrivateKey(ctx.get(), rsa));
  line("no RSA key", SSL_CTX_use_RSAPrivateKey(ctx.get(), nullptr));
  line("context's RSA key, DER", SSL_CTX_use_RSAPrivateKey_ASN1(ctx.get(), der, size));
  line("cut", SSL_CTX_use_RSAPrivateKey_ASN1(ctx.get(), der, size - 1) == 1);
  ERR_clear_error();
  line("connection's RSA key", SSL_use_RSAPrivateKey(ssl.get(), rsa));
  line("no RSA key", SSL_use_RSAPrivateKey(ssl.get(), nullptr));
  line("connection's RSA key, DER", SSL_use_RSAPrivateKey_ASN1(ssl.get(), der, size));
  line("key is there", SSL_get_privatekey(ssl.get()) != nullptr);
  line("file that is missing",
       SSL_use_RSAPrivateKey_file(ssl.get(), "/nonexistent/key", SSL_FILETYPE_PEM));
  line("file of no type", SSL_use_RSAPrivateKey_file(ssl.get(), "/dev/null", 77));
  line("empty file", SSL_use_RSAPrivateKey_file(ssl.get(), "/dev/null", SSL_FILETYPE_ASN1) == 1);
  ERR_clear_error();
  line("authorities of no file",
       SSL_load_client_CA_file_ex("/nonexistent/ca", nullptr, nullptr) == nullptr);
  OPENSSL_free(der);
  RSA_free(rsa);
}

void session_text() {
  const Session session(SSL_SESSION_new());
  const unsigned char key[48] = {1, 2, 3};
  SSL_SESSION_set_protocol_version(session.get(), TLS1_2_VERSION);
  SSL_SESSION_set1_master_key(session.get(), key, sizeof key);
  SSL_SESSION_set1_id(session.get(), key, 16);
  SSL_SESSION_set1_id_context(session.get(), key, 4);
  SSL_SESSION_set_time(session.get(), 1000000000);
  SSL_SESSION_set_timeout(session.get(), 77);
  char text[4096] = {};
  FILE* file = std::tmpfile();
  line("print_fp", SSL_SESSION_print_fp(file, session.get()));
  std::rewind(file);
  const size_t size = std::fread(text, 1, sizeof text - 1, file);
  std::fclose(file);
  line("as text", std::string(text, size));
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  hello();
  rsa_keys();
  session_text();
  return 0;
}
