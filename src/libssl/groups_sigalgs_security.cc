// SSL_CTX_set1_curves(3), SSL_get_shared_sigalgs(3), SSL_get_peer_signature_nid(3),
// SSL_CTX_set_security_level(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(const char*, nullptr, SSL_group_to_name, (SSL*, int))
CIAO_NOT_YET(int, 0, SSL_get_sigalgs, (SSL*, int, int*, int*, int*, unsigned char*, unsigned char*))
CIAO_NOT_YET(int, 0, SSL_get_shared_sigalgs,
             (SSL*, int, int*, int*, int*, unsigned char*, unsigned char*))
CIAO_NOT_YET(int, 0, SSL_get_peer_signature_type_nid, (const SSL*, int*))
CIAO_NOT_YET(int, 0, SSL_get_signature_type_nid, (const SSL*, int*))
CIAO_NOT_YET(int, 0, SSL_CTX_get_security_level, (const SSL_CTX*))
CIAO_NOT_YET(int, 0, SSL_get_security_level, (const SSL*))
CIAO_NOT_YET(void, , SSL_CTX_set_security_level, (SSL_CTX*, int))
CIAO_NOT_YET(void, , SSL_set_security_level, (SSL*, int))
CIAO_NOT_YET(int (*)(const SSL*, const SSL_CTX*, int, int, int, void*, void*), nullptr,
             SSL_CTX_get_security_callback, (const SSL_CTX*))
CIAO_NOT_YET(int (*)(const SSL*, const SSL_CTX*, int, int, int, void*, void*), nullptr,
             SSL_get_security_callback, (const SSL*))
CIAO_NOT_YET(void, , SSL_CTX_set_security_callback,
             (SSL_CTX*, int (*)(const SSL*, const SSL_CTX*, int, int, int, void*, void*)))
CIAO_NOT_YET(void, , SSL_set_security_callback,
             (SSL*, int (*)(const SSL*, const SSL_CTX*, int, int, int, void*, void*)))
CIAO_NOT_YET(void*, nullptr, SSL_CTX_get0_security_ex_data, (const SSL_CTX*))
CIAO_NOT_YET(void*, nullptr, SSL_get0_security_ex_data, (const SSL*))
CIAO_NOT_YET(void, , SSL_CTX_set0_security_ex_data, (SSL_CTX*, void*))
CIAO_NOT_YET(void, , SSL_set0_security_ex_data, (SSL*, void*))
