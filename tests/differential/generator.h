// The sequence that a number stands for.
#pragma once

#include <vector>

#include "operation.h"

namespace ciao::differential {

struct Step {
  const Operation* operation;
  uint64_t number;  // of its arguments
};

std::vector<Step> make_sequence(uint64_t seed);

}  // namespace ciao::differential
