#include "trace.h"

#include <openssl/err.h>

namespace ciao::differential {

std::string take_errors() {
  std::string text;
  while (const unsigned long error = ERR_get_error()) {
    // What a provider says below libssl's own reason is not compared.
    if (ERR_GET_LIB(error) == ERR_LIB_PROV) continue;
    const char* library = ERR_lib_error_string(error);
    const char* reason = ERR_reason_error_string(error);
    text += " [";
    text += library != nullptr ? library : "?";
    text += ": ";
    text += reason != nullptr ? reason : std::to_string(ERR_GET_REASON(error));
    text += "]";
  }
  return text;
}

std::string quoted(const char* text) {
  return text == nullptr ? "NULL" : "\"" + std::string(text) + "\"";
}

std::string hexadecimal(const void* data, size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const auto* bytes = static_cast<const unsigned char*>(data);
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace ciao::differential
