// SSL_CTX_set_alpn_select_cb(3); NPN by the same page.
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 1, SSL_CTX_set_alpn_protos, (SSL_CTX*, const unsigned char*, unsigned int))
CIAO_NOT_YET(int, 1, SSL_set_alpn_protos, (SSL*, const unsigned char*, unsigned int))
CIAO_NOT_YET(void, , SSL_CTX_set_alpn_select_cb, (SSL_CTX*, SSL_CTX_alpn_select_cb_func, void*))
CIAO_NOT_YET(void, , SSL_get0_alpn_selected, (const SSL*, const unsigned char**, unsigned int*))
CIAO_NOT_YET(int, OPENSSL_NPN_NO_OVERLAP, SSL_select_next_proto,
             (unsigned char**, unsigned char*, const unsigned char*, unsigned int,
              const unsigned char*, unsigned int))
CIAO_NOT_YET(void, , SSL_CTX_set_next_protos_advertised_cb,
             (SSL_CTX*, SSL_CTX_npn_advertised_cb_func, void*))
CIAO_NOT_YET(void, , SSL_CTX_set_next_proto_select_cb,
             (SSL_CTX*, SSL_CTX_npn_select_cb_func, void*))
CIAO_NOT_YET(void, , SSL_get0_next_proto_negotiated,
             (const SSL*, const unsigned char**, unsigned int*))
