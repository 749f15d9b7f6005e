// SSL_extension_supported(3): extensions of the application's.
#include <openssl/ssl.h>

#include "libssl/entry.h"
#include "libssl/known_extensions.h"
#include "libssl/owner.h"
#include "libssl/registered_extensions.h"

namespace ciao::tls {
namespace {

constexpr unsigned kTimestamps = TLSEXT_TYPE_signed_certificate_timestamp;

// These functions fail without an entry in the error queue.
bool may_register(const SSL_CTX* ctx, unsigned type, unsigned context, std::optional<Role> role) {
  if (type > 0xffff) return false;
  // Either ciao looks at the timestamps or the application does.
  if (type == kTimestamps && (context & SSL_EXT_CLIENT_HELLO) != 0 &&
      SSL_CTX_ct_is_enabled(ctx) != 0) {
    return false;
  }
  if (type != kTimestamps && SSL_extension_supported(type) != 0) return false;
  return !has_registered_extension(ctx, type, role);
}

template <class Functions>
int register_extension(SSL_CTX* ctx, unsigned type, unsigned context, std::optional<Role> role,
                       const Functions& functions) {
  return guard(0, [&] {
    if (!may_register(ctx, type, context, role)) return 0;
    edit_identity(ctx).custom_extensions.push_back(
        {custom_extension(type, context, role), functions});
    return 1;
  });
}

constexpr unsigned kPlainContext = SSL_EXT_TLS1_2_AND_BELOW_ONLY | SSL_EXT_CLIENT_HELLO |
                                   SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_IGNORE_ON_RESUMPTION;

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

// OpenSSL 3.0 leaves two out here, although it handles them.
extern "C" int SSL_extension_supported(unsigned int ext_type) {
  const bool left_out =
      ext_type == TLSEXT_TYPE_signature_algorithms_cert || ext_type == kCryptoProBug;
  return !left_out && is_known_extension(ext_type) ? 1 : 0;
}

extern "C" int SSL_CTX_add_custom_ext(SSL_CTX* ctx, unsigned int ext_type, unsigned int context,
                                      SSL_custom_ext_add_cb_ex add_cb,
                                      SSL_custom_ext_free_cb_ex free_cb, void* add_arg,
                                      SSL_custom_ext_parse_cb_ex parse_cb, void* parse_arg) {
  // There would be nothing to free.
  if (add_cb == nullptr && free_cb != nullptr) return 0;
  return register_extension(ctx, ext_type, context, std::nullopt,
                            ExtensionFunctions{add_cb, free_cb, add_arg, parse_cb, parse_arg});
}

extern "C" int SSL_CTX_add_client_custom_ext(SSL_CTX* ctx, unsigned int ext_type,
                                             custom_ext_add_cb add_cb, custom_ext_free_cb free_cb,
                                             void* add_arg, custom_ext_parse_cb parse_cb,
                                             void* parse_arg) {
  return register_extension(ctx, ext_type, kPlainContext, Role::client,
                            PlainExtensionFunctions{add_cb, free_cb, add_arg, parse_cb, parse_arg});
}

extern "C" int SSL_CTX_add_server_custom_ext(SSL_CTX* ctx, unsigned int ext_type,
                                             custom_ext_add_cb add_cb, custom_ext_free_cb free_cb,
                                             void* add_arg, custom_ext_parse_cb parse_cb,
                                             void* parse_arg) {
  return register_extension(ctx, ext_type, kPlainContext, Role::server,
                            PlainExtensionFunctions{add_cb, free_cb, add_arg, parse_cb, parse_arg});
}

extern "C" int SSL_CTX_has_client_custom_ext(const SSL_CTX* ctx, unsigned int ext_type) {
  return has_registered_extension(ctx, ext_type, Role::client) ? 1 : 0;
}
