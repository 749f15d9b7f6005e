// The border between C callers and code that may run out of memory: the only place that catches.
// Containers say so with std::bad_alloc, or with std::length_error for a size that no memory has.
#pragma once

#include <exception>

#include "libssl/raise.h"

namespace ciao::tls {

// Runs `body`; without memory it reports as OpenSSL does and gives `failure`.
template <class T, class Body>
T guard(T failure, Body body, Place place = Place::here()) {
  try {
    return body();
  } catch (const std::exception&) {
    raise(Reason::malloc_failure, place);
    return failure;
  }
}

// For functions that cannot tell.
template <class Body>
void guard_void(Body body, Place place = Place::here()) {
  try {
    body();
  } catch (const std::exception&) {
    raise(Reason::malloc_failure, place);
  }
}

// For functions that drive a connection: without memory a step of it is half done and cannot be
// taken again, so that `end` makes an end of it.
template <class T, class Body, class End>
T guard_connection(T failure, Body body, End end, Place place = Place::here()) {
  try {
    return body();
  } catch (const std::exception&) {
    raise(Reason::malloc_failure, place);
  }
  guard_void(end, place);
  return failure;
}

// A failure that the error queue does not hear of: the return value says it all.
constexpr Error kQuietFailure = silent_error(Reason::none);

// For functions that answer 1 or 0: runs `body`, which returns Result<void>, and reports its error.
template <class Body>
int checked(Body body, Place place = Place::here()) {
  return guard(
      0,
      [&] {
        const Result<void> done = body();
        if (done) return 1;
        if (done.error().reason != Reason::none) raise(done.error(), place);
        return 0;
      },
      place);
}

}  // namespace ciao::tls
