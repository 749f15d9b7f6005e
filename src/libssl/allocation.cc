// The library's memory comes from libcrypto's allocator, and so from the program's own functions
// where it has set some (CRYPTO_set_mem_functions(3)). The version script keeps these operators
// inside; no static initialiser may allocate, as a program can set its functions only before the
// first allocation.
#include <openssl/crypto.h>

#include <algorithm>
#include <new>

namespace {

void* allocate(std::size_t size) noexcept {
  // CRYPTO_malloc gives nothing for nothing; operator new gives a pointer to no bytes.
  return OPENSSL_malloc(std::max<std::size_t>(size, 1));
}

}  // namespace

void* operator new(std::size_t size) {
  void* memory = allocate(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* operator new[](std::size_t size) { return operator new(size); }

void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }

void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }

void operator delete(void* memory) noexcept { OPENSSL_free(memory); }

void operator delete[](void* memory) noexcept { OPENSSL_free(memory); }

void operator delete(void* memory, std::size_t) noexcept { OPENSSL_free(memory); }

void operator delete[](void* memory, std::size_t) noexcept { OPENSSL_free(memory); }
