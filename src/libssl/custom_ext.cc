// SSL_extension_supported(3), SSL_CTX_use_serverinfo(3).
#include <openssl/ssl.h>

#include "libssl/known_extensions.h"
#include "libssl/not_yet.h"

CIAO_NOT_YET(int, 0, SSL_CTX_use_serverinfo, (SSL_CTX*, const unsigned char*, size_t))
CIAO_NOT_YET(int, 0, SSL_CTX_use_serverinfo_ex,
             (SSL_CTX*, unsigned int, const unsigned char*, size_t))
CIAO_NOT_YET(int, 0, SSL_CTX_use_serverinfo_file, (SSL_CTX*, const char*))
CIAO_NOT_YET(int, 0, SSL_CTX_add_custom_ext,
             (SSL_CTX*, unsigned int, unsigned int, SSL_custom_ext_add_cb_ex,
              SSL_custom_ext_free_cb_ex, void*, SSL_custom_ext_parse_cb_ex, void*))
CIAO_NOT_YET(int, 0, SSL_CTX_add_client_custom_ext,
             (SSL_CTX*, unsigned int, custom_ext_add_cb, custom_ext_free_cb, void*,
              custom_ext_parse_cb, void*))
CIAO_NOT_YET(int, 0, SSL_CTX_add_server_custom_ext,
             (SSL_CTX*, unsigned int, custom_ext_add_cb, custom_ext_free_cb, void*,
              custom_ext_parse_cb, void*))

// OpenSSL 3.0 leaves signature_algorithms_cert out here, although it handles it.
extern "C" int SSL_extension_supported(unsigned int ext_type) {
  return ext_type != TLSEXT_TYPE_signature_algorithms_cert &&
                 ciao::tls::is_known_extension(ext_type)
             ? 1
             : 0;
}

// None can be added.
extern "C" int SSL_CTX_has_client_custom_ext(const SSL_CTX*, unsigned int) { return 0; }
