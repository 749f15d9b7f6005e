// SSL_CTX_set_psk_client_callback(3), SSL_CTX_use_psk_identity_hint(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"
#include "libssl/ssl_st.h"

using namespace ciao::tls;

namespace {

// Of the session, as in OpenSSL; null where no pre-shared key of the application's was used.
const char* text_or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

extern "C" const char* SSL_get_psk_identity(const SSL* ssl) {
  if (ssl == nullptr || !ssl->connection.session()) return nullptr;
  return text_or_null(ssl->connection.session()->psk_identity);
}

extern "C" const char* SSL_get_psk_identity_hint(const SSL* ssl) {
  if (ssl == nullptr || !ssl->connection.session()) return nullptr;
  return text_or_null(ssl->connection.session()->psk_identity_hint);
}

CIAO_NOT_YET(void, , SSL_CTX_set_psk_client_callback, (SSL_CTX*, SSL_psk_client_cb_func))
CIAO_NOT_YET(void, , SSL_set_psk_client_callback, (SSL*, SSL_psk_client_cb_func))
CIAO_NOT_YET(void, , SSL_CTX_set_psk_server_callback, (SSL_CTX*, SSL_psk_server_cb_func))
CIAO_NOT_YET(void, , SSL_set_psk_server_callback, (SSL*, SSL_psk_server_cb_func))
CIAO_NOT_YET(void, , SSL_CTX_set_psk_use_session_callback, (SSL_CTX*, SSL_psk_use_session_cb_func))
CIAO_NOT_YET(void, , SSL_set_psk_use_session_callback, (SSL*, SSL_psk_use_session_cb_func))
CIAO_NOT_YET(void, , SSL_CTX_set_psk_find_session_callback,
             (SSL_CTX*, SSL_psk_find_session_cb_func))
CIAO_NOT_YET(void, , SSL_set_psk_find_session_callback, (SSL*, SSL_psk_find_session_cb_func))
CIAO_NOT_YET(int, 0, SSL_CTX_use_psk_identity_hint, (SSL_CTX*, const char*))
CIAO_NOT_YET(int, 0, SSL_use_psk_identity_hint, (SSL*, const char*))
