// Names for the numbers that the closing rows speak of.
#pragma once

#include <openssl/ssl.h>

#include <string>

namespace ciao::closing {

std::string error_name(int ssl_error);
std::string shutdown_name(int flags);
std::string errno_name(int number);

// Every reason in this thread's error queue, oldest first, joined with '+'; "-" when it is empty.
// The queue is left empty.
std::string drain_reasons();

}  // namespace ciao::closing
