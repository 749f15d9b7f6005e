// SSL_key_update(3), SSL_CTX_set_verify(3) (post-handshake authentication).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 0, SSL_key_update, (SSL*, int))
CIAO_NOT_YET(int, SSL_KEY_UPDATE_NONE, SSL_get_key_update_type, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_renegotiate, (SSL*))
CIAO_NOT_YET(int, 0, SSL_renegotiate_abbreviated, (SSL*))
CIAO_NOT_YET(int, 0, SSL_renegotiate_pending, (const SSL*))
CIAO_NOT_YET(void, , SSL_CTX_set_post_handshake_auth, (SSL_CTX*, int))
CIAO_NOT_YET(void, , SSL_set_post_handshake_auth, (SSL*, int))
