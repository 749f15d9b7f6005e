// The only way into libcrypto's error queue: every entry of ours is made here, under ERR_LIB_SSL.
#pragma once

#include "base/result.h"

namespace ciao::tls {

// Where an entry says it comes from. As a default argument it is the caller's place:
// ERR_print_errors shows the exported function's name as OpenSSL's does.
struct Place {
  const char* file;
  int line;
  const char* function;

  static constexpr Place here(const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                              const char* function = __builtin_FUNCTION()) {
    return {file, line, function};
  }
};

void raise(Reason reason, Place place = Place::here());
void raise(const Error& error, Place place = Place::here());

// With text that ERR_print_errors shows after the place.
void raise(Reason reason, const char* data, Place place = Place::here());

// What the operating system said, under ERR_LIB_SYS: OpenSSL puts it below its own entry.
void raise_system(int error, const char* data, Place place = Place::here());

// For functions that ciao exports but has not written yet, and for those it leaves out by design.
// Both say ERR_R_UNSUPPORTED and name the function.
void raise_not_yet(const char* function, Place place = Place::here());
void raise_absent(const char* function, const char* why, Place place = Place::here());

// Makes the texts of the SSL reasons known to libcrypto (ERR_reason_error_string). May be repeated.
[[nodiscard]] bool load_reason_strings();

}  // namespace ciao::tls
