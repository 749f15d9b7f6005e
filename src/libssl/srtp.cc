// SSL_CTX_set_tlsext_use_srtp(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 1, SSL_CTX_set_tlsext_use_srtp, (SSL_CTX*, const char*))
CIAO_NOT_YET(int, 1, SSL_set_tlsext_use_srtp, (SSL*, const char*))

extern "C" {

// Profiles cannot be set yet, so that there are none and none is ever chosen.
STACK_OF(SRTP_PROTECTION_PROFILE) * SSL_get_srtp_profiles(SSL*) { return nullptr; }
SRTP_PROTECTION_PROFILE* SSL_get_selected_srtp_profile(SSL*) { return nullptr; }

}  // extern "C"
