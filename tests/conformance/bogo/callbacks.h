// Callbacks that contexts and connections are given, in libssl's forms.
#pragma once

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "connection.h"

namespace shim {

int on_client_hello(SSL* ssl, int* alert, void*);
int on_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_length,
            const unsigned char* offered, unsigned int offered_length, void*);
int on_npn_advertise(SSL* ssl, const unsigned char** out, unsigned int* length, void*);
int on_npn_select(SSL* ssl, unsigned char** out, unsigned char* out_length, const unsigned char*,
                  unsigned int, void*);
int on_status(SSL* ssl, void*);
int on_verify(X509_STORE_CTX* store_context, void*);
int on_new_session(SSL* ssl, SSL_SESSION* session);
void on_info(const SSL* ssl, int where, int);
void on_message(int written, int, int content_type, const void* data, std::size_t length, SSL* ssl,
                void*);
void on_keylog(const SSL* ssl, const char* line);
int on_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                  EVP_MAC_CTX* mac, int encrypt);
int on_sct_send(SSL* ssl, unsigned int, unsigned int, const unsigned char** out,
                std::size_t* length, X509*, std::size_t chain_index, int*, void*);
int on_sct_receive(SSL* ssl, unsigned int, unsigned int context, const unsigned char* data,
                   std::size_t length, X509*, std::size_t chain_index, int*, void*);
unsigned int on_psk_client(SSL* ssl, const char*, char* identity, unsigned int identity_size,
                           unsigned char* key, unsigned int key_size);
unsigned int on_psk_server(SSL* ssl, const char* identity, unsigned char* key,
                           unsigned int key_size);
int on_certificate(SSL* ssl, void*);
int on_client_certificate(SSL* ssl, X509** certificate, EVP_PKEY** key);

bool staple_response(SSL* ssl, const Settings& settings);

}  // namespace shim
