// SSL_CTX_ctrl(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(long, 0, SSL_CTX_ctrl, (SSL_CTX*, int, long, void*))
CIAO_NOT_YET(long, 0, SSL_ctrl, (SSL*, int, long, void*))
CIAO_NOT_YET(long, 0, SSL_CTX_callback_ctrl, (SSL_CTX*, int, void (*)(void)))
CIAO_NOT_YET(long, 0, SSL_callback_ctrl, (SSL*, int, void (*)(void)))
