// Which calls of a connection are under way. Its hooks run in the middle of them, and may come back
// with another one.
#pragma once

#include <cstdint>

namespace ciao::tls {

class Calls {
 public:
  enum class Kind : bool {
    sends,   // write(), close_notify, an alert
    drives,  // advance(), receive(), a message of ours that goes between: the handshake's and the
             // records' state is half changed
  };

  bool any() const { return depth_ != 0; }
  bool driving() const { return driving_; }

  // Counts a call for as long as it lasts.
  class Scope {
   public:
    Scope(Calls& calls, Kind kind) : calls_(calls), was_driving_(calls.driving_) {
      ++calls_.depth_;
      if (kind == Kind::drives) calls_.driving_ = true;
    }
    ~Scope() {
      --calls_.depth_;
      calls_.driving_ = was_driving_;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Calls& calls_;
    bool was_driving_;  // one may be inside another: a callback of advance() writes
  };

 private:
  std::uint8_t depth_ = 0;
  bool driving_ = false;
};

}  // namespace ciao::tls
