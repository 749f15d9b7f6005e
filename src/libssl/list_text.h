// The text of lists as applications write them.
#pragma once

#include <string_view>

namespace ciao::tls {

// `text` without the space, in isspace(3)'s sense of the C locale, at either end.
constexpr std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace ciao::tls
