// SSL_CTX_set_psk_client_callback(3), SSL_CTX_use_psk_identity_hint(3),
// SSL_CTX_set_psk_use_session_callback(3), SSL_CTX_set_psk_find_session_callback(3).
#include <openssl/ssl.h>

#include "libssl/entry.h"
#include "libssl/owner.h"

using namespace ciao::tls;

namespace {

// Of the session, as in OpenSSL; null where no pre-shared key of the application's was used.
const char* text_or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

template <class Owner>
int use_hint(Owner* owner, const char* hint) {
  return checked([&]() -> Result<void> {
    const std::string_view text = hint != nullptr ? hint : "";
    if (text.size() > PSK_MAX_IDENTITY_LEN) return silent_error(Reason::data_length_too_long);
    edit_identity(owner).psk_identity_hint = text;
    return {};
  });
}

}  // namespace

// --- TLS 1.2 -------------------------------------------------------------------------------------

extern "C" void SSL_CTX_set_psk_client_callback(SSL_CTX* ctx, SSL_psk_client_cb_func cb) {
  guard_void([&] { edit_settings(ctx).psk_client = cb; });
}

extern "C" void SSL_set_psk_client_callback(SSL* s, SSL_psk_client_cb_func cb) {
  guard_void([&] { edit_settings(s).psk_client = cb; });
}

extern "C" void SSL_CTX_set_psk_server_callback(SSL_CTX* ctx, SSL_psk_server_cb_func cb) {
  guard_void([&] { edit_settings(ctx).psk_server = cb; });
}

extern "C" void SSL_set_psk_server_callback(SSL* s, SSL_psk_server_cb_func cb) {
  guard_void([&] { edit_settings(s).psk_server = cb; });
}

extern "C" int SSL_CTX_use_psk_identity_hint(SSL_CTX* ctx, const char* identity_hint) {
  return use_hint(ctx, identity_hint);
}

extern "C" int SSL_use_psk_identity_hint(SSL* s, const char* identity_hint) {
  return s != nullptr ? use_hint(s, identity_hint) : 0;
}

extern "C" const char* SSL_get_psk_identity(const SSL* ssl) {
  if (ssl == nullptr || !ssl->connection.session()) return nullptr;
  return text_or_null(ssl->connection.session()->psk_identity);
}

extern "C" const char* SSL_get_psk_identity_hint(const SSL* ssl) {
  if (ssl == nullptr || !ssl->connection.session()) return nullptr;
  return text_or_null(ssl->connection.session()->psk_identity_hint);
}

// --- TLS 1.3 -------------------------------------------------------------------------------------

extern "C" void SSL_CTX_set_psk_use_session_callback(SSL_CTX* ctx, SSL_psk_use_session_cb_func cb) {
  guard_void([&] { edit_settings(ctx).psk_use_session = cb; });
}

extern "C" void SSL_set_psk_use_session_callback(SSL* s, SSL_psk_use_session_cb_func cb) {
  guard_void([&] { edit_settings(s).psk_use_session = cb; });
}

extern "C" void SSL_CTX_set_psk_find_session_callback(SSL_CTX* ctx,
                                                      SSL_psk_find_session_cb_func cb) {
  guard_void([&] { edit_settings(ctx).psk_find_session = cb; });
}

extern "C" void SSL_set_psk_find_session_callback(SSL* s, SSL_psk_find_session_cb_func cb) {
  guard_void([&] { edit_settings(s).psk_find_session = cb; });
}
