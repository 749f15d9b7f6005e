// SSL_in_init(3), SSL_state_string(3), SSL_rstate_string(3), SSL_set_connect_state(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(OSSL_HANDSHAKE_STATE, TLS_ST_BEFORE, SSL_get_state, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_in_init, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_in_before, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_is_init_finished, (const SSL*))
CIAO_NOT_YET(const char*, nullptr, SSL_state_string, (const SSL*))
CIAO_NOT_YET(const char*, nullptr, SSL_state_string_long, (const SSL*))
CIAO_NOT_YET(const char*, nullptr, SSL_rstate_string, (const SSL*))
CIAO_NOT_YET(const char*, nullptr, SSL_rstate_string_long, (const SSL*))
CIAO_NOT_YET(void, , SSL_set_connect_state, (SSL*))
CIAO_NOT_YET(void, , SSL_set_accept_state, (SSL*))
