// Counted objects that several share until one of them changes its own.
#pragma once

#include "base/ref.h"

namespace ciao::tls {

// The object behind `ref`, for changing: a copy of its own first, if anybody else holds it.
template <class T>
T& edit(Ref<T>& ref) {
  if (!ref->unique()) ref = make_ref<T>(*ref);
  return *ref;
}

}  // namespace ciao::tls
