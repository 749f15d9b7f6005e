// The ssl_conf sections of openssl.cnf: the one that every context gets, and those asked for by
// name.
#include <openssl/provider.h>
#include <openssl/ssl.h>

#include <string>

#include "report.h"

namespace {

using abi::line;

void show(SSL_CTX* ctx) {
  line("min", SSL_CTX_get_min_proto_version(ctx));
  line("max", SSL_CTX_get_max_proto_version(ctx));
  line("level", SSL_CTX_get_security_level(ctx));
  line("options", SSL_CTX_get_options(ctx));
  line("verify mode", SSL_CTX_get_verify_mode(ctx));
  line("key", SSL_CTX_check_private_key(ctx));
  line("CA names", sk_X509_NAME_num(SSL_CTX_get0_CA_list(ctx)));
  line("tickets", SSL_CTX_get_num_tickets(ctx));
}

void run(const SSL_METHOD* method) {
  SSL_CTX* ctx = SSL_CTX_new(method);
  line("made", ctx != nullptr);
  show(ctx);
  for (const char* name :
       {"named", "bad", "none", "complete", "system_default", static_cast<const char*>(nullptr)}) {
    const std::string shown = name != nullptr ? name : "(null)";
    line("context " + shown, SSL_CTX_config(ctx, name));
    show(ctx);
    SSL* ssl = SSL_new(ctx);
    line("connection " + shown, SSL_config(ssl, name));
    line("connection verify mode", SSL_get_verify_mode(ssl));
    SSL_free(ssl);
  }
  line("without context", SSL_CTX_config(nullptr, "named"));
  SSL_CTX_free(ctx);
}

// A library context that has hardly anything, or all of it under another name.
void library_contexts() {
  for (const char* provider : {"null", "base", "default"}) {
    for (const char* properties : {static_cast<const char*>(nullptr), "provider=none", "a==b"}) {
      OSSL_LIB_CTX* libctx = OSSL_LIB_CTX_new();
      OSSL_PROVIDER* loaded = OSSL_PROVIDER_load(libctx, provider);
      for (const SSL_METHOD* method : {TLS_method(), TLS_client_method(), TLS_server_method()}) {
        SSL_CTX* ctx = SSL_CTX_new_ex(libctx, properties, method);
        line(std::string(provider) + " " + (properties != nullptr ? properties : "-") + " made",
             ctx != nullptr);
        SSL_CTX_free(ctx);
      }
      OSSL_PROVIDER_unload(loaded);
      OSSL_LIB_CTX_free(libctx);
    }
  }
}

}  // namespace

int main() {
  run(TLS_method());
  run(TLS_client_method());
  run(TLS_server_method());
  library_contexts();
  return 0;
}
