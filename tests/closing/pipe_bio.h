// The scripted transport: two ends in memory, each with an inbox, whose capacity and failures the
// row decides.
#pragma once

#include <openssl/bio.h>

#include <cstddef>
#include <optional>
#include <string>

namespace ciao::closing {

struct PipeEnd {
  std::string inbox;           // bytes this end has not read yet
  bool eof = false;            // once the inbox is empty: end of file
  bool reset = false;          // once the inbox is empty: ECONNRESET
  bool broken = false;         // writes fail with EPIPE
  std::optional<size_t> room;  // bytes still accepted; none means no limit
  PipeEnd* other = nullptr;

  std::string handed;        // bytes accepted since the last `take_handed`
  bool read_called = false;  // since the last `forget_calls`
  bool write_called = false;

  std::string take_handed();
  void forget_calls();
};

void join(PipeEnd& a, PipeEnd& b);

// The BIO does not own the end, which has to outlive it.
BIO* new_pipe_bio(PipeEnd& end);

}  // namespace ciao::closing
