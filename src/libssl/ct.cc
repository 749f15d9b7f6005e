// SSL_CTX_set_ct_validation_callback(3), SSL_CTX_set_ctlog_list_file(3), SSL_get0_peer_scts(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 0, SSL_CTX_enable_ct, (SSL_CTX*, int))
CIAO_NOT_YET(void, , SSL_CTX_set0_ctlog_store, (SSL_CTX*, CTLOG_STORE*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_ct_validation_callback, (SSL_CTX*, ssl_ct_validation_cb, void*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_ctlog_list_file, (SSL_CTX*, const char*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_default_ctlog_list_file, (SSL_CTX*))
CIAO_NOT_YET(int, 0, SSL_enable_ct, (SSL*, int))
CIAO_NOT_YET(const STACK_OF(SCT) *, nullptr, SSL_get0_peer_scts, (SSL*))
CIAO_NOT_YET(int, 0, SSL_set_ct_validation_callback, (SSL*, ssl_ct_validation_cb, void*))

// Validation cannot be enabled, so that it is off.
extern "C" int SSL_CTX_ct_is_enabled(const SSL_CTX*) { return 0; }

extern "C" int SSL_ct_is_enabled(const SSL*) { return 0; }

extern "C" const CTLOG_STORE* SSL_CTX_get0_ctlog_store(const SSL_CTX*) { return nullptr; }
