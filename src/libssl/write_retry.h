// What SSL_write must remember between a call that blocked and its repetition (SSL_write(3)).
#pragma once

#include <cstddef>

namespace ciao::tls {

// `done` bytes at `buffer` have been sealed and sent, `record` more are sealed and on their way.
struct WriteRetry {
  const void* buffer = nullptr;
  std::size_t done = 0;
  std::size_t record = 0;
  bool active = false;

  void begin(const void* from) { *this = {.buffer = from, .active = true}; }
  void clear() { *this = {}; }
};

}  // namespace ciao::tls
