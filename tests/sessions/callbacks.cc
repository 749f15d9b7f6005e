#include "callbacks.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include <cstdio>
#include <cstring>

namespace sessions {

Answers answers;

namespace {

unsigned char key[32] = {1, 2, 3};

const char* side(SSL* ssl) { return SSL_is_server(ssl) == 1 ? "server" : "client"; }

unsigned id_size(const SSL_SESSION* session) {
  unsigned size = 0;
  SSL_SESSION_get_id(session, &size);
  return size;
}

int init_cipher(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, int encrypt) {
  if (encrypt != 0) {
    std::memset(name, 7, 16);
    std::memset(iv, 9, 16);
  }
  return EVP_CipherInit_ex(cipher, EVP_aes_128_cbc(), nullptr, key, iv, encrypt);
}

}  // namespace

int new_session(SSL* ssl, SSL_SESSION* session) {
  std::printf("  new: %s, current %d, id %u, resumable %d, ticket %d\n", side(ssl),
              SSL_get_session(ssl) == session, id_size(session), SSL_SESSION_is_resumable(session),
              SSL_SESSION_has_ticket(session));
  return answers.keep_session;
}

void removed_session(SSL_CTX*, SSL_SESSION* session) {
  std::printf("  removed: id %u, resumable %d\n", id_size(session),
              SSL_SESSION_is_resumable(session));
}

SSL_SESSION* find_session(SSL*, const unsigned char*, int size, int* copy) {
  std::printf("  find: id %d, copy %d\n", size, *copy);
  *copy = answers.found_copy;
  return answers.found_session;
}

int not_resumable(SSL* ssl, int forward_secure) {
  std::printf("  not resumable: %s, forward secure %d\n", side(ssl), forward_secure);
  return answers.not_resumable;
}

int generate_ticket(SSL* ssl, void* arg) {
  SSL_SESSION* session = SSL_get_session(ssl);
  const int set = SSL_SESSION_set1_ticket_appdata(session, "hello", 5);
  std::printf("  generate ticket: id %u, appdata %d, arg %d\n", id_size(session), set,
              arg == &answers);
  return answers.generate_ticket;
}

SSL_TICKET_RETURN decrypt_ticket(SSL*, SSL_SESSION* session, const unsigned char*, size_t name_size,
                                 SSL_TICKET_STATUS status, void* arg) {
  void* data = nullptr;
  size_t size = 0;
  if (session != nullptr) SSL_SESSION_get0_ticket_appdata(session, &data, &size);
  std::printf("  decrypt ticket: session %d, name %zu, status %d, appdata '%.*s', arg %d\n",
              session != nullptr, name_size, status, static_cast<int>(size),
              static_cast<const char*>(data), arg == &answers);
  return answers.decrypt_ticket;
}

int ticket_key_hmac(SSL*, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                    HMAC_CTX* hmac, int encrypt) {
  std::printf("  key: encrypt %d, answer %d\n", encrypt, answers.ticket_key);
  if (answers.ticket_key <= 0) return answers.ticket_key;
  HMAC_Init_ex(hmac, key, sizeof key, EVP_sha256(), nullptr);
  init_cipher(name, iv, cipher, encrypt);
  return answers.ticket_key;
}

int ticket_key_mac(SSL*, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac, int encrypt) {
  std::printf("  mac key: encrypt %d, answer %d\n", encrypt, answers.ticket_key);
  if (answers.ticket_key <= 0) return answers.ticket_key;
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, sizeof key),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_END};
  EVP_MAC_CTX_set_params(mac, params);
  init_cipher(name, iv, cipher, encrypt);
  return answers.ticket_key;
}

int generate_id(SSL* ssl, unsigned char* id, unsigned* size) {
  std::printf("  generate id: room %u, answer %d\n", *size, answers.generate_id);
  std::memset(id, answers.id_byte, *size);
  std::printf("  known: %d\n", SSL_has_matching_session_id(ssl, id, answers.id_size));
  *size = answers.id_size;
  return answers.generate_id;
}

}  // namespace sessions
