// SSL_get_error(3), SSL_want(3), SSL_alert_type_string(3), ERR_load_strings(3).
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

extern "C" int ERR_load_SSL_strings(void) { return ciao::tls::load_reason_strings() ? 1 : 0; }

CIAO_NOT_YET(int, SSL_ERROR_SSL, SSL_get_error, (const SSL*, int))
CIAO_NOT_YET(int, SSL_NOTHING, SSL_want, (const SSL*))
CIAO_NOT_YET(const char*, nullptr, SSL_alert_type_string, (int))
CIAO_NOT_YET(const char*, nullptr, SSL_alert_type_string_long, (int))
CIAO_NOT_YET(const char*, nullptr, SSL_alert_desc_string, (int))
CIAO_NOT_YET(const char*, nullptr, SSL_alert_desc_string_long, (int))
CIAO_ABSENT(const struct openssl_ssl_test_functions*, nullptr, SSL_test_functions, (void),
            "the functions it hands out are OpenSSL's own internals")
