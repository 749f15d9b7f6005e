// SSL_CTX_set_msg_callback(3), SSL_CTX_set_info_callback(3).
#include <openssl/ssl.h>

#include "libssl/ctrl_handlers.h"
#include "libssl/entry.h"
#include "libssl/message_trace.h"
#include "libssl/owner.h"

namespace ciao::tls {

template <class Owner>
long set_message_argument(Owner* owner, long, void* argument) {
  return guard<long>(0, [&]() -> long {
    edit_settings(owner).message.arg = argument;
    return 1;
  });
}
template long set_message_argument(SSL*, long, void*);
template long set_message_argument(SSL_CTX*, long, void*);

template <class Owner>
long set_message_callback(Owner* owner, void (*callback)(void)) {
  return guard<long>(0, [&]() -> long {
    edit_settings(owner).message.fn = reinterpret_cast<MessageCallbackFn>(callback);
    return 1;
  });
}
template long set_message_callback(SSL*, void (*)(void));
template long set_message_callback(SSL_CTX*, void (*)(void));

long set_extension_debug_argument(SSL* ssl, long, void* argument) {
  return guard<long>(0, [&]() -> long {
    ssl->cold_state().extension_debug.arg = argument;
    return 1;
  });
}

long set_extension_debug_callback(SSL* ssl, void (*callback)(void)) {
  return guard<long>(0, [&]() -> long {
    auto& debug = ssl->cold_state().extension_debug;
    debug.fn = reinterpret_cast<decltype(debug.fn)>(callback);
    return 1;
  });
}

}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

void SSL_CTX_set_msg_callback(SSL_CTX* ctx, MessageCallbackFn cb) {
  guard_void([&] { edit_settings(ctx).message.fn = cb; });
}

void SSL_set_msg_callback(SSL* ssl, MessageCallbackFn cb) {
  guard_void([&] { edit_settings(ssl).message.fn = cb; });
}

void SSL_CTX_set_info_callback(SSL_CTX* ctx, InfoFn cb) { ctx->info_callback = cb; }
void SSL_set_info_callback(SSL* ssl, InfoFn cb) { ssl->info_callback = cb; }
InfoFn SSL_CTX_get_info_callback(SSL_CTX* ctx) { return ctx->info_callback; }
InfoFn SSL_get_info_callback(const SSL* ssl) { return ssl->info_callback; }

void SSL_trace(int write_p, int, int content_type, const void* buf, size_t len, SSL* ssl,
               void* arg) {
  const ByteView content(static_cast<const unsigned char*>(buf), len);
  guard_void(
      [&] { trace_message(static_cast<BIO*>(arg), ssl, write_p != 0, content_type, content); });
}

// Without effect since OpenSSL 1.1.0.
void SSL_set_debug(SSL*, int) {}

}  // extern "C"
