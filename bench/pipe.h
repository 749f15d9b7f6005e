// The transport of the benches: bytes in memory behind a BIO, whose own work is one copy each way.
#pragma once

#include <openssl/bio.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ciao::bench {

// One direction. The block is taken once, so that no growth shows up in the times or the counts.
class Pipe {
 public:
  explicit Pipe(std::size_t capacity) : block_(capacity) {}

  std::size_t size() const { return tail_ - head_; }
  // How many of the bytes were taken: all, or none when they do not fit.
  std::size_t put(const void* data, std::size_t size);
  // How many of the bytes were given.
  std::size_t take(void* out, std::size_t size);

 private:
  std::vector<std::uint8_t> block_;
  std::size_t head_ = 0;
  std::size_t tail_ = 0;
};

struct PipeEnd {
  Pipe* in;
  Pipe* out;
};

// The BIO does not own the end, which has to outlive it. Null without memory.
BIO* new_pipe_bio(PipeEnd& end);

}  // namespace ciao::bench
