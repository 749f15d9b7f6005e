// Exported functions without a body of their own. A program linked with BIND_NOW starts only if
// every symbol it imports is there; calling one of these fails and says why in the error queue.
// tools/compatibility.py reads these macros: a function is real when no macro defines it.
#pragma once

#include "libssl/raise.h"

// Declares nothing of its own: `params` and `ret` must agree with the prototype in <openssl/ssl.h>,
// or the compiler refuses the conflicting extern "C" declaration. `value` is the one that the man
// page gives for failure.
#define CIAO_NOT_YET(ret, value, name, params) \
  extern "C" auto name params->ret {           \
    ::ciao::tls::raise_not_yet(#name);         \
    return value;                              \
  }

// By design absent: never to be written. `value` is what the function gives in a libssl that was
// built without the feature.
#define CIAO_ABSENT(ret, value, name, params, why) \
  extern "C" auto name params->ret {               \
    ::ciao::tls::raise_absent(#name, why);         \
    return value;                                  \
  }

// By design absent, where `value` is an ordinary answer ("no compression in use") and not a
// failure: an entry left in the error queue would make a later SSL_get_error report SSL_ERROR_SSL.
#define CIAO_ABSENT_QUIETLY(ret, value, name, params, why) \
  extern "C" auto name params->ret {                       \
    static_assert(sizeof(why) > 1);                        \
    return value;                                          \
  }
