// NULL where an object or a place for the answer has to be. What 3.0 has takes it as it comes, as
// there; the functions that came later refuse it.
#pragma once

#include "libssl/raise.h"

namespace ciao::tls {

// Raises ERR_R_PASSED_NULL_PARAMETER where `missing`, and gives it back.
inline bool refuse_null(bool missing, Place place = Place::here()) {
  if (missing) raise(Reason::passed_null_parameter, place);
  return missing;
}

}  // namespace ciao::tls
