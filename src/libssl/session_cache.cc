// SSL_CTX_sess_set_get_cb(3), SSL_CTX_add_session(3), SSL_set_session(3),
// SSL_CTX_set_session_id_context(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 0, SSL_CTX_add_session, (SSL_CTX*, SSL_SESSION*))
CIAO_NOT_YET(int, 0, SSL_CTX_remove_session, (SSL_CTX*, SSL_SESSION*))
CIAO_NOT_YET(void, , SSL_CTX_flush_sessions, (SSL_CTX*, long))
CIAO_NOT_YET(LHASH_OF(SSL_SESSION) *, nullptr, SSL_CTX_sessions, (SSL_CTX*))
CIAO_NOT_YET(void, , SSL_CTX_sess_set_new_cb, (SSL_CTX*, int (*)(SSL*, SSL_SESSION*)))
CIAO_NOT_YET(int (*)(SSL*, SSL_SESSION*), nullptr, SSL_CTX_sess_get_new_cb, (SSL_CTX*))
CIAO_NOT_YET(void, , SSL_CTX_sess_set_get_cb,
             (SSL_CTX*, SSL_SESSION* (*)(SSL*, const unsigned char*, int, int*)))
CIAO_NOT_YET(SSL_SESSION* (*)(SSL*, const unsigned char*, int, int*), nullptr,
             SSL_CTX_sess_get_get_cb, (SSL_CTX*))
CIAO_NOT_YET(void, , SSL_CTX_sess_set_remove_cb, (SSL_CTX*, void (*)(SSL_CTX*, SSL_SESSION*)))
CIAO_NOT_YET(void (*)(SSL_CTX*, SSL_SESSION*), nullptr, SSL_CTX_sess_get_remove_cb, (SSL_CTX*))
CIAO_NOT_YET(long, 0, SSL_CTX_get_timeout, (const SSL_CTX*))
CIAO_NOT_YET(long, 0, SSL_CTX_set_timeout, (SSL_CTX*, long))
CIAO_NOT_YET(long, 0, SSL_get_default_timeout, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_session_id_context, (SSL_CTX*, const unsigned char*, unsigned int))
CIAO_NOT_YET(int, 0, SSL_set_session_id_context, (SSL*, const unsigned char*, unsigned int))
CIAO_NOT_YET(int, 0, SSL_CTX_set_generate_session_id, (SSL_CTX*, GEN_SESSION_CB))
CIAO_NOT_YET(int, 0, SSL_set_generate_session_id, (SSL*, GEN_SESSION_CB))
CIAO_NOT_YET(void, , SSL_CTX_set_not_resumable_session_callback, (SSL_CTX*, int (*)(SSL*, int)))
CIAO_NOT_YET(void, , SSL_set_not_resumable_session_callback, (SSL*, int (*)(SSL*, int)))
CIAO_NOT_YET(int, 0, SSL_has_matching_session_id, (const SSL*, const unsigned char*, unsigned int))
CIAO_NOT_YET(SSL_SESSION*, nullptr, SSL_get_session, (const SSL*))
CIAO_NOT_YET(SSL_SESSION*, nullptr, SSL_get1_session, (SSL*))
CIAO_NOT_YET(int, 0, SSL_set_session, (SSL*, SSL_SESSION*))
CIAO_NOT_YET(int, 0, SSL_session_reused, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_copy_session_id, (SSL*, const SSL*))
CIAO_NOT_YET(int, 0, SSL_set_session_secret_cb, (SSL*, tls_session_secret_cb_fn, void*))
