// SSL_get_handshake_rtt(3): how long the peer took to answer our first flight.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace ciao::tls {

class RoundTrip {
 public:
  void flight_left() {
    if (left_us_ == 0) left_us_ = steady_clock_us();
  }
  void input_came() {
    if (left_us_ != 0 && taken_us_ < 0) taken_us_ = steady_clock_us() - left_us_;
  }
  // Negative before the first answer.
  std::int64_t microseconds() const { return taken_us_; }

 private:
  std::int64_t left_us_ = 0;
  std::int64_t taken_us_ = -1;
};

}  // namespace ciao::tls
