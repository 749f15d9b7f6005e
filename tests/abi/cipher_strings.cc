// Prints what a libssl makes of cipher strings, one result a line: run against two libraries, the
// outputs are compared. SRP suites are left out of the output: ciao has none by design.
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

namespace {

void print_list(const STACK_OF(SSL_CIPHER) * ciphers) {
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    const char* name = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i));
    if (std::strstr(name, "SRP") == nullptr) std::printf(":%s", name);
  }
}

void print_error() {
  const unsigned long error = ERR_get_error();
  if (error != 0) std::printf(" error=%s", ERR_reason_error_string(error));
  ERR_clear_error();
}

// Level -1 is the one that a context begins with.
void evaluate(const SSL_METHOD* method, const std::string& rules, int level = -1) {
  SSL_CTX* ctx = SSL_CTX_new(method);
  if (level >= 0) SSL_CTX_set_security_level(ctx, level);
  const int set = SSL_CTX_set_cipher_list(ctx, rules.c_str());
  std::printf("%s -> %d level=%d", rules.c_str(), set, SSL_CTX_get_security_level(ctx));
  print_error();
  print_list(SSL_CTX_get_ciphers(ctx));
  SSL* ssl = SSL_new(ctx);
  STACK_OF(SSL_CIPHER)* supported = SSL_get1_supported_ciphers(ssl);
  std::printf(" supported");
  print_list(supported);
  std::printf("\n");
  sk_SSL_CIPHER_free(supported);
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    evaluate(TLS_method(), line);
    evaluate(DTLS_method(), line);
    for (int level = 0; level < 6; ++level) evaluate(TLS_method(), line, level);
  }
  return 0;
}
