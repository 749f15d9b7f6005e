// Runs one case in a child of its own, so that a crash or a hang is that case's result and no
// other's.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "observation.h"

namespace ciao::closing {

struct IsolatedResult {
  std::vector<Observation> steps;  // a death or a hang is the last of them
  std::string failure;             // the row could not be carried out at all
};

// `body` gets the trace to write to.
IsolatedResult run_isolated(const std::function<void(Trace&)>& body, std::chrono::seconds limit);

}  // namespace ciao::closing
