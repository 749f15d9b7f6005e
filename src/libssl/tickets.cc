// SSL_CTX_set_num_tickets(3), SSL_CTX_set_session_ticket_cb(3),
// SSL_CTX_set_tlsext_ticket_key_cb(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(size_t, 0, SSL_CTX_get_num_tickets, (const SSL_CTX*))
CIAO_NOT_YET(size_t, 0, SSL_get_num_tickets, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_num_tickets, (SSL_CTX*, size_t))
CIAO_NOT_YET(int, 0, SSL_set_num_tickets, (SSL*, size_t))
CIAO_NOT_YET(int, 0, SSL_new_session_ticket, (SSL*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_session_ticket_cb,
             (SSL_CTX*, SSL_CTX_generate_session_ticket_fn, SSL_CTX_decrypt_session_ticket_fn,
              void*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_tlsext_ticket_key_evp_cb,
             (SSL_CTX*,
              int (*)(SSL*, unsigned char*, unsigned char*, EVP_CIPHER_CTX*, EVP_MAC_CTX*, int)))
CIAO_NOT_YET(int, 0, SSL_set_session_ticket_ext, (SSL*, void*, int))
CIAO_NOT_YET(int, 0, SSL_set_session_ticket_ext_cb, (SSL*, tls_session_ticket_ext_cb_fn, void*))
