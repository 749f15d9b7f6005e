// What a peer lists, as a choice is made from it.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

namespace ciao::tls {

// Those that `known` answers for, each once: a peer may list one thousands of times, and things
// that nobody has.
template <class T, class Known>
std::vector<T> known_once(std::span<const T> listed, const Known& known) {
  std::vector<T> result;
  for (const T value : listed) {
    const bool repeated = std::ranges::find(result, value) != result.end();
    if (!repeated && known(value)) result.push_back(value);
  }
  return result;
}

}  // namespace ciao::tls
