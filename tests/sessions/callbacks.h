// An application's session and ticket callbacks that say on standard output what they saw, and
// answer as they are told.
#pragma once

#include <openssl/ssl.h>

namespace sessions {

// What the callbacks are to answer.
struct Answers {
  int keep_session = 0;
  SSL_SESSION* found_session = nullptr;
  int found_copy = 1;
  int not_resumable = 1;
  int generate_ticket = 1;
  SSL_TICKET_RETURN decrypt_ticket = SSL_TICKET_RETURN_USE;
  int ticket_key = 1;
  int generate_id = 1;
  unsigned id_size = 32;
  unsigned char id_byte = 1;
};
extern Answers answers;

int new_session(SSL* ssl, SSL_SESSION* session);
void removed_session(SSL_CTX* ctx, SSL_SESSION* session);
SSL_SESSION* find_session(SSL* ssl, const unsigned char* id, int size, int* copy);
int not_resumable(SSL* ssl, int forward_secure);
int generate_ticket(SSL* ssl, void* arg);
SSL_TICKET_RETURN decrypt_ticket(SSL* ssl, SSL_SESSION* session, const unsigned char* name,
                                 size_t name_size, SSL_TICKET_STATUS status, void* arg);
int ticket_key_hmac(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                    HMAC_CTX* hmac, int encrypt);
int ticket_key_mac(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac, int encrypt);
int generate_id(SSL* ssl, unsigned char* id, unsigned* size);

}  // namespace sessions
