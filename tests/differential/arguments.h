// The arguments of one call of a sequence, drawn from a number and from nothing else: a call keeps
// its arguments when others are taken out of the sequence.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ciao::differential {

class Arguments {
 public:
  explicit Arguments(uint64_t number) : state_(number) {}

  uint64_t next() {  // splitmix64
    uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }

  size_t below(size_t bound) { return static_cast<size_t>(next() % bound); }
  bool chance(unsigned percent) { return below(100) < percent; }

  template <class T, size_t kCount>
  const T& pick(const T (&of)[kCount]) {
    return of[below(kCount)];
  }

 private:
  uint64_t state_;
};

}  // namespace ciao::differential
