// SSL_CTX_set_msg_callback(3), SSL_CTX_set_info_callback(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(void, , SSL_trace, (int, int, int, const void*, size_t, SSL*, void*))
CIAO_NOT_YET(void, , SSL_set_debug, (SSL*, int))
CIAO_NOT_YET(void, , SSL_CTX_set_msg_callback,
             (SSL_CTX*, void (*)(int, int, int, const void*, size_t, SSL*, void*)))
CIAO_NOT_YET(void, , SSL_set_msg_callback,
             (SSL*, void (*)(int, int, int, const void*, size_t, SSL*, void*)))
CIAO_NOT_YET(void, , SSL_CTX_set_info_callback, (SSL_CTX*, void (*)(const SSL*, int, int)))
CIAO_NOT_YET(void, , SSL_set_info_callback, (SSL*, void (*)(const SSL*, int, int)))
CIAO_NOT_YET(void (*)(const SSL*, int, int), nullptr, SSL_CTX_get_info_callback, (SSL_CTX*))
CIAO_NOT_YET(void (*)(const SSL*, int, int), nullptr, SSL_get_info_callback, (const SSL*))
