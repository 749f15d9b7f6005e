// SSL_client_hello_get0_ext(3): for use inside a client_hello callback only.
#include <openssl/ssl.h>

#include <algorithm>

#include "libssl/entry.h"
#include "libssl/known_extensions.h"
#include "libssl/later_prototypes.h"
#include "libssl/null_arguments.h"
#include "libssl/ssl_st.h"
#include "messages/client_hello.h"

namespace ciao::tls {
namespace {

// 0, and nothing stored, outside of the callback.
template <class Member>
std::size_t lend(const SSL* ssl, const unsigned char** out, Member member) {
  const ClientHello* hello = ssl->application.hello();
  if (hello == nullptr) return 0;
  const ByteView bytes = hello->*member;
  if (out != nullptr) *out = bytes.data();
  return bytes.size();
}

bool is_known(const ExtensionView& extension) { return is_known_extension(code(extension.type)); }

// The types of the extensions that OpenSSL knows, in the order received. Without `types` only how
// many; false when there is no room for them.
bool extension_order(const ClientHello& hello, std::uint16_t* types, std::size_t* count) {
  std::size_t used = 0;
  for (const ExtensionView& extension : hello.extensions.entries) {
    if (!is_known(extension)) continue;
    if (types != nullptr && used == *count) return false;
    if (types != nullptr) types[used] = code(extension.type);
    ++used;
  }
  *count = used;
  return true;
}

// The same in a list that the caller frees; null when there are none.
bool list_extensions(const ClientHello& hello, int** types, std::size_t* count) {
  const auto& entries = hello.extensions.entries;
  *types = nullptr;
  *count = static_cast<std::size_t>(std::ranges::count_if(entries, is_known));
  if (*count == 0) return true;
  int* next = static_cast<int*>(OPENSSL_malloc(*count * sizeof(int)));
  if (next == nullptr) {
    raise(Reason::malloc_failure);
    return false;
  }
  *types = next;
  for (const ExtensionView& extension : entries) {
    if (is_known(extension)) *next++ = code(extension.type);
  }
  return true;
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

// SSL 2 hellos are refused before a callback could see them.
int SSL_client_hello_isv2(SSL*) { return 0; }

unsigned int SSL_client_hello_get0_legacy_version(SSL* s) {
  const ClientHello* hello = s->application.hello();
  return hello != nullptr ? code(hello->legacy_version) : 0;
}

size_t SSL_client_hello_get0_random(SSL* s, const unsigned char** out) {
  return lend(s, out, &ClientHello::random);
}

size_t SSL_client_hello_get0_session_id(SSL* s, const unsigned char** out) {
  return lend(s, out, &ClientHello::legacy_session_id);
}

size_t SSL_client_hello_get0_ciphers(SSL* s, const unsigned char** out) {
  return lend(s, out, &ClientHello::cipher_suites);
}

size_t SSL_client_hello_get0_compression_methods(SSL* s, const unsigned char** out) {
  return lend(s, out, &ClientHello::legacy_compression_methods);
}

int SSL_client_hello_get_extension_order(SSL* s, uint16_t* exts, size_t* num_exts) {
  if (refuse_null(s == nullptr || num_exts == nullptr)) return 0;
  const ClientHello* hello = s->application.hello();
  if (hello == nullptr) return 0;
  return extension_order(*hello, exts, num_exts) ? 1 : 0;
}

int SSL_client_hello_get1_extensions_present(SSL* s, int** out, size_t* outlen) {
  const ClientHello* hello = s->application.hello();
  if (hello == nullptr || out == nullptr || outlen == nullptr) return 0;
  return list_extensions(*hello, out, outlen) ? 1 : 0;
}

int SSL_client_hello_get0_ext(SSL* s, unsigned int type, const unsigned char** out,
                              size_t* outlen) {
  const ClientHello* hello = s->application.hello();
  if (hello == nullptr || !is_known_extension(type)) return 0;
  const auto& entries = hello->extensions.entries;
  const auto extension = std::ranges::find_if(
      entries, [&](const ExtensionView& entry) { return code(entry.type) == type; });
  if (extension == entries.end()) return 0;
  if (out != nullptr) *out = extension->content.data();
  if (outlen != nullptr) *outlen = extension->content.size();
  return 1;
}

}  // extern "C"
