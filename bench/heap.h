// Counts what a stretch of the program asks of malloc.
#pragma once

#include <cstdint>

namespace ciao::bench {

struct HeapUse {
  std::int64_t calls = 0;  // malloc, calloc, realloc, aligned_alloc
  std::int64_t bytes = 0;  // taken and not given back, with malloc's own overhead
};

// Counts into `use` until the next call; null counts nothing. Only the program that measures memory
// replaces malloc (heap.cc); in the one that measures time this does nothing (heap_off.cc).
void count_heap_use(HeapUse* use);

}  // namespace ciao::bench
