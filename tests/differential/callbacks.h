// Callbacks that write down what they are told. What they answer is in the world's answers.
#pragma once

#include <openssl/ssl.h>

namespace ciao::differential {

int on_verify(int ok, X509_STORE_CTX* store);
int on_certificate_verify(X509_STORE_CTX* store, void* argument);
int on_certificate(SSL* ssl, void* argument);
int on_client_hello(SSL* ssl, int* alert, void* argument);
int on_server_name(SSL* ssl, int* alert, void* argument);
int on_alpn(SSL* ssl, const unsigned char** out, unsigned char* size, const unsigned char* offered,
            unsigned offered_size, void* argument);
int on_new_session(SSL* ssl, SSL_SESSION* session);
SSL_SESSION* on_get_session(SSL* ssl, const unsigned char* id, int size, int* copy);
void on_remove_session(SSL_CTX* ctx, SSL_SESSION* session);
int on_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                  EVP_MAC_CTX* mac, int encrypt);
int on_make_ticket(SSL* ssl, void* argument);
SSL_TICKET_RETURN on_open_ticket(SSL* ssl, SSL_SESSION* session, const unsigned char* name,
                                 size_t size, SSL_TICKET_STATUS status, void* argument);
int on_early_data(SSL* ssl, void* argument);
int on_status(SSL* ssl, void* argument);
int on_not_resumable(SSL* ssl, int forward_secure);
int on_generate_id(SSL* ssl, unsigned char* id, unsigned* size);
size_t on_padding(SSL* ssl, int type, size_t size, void* argument);
int on_security(const SSL* ssl, const SSL_CTX* ctx, int operation, int bits, int nid, void* other,
                void* argument);
int on_add_extension(SSL* ssl, unsigned type, unsigned context, const unsigned char** out,
                     size_t* size, X509* certificate, size_t index, int* alert, void* argument);
void on_free_extension(SSL* ssl, unsigned type, unsigned context, const unsigned char* out,
                       void* argument);
int on_parse_extension(SSL* ssl, unsigned type, unsigned context, const unsigned char* in,
                       size_t size, X509* certificate, size_t index, int* alert, void* argument);
unsigned on_psk_client(SSL* ssl, const char* hint, char* identity, unsigned identity_size,
                       unsigned char* key, unsigned key_size);
unsigned on_psk_server(SSL* ssl, const char* identity, unsigned char* key, unsigned key_size);
void on_info(const SSL* ssl, int where, int value);
void on_message(int sent, int version, int content_type, const void* bytes, size_t size, SSL* ssl,
                void* argument);
void on_key_log(const SSL* ssl, const char* text);
int on_client_certificate(SSL* ssl, X509** certificate, EVP_PKEY** key);

}  // namespace ciao::differential
