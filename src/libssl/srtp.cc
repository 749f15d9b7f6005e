// SSL_CTX_set_tlsext_use_srtp(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 1, SSL_CTX_set_tlsext_use_srtp, (SSL_CTX*, const char*))
CIAO_NOT_YET(int, 1, SSL_set_tlsext_use_srtp, (SSL*, const char*))
CIAO_NOT_YET(STACK_OF(SRTP_PROTECTION_PROFILE) *, nullptr, SSL_get_srtp_profiles, (SSL*))
CIAO_NOT_YET(SRTP_PROTECTION_PROFILE*, nullptr, SSL_get_selected_srtp_profile, (SSL*))
