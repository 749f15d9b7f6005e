// Lines of results, to be compared between two libraries.
#pragma once

#include <openssl/err.h>

#include <cstdio>
#include <string>

namespace abi {

// Everything in the error queue, oldest first, by library and reason. File names and lines are the
// libraries' own.
inline std::string take_errors() {
  std::string text;
  while (const unsigned long error = ERR_get_error()) {
    const char* library = ERR_lib_error_string(error);
    const char* reason = ERR_reason_error_string(error);
    text += std::string(" [") + (library != nullptr ? library : "?") + ": " +
            (reason != nullptr ? reason : std::to_string(ERR_GET_REASON(error)).c_str()) + "]";
  }
  return text;
}

inline void line(const std::string& what, const std::string& result) {
  std::printf("%s = %s%s\n", what.c_str(), result.c_str(), take_errors().c_str());
}

inline void line(const std::string& what, const char* result) {
  line(what, std::string(result != nullptr ? result : "(null)"));
}

inline void line(const std::string& what, long long result) { line(what, std::to_string(result)); }
inline void line(const std::string& what, long result) { line(what, std::to_string(result)); }
inline void line(const std::string& what, int result) { line(what, std::to_string(result)); }
inline void line(const std::string& what, bool result) { line(what, result ? "true" : "false"); }
inline void line(const std::string& what, unsigned result) { line(what, std::to_string(result)); }
inline void line(const std::string& what, unsigned long result) {
  line(what, std::to_string(result));
}

}  // namespace abi
