// The time of day, as sessions and tickets count it, and the time between two moments.
#pragma once

#include <chrono>
#include <cstdint>

namespace ciao::tls {

// Milliseconds since the epoch.
inline std::int64_t wall_clock_ms() {
  using std::chrono::milliseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(now).count();
}

// Microseconds since some moment of the past; never goes back.
inline std::int64_t steady_clock_us() {
  using std::chrono::microseconds;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<microseconds>(now).count();
}

}  // namespace ciao::tls
