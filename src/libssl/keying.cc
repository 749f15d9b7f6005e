// SSL_export_keying_material(3), SSL_get_client_random(3), SSL_CTX_set_keylog_callback(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, -1, SSL_export_keying_material,
             (SSL*, unsigned char*, size_t, const char*, size_t, const unsigned char*, size_t, int))
CIAO_NOT_YET(int, -1, SSL_export_keying_material_early,
             (SSL*, unsigned char*, size_t, const char*, size_t, const unsigned char*, size_t))
CIAO_NOT_YET(size_t, 0, SSL_get_client_random, (const SSL*, unsigned char*, size_t))
CIAO_NOT_YET(size_t, 0, SSL_get_server_random, (const SSL*, unsigned char*, size_t))
CIAO_NOT_YET(size_t, 0, SSL_get_finished, (const SSL*, void*, size_t))
CIAO_NOT_YET(size_t, 0, SSL_get_peer_finished, (const SSL*, void*, size_t))
CIAO_NOT_YET(void, , SSL_CTX_set_keylog_callback, (SSL_CTX*, SSL_CTX_keylog_cb_func))
CIAO_NOT_YET(SSL_CTX_keylog_cb_func, nullptr, SSL_CTX_get_keylog_callback, (const SSL_CTX*))
