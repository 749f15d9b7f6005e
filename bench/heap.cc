#include "heap.h"

#include <malloc.h>

#include <cerrno>
#include <cstddef>

// glibc's own allocator under the names that it keeps for programs which replace malloc.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);
}

namespace ciao::bench {
namespace {

HeapUse* counted = nullptr;

std::int64_t size_of(void* block) {
  // Before each block glibc keeps its size.
  return block == nullptr
             ? 0
             : static_cast<std::int64_t>(malloc_usable_size(block) + sizeof(std::size_t));
}

void* taken(void* block) {
  if (counted != nullptr) {
    ++counted->calls;
    counted->bytes += size_of(block);
  }
  return block;
}

void given_back(void* block) {
  if (counted != nullptr) counted->bytes -= size_of(block);
}

}  // namespace

void count_heap_use(HeapUse* use) { counted = use; }

}  // namespace ciao::bench

using ciao::bench::given_back;
using ciao::bench::taken;

extern "C" {

void* malloc(std::size_t size) { return taken(__libc_malloc(size)); }

void* calloc(std::size_t count, std::size_t size) { return taken(__libc_calloc(count, size)); }

void* realloc(void* block, std::size_t size) {
  given_back(block);
  return taken(__libc_realloc(block, size));
}

void* memalign(std::size_t alignment, std::size_t size) {
  return taken(__libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return taken(__libc_memalign(alignment, size));
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  *block = taken(__libc_memalign(alignment, size));
  return *block == nullptr ? ENOMEM : 0;
}

void free(void* block) {
  given_back(block);
  __libc_free(block);
}

}  // extern "C"
