// EAP-FAST (RFC 4851): TLS 1.2's session_ticket extension with a content of the application's, and
// a master secret that it brings along. OpenSSL has no manual page for these.
#include <openssl/ssl.h>

#include "libssl/cipher_table.h"
#include "libssl/entry.h"
#include "libssl/owner.h"

namespace ciao::tls {
namespace {

using CipherStack =
    std::unique_ptr<STACK_OF(SSL_CIPHER),
                    decltype([](STACK_OF(SSL_CIPHER) * ciphers) { sk_SSL_CIPHER_free(ciphers); })>;

Result<CipherStack> stack_of(std::span<const std::uint16_t> suites) {
  CipherStack ciphers(sk_SSL_CIPHER_new_null());
  if (!ciphers) return crypto_failure();
  for (const std::uint16_t suite : suites) {
    const SSL_CIPHER* cipher = find_cipher(suite);
    if (cipher == nullptr || cipher->signalling()) continue;
    if (sk_SSL_CIPHER_push(ciphers.get(), cipher) == 0) return crypto_failure();
  }
  return ciphers;
}

}  // namespace

Result<void> SslApplication::session_ticket_extension(ByteView content) {
  const Callback<tls_session_ticket_ext_cb_fn> callback = ssl_.settings->session_ticket_ext;
  if (!callback || callback.invoke(&ssl_, content.data(), static_cast<int>(content.size())) != 0) {
    return {};
  }
  if (is_server(&ssl_)) return Error{Reason::internal_error, AlertDescription::internal_error};
  return Error{Reason::bad_extension, AlertDescription::handshake_failure};
}

bool SslApplication::has_external_secret() {
  return static_cast<bool>(ssl_.settings->session_secret);
}

Result<std::optional<ExternalSecret>> SslApplication::external_secret(
    std::span<const std::uint16_t> peer_suites) {
  const Callback<tls_session_secret_cb_fn> callback = ssl_.settings->session_secret;
  const CipherStack ciphers = is_server(&ssl_) ? TRY(stack_of(peer_suites)) : CipherStack();
  SecretBytes room(kMaxSessionSecretSize);
  int size = static_cast<int>(room.view().size());
  const SSL_CIPHER* preferred = nullptr;
  const int answer = callback.invoke(&ssl_, static_cast<void*>(room.bytes().data()), &size,
                                     ciphers.get(), &preferred);
  if (answer == 0 || size <= 0) return std::optional<ExternalSecret>();
  // RFC 5246 §8.1: "The master secret is always exactly 48 bytes in length."
  if (size != SSL_MAX_MASTER_KEY_LENGTH) {
    return Error{Reason::internal_error, AlertDescription::internal_error};
  }
  room.shrink(SSL_MAX_MASTER_KEY_LENGTH);
  std::optional<ExternalSecret> external;
  external.emplace(std::move(room));
  if (preferred != nullptr) {
    external->suite = find_suite12(preferred->protocol_id);
    if (external->suite == nullptr) {
      return Error{Reason::internal_error, AlertDescription::internal_error};
    }
  }
  return external;
}

}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" int SSL_set_session_ticket_ext(SSL* s, void* ext_data, int ext_len) {
  return guard(0, [&] {
    if (ext_data != nullptr && ext_len < 0) return 0;
    Config& config = edit_config(s);
    const auto size = static_cast<std::size_t>(ext_data != nullptr ? ext_len : 0);
    config.session_ticket = to_bytes({static_cast<const std::uint8_t*>(ext_data), size});
    config.omit_session_ticket = ext_data == nullptr;
    return 1;
  });
}

extern "C" int SSL_set_session_ticket_ext_cb(SSL* s, tls_session_ticket_ext_cb_fn cb, void* arg) {
  if (s == nullptr) return 0;
  return guard(0, [&] {
    edit_settings(s).session_ticket_ext = {cb, arg};
    return 1;
  });
}

extern "C" int SSL_set_session_secret_cb(SSL* s, tls_session_secret_cb_fn session_secret_cb,
                                         void* arg) {
  if (s == nullptr) return 0;
  return guard(0, [&] {
    edit_settings(s).session_secret = {session_secret_cb, arg};
    return 1;
  });
}
