// SSL_CONF_CTX_new(3), SSL_CONF_cmd(3), SSL_CTX_config(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(SSL_CONF_CTX*, nullptr, SSL_CONF_CTX_new, (void))
CIAO_NOT_YET(void, , SSL_CONF_CTX_free, (SSL_CONF_CTX*))
CIAO_NOT_YET(int, 0, SSL_CONF_CTX_finish, (SSL_CONF_CTX*))
CIAO_NOT_YET(unsigned int, 0, SSL_CONF_CTX_set_flags, (SSL_CONF_CTX*, unsigned int))
CIAO_NOT_YET(unsigned int, 0, SSL_CONF_CTX_clear_flags, (SSL_CONF_CTX*, unsigned int))
CIAO_NOT_YET(int, 0, SSL_CONF_CTX_set1_prefix, (SSL_CONF_CTX*, const char*))
CIAO_NOT_YET(void, , SSL_CONF_CTX_set_ssl, (SSL_CONF_CTX*, SSL*))
CIAO_NOT_YET(void, , SSL_CONF_CTX_set_ssl_ctx, (SSL_CONF_CTX*, SSL_CTX*))
CIAO_NOT_YET(int, 0, SSL_CONF_cmd, (SSL_CONF_CTX*, const char*, const char*))
CIAO_NOT_YET(int, 0, SSL_CONF_cmd_argv, (SSL_CONF_CTX*, int*, char***))
CIAO_NOT_YET(int, SSL_CONF_TYPE_UNKNOWN, SSL_CONF_cmd_value_type, (SSL_CONF_CTX*, const char*))
CIAO_NOT_YET(int, 0, SSL_CTX_config, (SSL_CTX*, const char*))
CIAO_NOT_YET(int, 0, SSL_config, (SSL*, const char*))
CIAO_NOT_YET(void, , SSL_add_ssl_module, (void))
