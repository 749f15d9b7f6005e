// CRYPTO_set_mem_functions(3): a program's own allocator serves libssl, too. What it is asked for
// differs between libraries; that it is asked, and gets back what it gave, does not.
#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <string>

#include "report.h"

using abi::line;

namespace {

// Before each block: a mark that free() looks for, with room for any alignment.
constexpr std::size_t kHead = 16;
constexpr unsigned long kOurs = 0x6369616f6369616f;

long given = 0;
long taken_back = 0;
long foreign = 0;
bool out_of_memory = false;

void* own_malloc(std::size_t size, const char*, int) {
  if (out_of_memory || size == 0) return nullptr;
  auto* head = static_cast<unsigned long*>(std::malloc(size + kHead));
  *head = kOurs;
  ++given;
  return reinterpret_cast<char*>(head) + kHead;
}

void own_free(void* memory, const char*, int) {
  if (memory == nullptr) return;
  auto* head = reinterpret_cast<unsigned long*>(static_cast<char*>(memory) - kHead);
  if (*head != kOurs) {
    ++foreign;
    return;
  }
  *head = 0;
  ++taken_back;
  std::free(head);
}

void* own_realloc(void* memory, std::size_t size, const char* file, int line) {
  if (memory == nullptr) return own_malloc(size, file, line);
  if (size == 0) {
    own_free(memory, file, line);
    return nullptr;
  }
  if (out_of_memory) return nullptr;
  auto* head =
      static_cast<unsigned long*>(std::realloc(static_cast<char*>(memory) - kHead, size + kHead));
  return reinterpret_cast<char*>(head) + kHead;
}

template <class Call>
bool asks(Call call) {
  const long before = given;
  call();
  return given > before;
}

}  // namespace

int main() {
  line("set", CRYPTO_set_mem_functions(own_malloc, own_realloc, own_free));
  SSL_CTX* ctx = nullptr;
  line("context asks", asks([&] { ctx = SSL_CTX_new(TLS_method()); }));
  SSL* ssl = nullptr;
  line("connection asks", asks([&] { ssl = SSL_new(ctx); }));
  const long before = given - taken_back;
  line("a connection more asks", asks([&] { SSL_free(SSL_new(ctx)); }));
  line("and gives all back", given - taken_back == before);
  line("set too late", CRYPTO_set_mem_functions(own_malloc, own_realloc, own_free));
  out_of_memory = true;
  line("without memory", SSL_new(ctx) == nullptr);
  line("without memory, a context", SSL_CTX_new(TLS_method()) == nullptr);
  out_of_memory = false;
  ERR_clear_error();
  SSL_free(ssl);
  SSL_CTX_free(ctx);
  OPENSSL_cleanup();
  line("freed and not ours", foreign);
}
