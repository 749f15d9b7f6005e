// Settings of one connection, where the context's have tests elsewhere: that they are taken, and
// what they do.
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "connections.h"

namespace {

using namespace abi;

std::string der_of(int (*encode)(unsigned char**)) {
  unsigned char* der = nullptr;
  const int size = encode(&der);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

std::string certificate_der() {
  return der_of([](unsigned char** out) { return i2d_X509(certificate(), out); });
}
std::string key_der() {
  return der_of([](unsigned char** out) { return i2d_PrivateKey(key(), out); });
}

const unsigned char* bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void identity() {
  const std::string certificate_bytes = certificate_der();
  const std::string key_bytes = key_der();
  const int size = static_cast<int>(certificate_bytes.size());
  const long key_size = static_cast<long>(key_bytes.size());
  const Context ctx(SSL_CTX_new(TLS_method()));
  const Connection ssl(SSL_new(ctx.get()));
  line("context's certificate",
       SSL_CTX_use_certificate_ASN1(ctx.get(), size, bytes(certificate_bytes)));
  line("cut", SSL_CTX_use_certificate_ASN1(ctx.get(), size - 1, bytes(certificate_bytes)));
  line("context's key",
       SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_EC, ctx.get(), bytes(key_bytes), key_size));
  line("connection's certificate",
       SSL_use_certificate_ASN1(ssl.get(), bytes(certificate_bytes), size));
  line("cut", SSL_use_certificate_ASN1(ssl.get(), bytes(certificate_bytes), size - 1));
  line("connection's key",
       SSL_use_PrivateKey_ASN1(EVP_PKEY_EC, ssl.get(), bytes(key_bytes), key_size));
  line("they fit", SSL_check_private_key(ssl.get()));
  line("file that is missing",
       SSL_use_certificate_file(ssl.get(), "/nonexistent/pem", SSL_FILETYPE_PEM));
  line("file of no type", SSL_use_certificate_file(ssl.get(), "/dev/null", 9));
}

void verification() {
  const Context ctx(SSL_CTX_new(TLS_method()));
  const Connection ssl(SSL_new(ctx.get()));
  SSL_set_verify_depth(ssl.get(), 5);
  line("depth", SSL_get_verify_depth(ssl.get()));
  line("context's depth", SSL_CTX_get_verify_depth(ctx.get()));
  for (const int trust : {0, 1, 2, 8, 9, 77, -1}) {
    line("trust " + std::to_string(trust), SSL_set_trust(ssl.get(), trust));
  }
  SSL_set_verify_result(ssl.get(), 12345);
  line("result", SSL_get_verify_result(ssl.get()));
  for (const int level : {0, 3, 9, -1}) {
    SSL_set_security_level(ssl.get(), level);
    line("level", SSL_get_security_level(ssl.get()));
  }
  line("context's level", SSL_CTX_get_security_level(ctx.get()));
  line("timestamps", SSL_CTX_ct_is_enabled(ctx.get()));
  SSL_CTX_enable_ct(ctx.get(), SSL_CT_VALIDATION_PERMISSIVE);
  line("timestamps enabled", SSL_CTX_ct_is_enabled(ctx.get()));
  uint8_t usage = 9;
  line("no record", SSL_get0_dane_tlsa(ssl.get(), &usage, nullptr, nullptr, nullptr, nullptr));
  line("usage", static_cast<int>(usage));
}

void method() {
  const Context ctx(SSL_CTX_new(TLS_method()));
  const Connection ssl(SSL_new(ctx.get()));
  for (const SSL_METHOD* each :
       {TLSv1_2_method(), TLS_client_method(), TLS_server_method(), TLS_method()}) {
    line("method", SSL_set_ssl_method(ssl.get(), each));
    line("taken", SSL_get_ssl_method(ssl.get()) == each);
    line("version", SSL_version(ssl.get()));
    line("before", SSL_in_before(ssl.get()));
  }
}

int answer = 1;

int on_certificate(SSL* ssl, void* argument) {
  line("certificate callback", SSL_is_server(ssl) == 1 && argument == &answer);
  return answer;
}

int on_hello(SSL* ssl, int*, void*) {
  int* types = nullptr;
  size_t count = 0;
  line("extensions", SSL_client_hello_get1_extensions_present(ssl, &types, &count));
  std::vector<int> sorted(types, types + count);
  OPENSSL_free(types);
  std::sort(sorted.begin(), sorted.end());
  std::string text;
  for (const int type : sorted) text += " " + std::to_string(type);
  line("they are", text);
  return SSL_CLIENT_HELLO_SUCCESS;
}

void handshakes() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const int each : {1, 0}) {
      answer = each;
      // One of TLS 1.3 alone leaves the extensions of TLS 1.2 out.
      const Context client_ctx = make_client(version == TLS1_3_VERSION ? 0 : version);
      const Context server_ctx = make_server(version);
      SSL_CTX_set_client_hello_cb(server_ctx.get(), on_hello, nullptr);
      SSL_CTX_set_verify(server_ctx.get(), SSL_VERIFY_PEER, nullptr);
      Pair pair(client_ctx.get(), server_ctx.get());
      SSL_set_cert_cb(pair.server.get(), on_certificate, &answer);
      STACK_OF(X509_NAME)* names = sk_X509_NAME_new_null();
      sk_X509_NAME_push(names, X509_NAME_dup(X509_get_subject_name(certificate())));
      SSL_set_client_CA_list(pair.server.get(), names);
      line("own list", sk_X509_NAME_num(SSL_get_client_CA_list(pair.server.get())));
      const std::string name = std::to_string(version) + "/" + std::to_string(each);
      if (!pair.handshake(name)) continue;
      line(name + " list", sk_X509_NAME_num(SSL_get_client_CA_list(pair.client.get())));
      int nid = 0;
      line(name + " signed", SSL_get_signature_type_nid(pair.server.get(), &nid));
      line(name + " with", nid);
      const SSL_CIPHER* pending = SSL_get_pending_cipher(pair.client.get());
      line(name + " suite", pending == SSL_get_current_cipher(pair.client.get()));
    }
  }
}

// Formats of points are told by those who have a curve.
void hello_without_curves() {
  for (const char* groups : {"ffdhe2048", "ffdhe2048:P-256"}) {
    const Context client_ctx = make_client(0);
    const Context server_ctx = make_server(TLS1_3_VERSION);
    SSL_CTX_set1_groups_list(client_ctx.get(), groups);
    SSL_CTX_set_client_hello_cb(server_ctx.get(), on_hello, nullptr);
    Pair pair(client_ctx.get(), server_ctx.get());
    pair.handshake(groups);
  }
}

unsigned on_psk_client(SSL*, const char* hint, char* identity, unsigned, unsigned char* psk,
                       unsigned) {
  line("hint", hint);
  std::strcpy(identity, "me");
  std::memset(psk, 'k', 16);
  return 16;
}
unsigned on_psk_server(SSL*, const char* identity, unsigned char* psk, unsigned) {
  line("identity", identity);
  std::memset(psk, 'k', 16);
  return 16;
}

void shared_keys() {
  for (const char* hint : {"of the connection", "", static_cast<const char*>(nullptr)}) {
    const Context client_ctx = make_client(TLS1_2_VERSION);
    const Context server_ctx = make_server(TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(client_ctx.get(), "ECDHE-PSK-CHACHA20-POLY1305");
    SSL_CTX_set_cipher_list(server_ctx.get(), "ECDHE-PSK-CHACHA20-POLY1305");
    Pair pair(client_ctx.get(), server_ctx.get());
    SSL_set_psk_client_callback(pair.client.get(), on_psk_client);
    SSL_set_psk_server_callback(pair.server.get(), on_psk_server);
    line("use hint", SSL_use_psk_identity_hint(pair.server.get(), hint));
    pair.handshake("shared key");
    line("identity told", SSL_get_psk_identity(pair.server.get()));
  }
}

int on_id(SSL*, unsigned char* id, unsigned* size) {
  line("id of at most", *size);
  std::memset(id, 'i', *size);
  *size = 7;
  return 1;
}

size_t on_padding(SSL*, int type, size_t size, void*) {
  if (type == SSL3_RT_APPLICATION_DATA) line("padding of", size);
  return 3;
}

size_t pending_at(SSL* ssl) { return BIO_ctrl_pending(SSL_get_rbio(ssl)); }

void records() {
  const Context client_ctx = make_client(TLS1_3_VERSION);
  const Context server_ctx = make_server(TLS1_3_VERSION);
  Pair pair(client_ctx.get(), server_ctx.get());
  for (const size_t block : {0U, 1U, 64U, 16384U, 16385U}) {
    line("block " + std::to_string(block), SSL_set_block_padding(pair.client.get(), block));
  }
  SSL_set_block_padding(pair.client.get(), 64);
  pair.handshake("records");
  pair.read_both();
  SSL_write(pair.client.get(), "x", 1);
  line("padded to a block", pending_at(pair.server.get()));
  line("padding callback", SSL_set_record_padding_callback(pair.server.get(), on_padding));
  SSL_write(pair.server.get(), "hello", 5);
  line("padded", pending_at(pair.client.get()));
  line("buffers", SSL_alloc_buffers(pair.client.get()));
  line("with data under way", SSL_free_buffers(pair.client.get()));
  char data[8];
  line("read", SSL_read(pair.client.get(), data, sizeof data));
  line("buffers given back", SSL_free_buffers(pair.client.get()));
  BIO* memory = BIO_new(BIO_s_mem());
  SSL_set0_rbio(pair.client.get(), memory);
  line("another BIO", SSL_get_rbio(pair.client.get()) == memory);
  line("the old one", SSL_get_wbio(pair.client.get()) != memory);
}

void session_ids() {
  const Context client_ctx = make_client(TLS1_2_VERSION);
  const Context server_ctx = make_server(TLS1_2_VERSION);
  SSL_CTX_set_options(server_ctx.get(), SSL_OP_NO_TICKET);
  Pair pair(client_ctx.get(), server_ctx.get());
  line("id callback", SSL_set_generate_session_id(pair.server.get(), on_id));
  pair.handshake("ids");
  unsigned size = 0;
  const unsigned char* id = SSL_SESSION_get_id(SSL_get_session(pair.client.get()), &size);
  line("id", std::string(reinterpret_cast<const char*>(id), size));
}

int on_early_data(SSL* ssl, void* argument) {
  line("early data callback", SSL_is_server(ssl));
  return *static_cast<int*>(argument);
}

void early_data() {
  for (int allowed : {1, 0}) {
    const Context client_ctx = make_client(TLS1_3_VERSION);
    const Context server_ctx = make_server(TLS1_3_VERSION);
    SSL_CTX_set_max_early_data(server_ctx.get(), 1000);
    SSL_CTX_set_allow_early_data_cb(server_ctx.get(), on_early_data, &allowed);
    Session session;
    {
      Pair pair(client_ctx.get(), server_ctx.get());
      pair.handshake("before early data");
      pair.read_both();
      session.reset(SSL_get1_session(pair.client.get()));
    }
    Pair pair(client_ctx.get(), server_ctx.get());
    SSL_set_session(pair.client.get(), session.get());
    size_t count = 0;
    char data[8];
    line("early write", SSL_write_early_data(pair.client.get(), "early", 5, &count));
    line("early read", SSL_read_early_data(pair.server.get(), data, sizeof data, &count));
    line("early bytes", count);
    line("status", SSL_get_early_data_status(pair.server.get()));
    pair.handshake("early data");
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  identity();
  verification();
  method();
  handshakes();
  hello_without_curves();
  shared_keys();
  records();
  session_ids();
  early_data();
  const Context ctx(SSL_CTX_new(TLS_method()));
  line("default log file", SSL_CTX_set_default_ctlog_list_file(ctx.get()) == 1);
  return 0;
}
