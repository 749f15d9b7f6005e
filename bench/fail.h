// A bench that does not do what it says measures nothing: it ends with the reason.
#pragma once

#include <openssl/err.h>

#include <cstdio>
#include <cstdlib>

namespace ciao::bench {

template <class T = void>
[[noreturn]] T fail(const char* what) {
  std::fprintf(stderr, "bench: %s\n", what);
  ERR_print_errors_fp(stderr);
  std::exit(2);
}

}  // namespace ciao::bench
