// SSL_export_keying_material(3), SSL_get_client_random(3), SSL_CTX_set_keylog_callback(3).
#include <openssl/ssl.h>

#include <algorithm>

#include "libssl/entry.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

// As much as fits; the answer is how much was copied, or the size when nothing is asked for.
std::size_t copy_random(ByteView random, unsigned char* out, std::size_t size) {
  if (size == 0) return random.size();
  const std::size_t count = std::min(size, random.size());
  copy_bytes(out, random.first(count));
  return count;
}

// As much as fits; the answer is the whole size.
std::size_t copy_finished(const Bytes& verify_data, void* out, std::size_t size) {
  const std::size_t count = std::min(size, verify_data.size());
  copy_bytes(static_cast<std::uint8_t*>(out), ByteView(verify_data).first(count));
  return verify_data.size();
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" int SSL_export_keying_material(SSL* ssl, unsigned char* out, size_t out_size,
                                          const char* label, size_t label_size,
                                          const unsigned char* context, size_t context_size,
                                          int use_context) {
  std::optional<ByteView> context_view;
  if (use_context != 0) context_view = ByteView(context, context_size);
  // Without a session OpenSSL says -1 and not why.
  if (!ssl->connection.session()) return -1;
  return guard(0, [&] {
    const Result<void> exported =
        ssl->connection.export_keying_material({label, label_size}, context_view, {out, out_size});
    if (!exported) raise(exported.error());
    return exported ? 1 : 0;
  });
}

extern "C" int SSL_export_keying_material_early(SSL* s, unsigned char* out, size_t olen,
                                                const char* label, size_t llen,
                                                const unsigned char* context, size_t contextlen) {
  return guard(0, [&] {
    const Result<void> exported = s->connection.export_early_keying_material(
        {label, llen}, {context, contextlen}, {out, olen});
    return exported ? 1 : 0;
  });
}

extern "C" {

size_t SSL_get_client_random(const SSL* ssl, unsigned char* out, size_t outlen) {
  return copy_random(ssl->connection.negotiated().client_random, out, outlen);
}

size_t SSL_get_server_random(const SSL* ssl, unsigned char* out, size_t outlen) {
  return copy_random(ssl->connection.negotiated().server_random, out, outlen);
}

size_t SSL_get_finished(const SSL* s, void* buf, size_t count) {
  return copy_finished(s->connection.negotiated().own_finished, buf, count);
}

size_t SSL_get_peer_finished(const SSL* s, void* buf, size_t count) {
  return copy_finished(s->connection.negotiated().peer_finished, buf, count);
}

void SSL_CTX_set_keylog_callback(SSL_CTX* ctx, SSL_CTX_keylog_cb_func cb) {
  ctx->keylog_callback = cb;
}

SSL_CTX_keylog_cb_func SSL_CTX_get_keylog_callback(const SSL_CTX* ctx) {
  return ctx->keylog_callback;
}

}  // extern "C"
