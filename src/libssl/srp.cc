// SSL_CTX_set_srp_password(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

namespace {
constexpr char kNoSrp[] = "SRP is deprecated in OpenSSL 3.0 and has no place in TLS 1.3";
}  // namespace

CIAO_ABSENT(int, 0, SRP_Calc_A_param, (SSL*), kNoSrp)
CIAO_ABSENT(int, 0, SSL_CTX_SRP_CTX_free, (SSL_CTX*), kNoSrp)
CIAO_ABSENT(int, 0, SSL_CTX_SRP_CTX_init, (SSL_CTX*), kNoSrp)
CIAO_ABSENT(int, 0, SSL_CTX_set_srp_cb_arg, (SSL_CTX*, void*), kNoSrp)
CIAO_ABSENT(int, 0, SSL_CTX_set_srp_client_pwd_callback, (SSL_CTX*, char* (*)(SSL*, void*)), kNoSrp)
CIAO_ABSENT(int, 0, SSL_CTX_set_srp_password, (SSL_CTX*, char*), kNoSrp)
CIAO_ABSENT(int, 0, SSL_CTX_set_srp_strength, (SSL_CTX*, int), kNoSrp)
CIAO_ABSENT(int, 0, SSL_CTX_set_srp_username, (SSL_CTX*, char*), kNoSrp)
CIAO_ABSENT(int, 0, SSL_CTX_set_srp_username_callback, (SSL_CTX*, int (*)(SSL*, int*, void*)),
            kNoSrp)
CIAO_ABSENT(int, 0, SSL_CTX_set_srp_verify_param_callback, (SSL_CTX*, int (*)(SSL*, void*)), kNoSrp)
CIAO_ABSENT(int, 0, SSL_SRP_CTX_free, (SSL*), kNoSrp)
CIAO_ABSENT(int, 0, SSL_SRP_CTX_init, (SSL*), kNoSrp)
CIAO_ABSENT(BIGNUM*, nullptr, SSL_get_srp_N, (SSL*), kNoSrp)
CIAO_ABSENT(BIGNUM*, nullptr, SSL_get_srp_g, (SSL*), kNoSrp)
CIAO_ABSENT(char*, nullptr, SSL_get_srp_userinfo, (SSL*), kNoSrp)
CIAO_ABSENT(char*, nullptr, SSL_get_srp_username, (SSL*), kNoSrp)
CIAO_ABSENT(int, -1, SSL_set_srp_server_param,
            (SSL*, const BIGNUM*, const BIGNUM*, BIGNUM*, BIGNUM*, char*), kNoSrp)
CIAO_ABSENT(int, -1, SSL_set_srp_server_param_pw, (SSL*, const char*, const char*, const char*),
            kNoSrp)
CIAO_ABSENT(int, SSL3_AL_FATAL, SSL_srp_server_param_with_username, (SSL*, int*), kNoSrp)
