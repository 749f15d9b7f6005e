// SSL_get_ex_data: BIO_get_ex_data(3).
#include <openssl/ssl.h>

#include "libssl/ssl_st.h"

extern "C" {

int SSL_CTX_set_ex_data(SSL_CTX* s, int idx, void* arg) {
  return CRYPTO_set_ex_data(&s->ex_data, idx, arg);
}

int SSL_set_ex_data(SSL* s, int idx, void* arg) {
  return CRYPTO_set_ex_data(&s->ex_data, idx, arg);
}

void* SSL_CTX_get_ex_data(const SSL_CTX* s, int idx) {
  return CRYPTO_get_ex_data(&s->ex_data, idx);
}

void* SSL_get_ex_data(const SSL* s, int idx) { return CRYPTO_get_ex_data(&s->ex_data, idx); }

}  // extern "C"
