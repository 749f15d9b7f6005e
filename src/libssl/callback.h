// An application's function with the argument that it wants back, which OpenSSL's callbacks take
// last.
#pragma once

#include <utility>

namespace ciao::tls {

template <class Function>
struct Callback {
  Function fn = nullptr;
  void* arg = nullptr;

  explicit operator bool() const { return fn != nullptr; }

  template <class... Arguments>
  auto invoke(Arguments&&... arguments) const {
    return fn(std::forward<Arguments>(arguments)..., arg);
  }
};

}  // namespace ciao::tls
