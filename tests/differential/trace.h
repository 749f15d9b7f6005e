// What is written down about a sequence: one line for each call and for each thing that came of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace ciao::differential {

class Trace {
 public:
  void line(std::string_view text) {
    text_ += text;
    text_ += '\n';
  }

  const std::string& text() const { return text_; }
  std::string take() { return std::exchange(text_, {}); }

  uint64_t hash() const {  // FNV-1a
    uint64_t value = 0xcbf29ce484222325;
    for (const char each : text_) {
      value = (value ^ static_cast<unsigned char>(each)) * 0x100000001b3;
    }
    return value;
  }

 private:
  std::string text_;
};

// Everything in the error queue, oldest first, by library and reason; taken out of it. File names,
// lines and texts are the libraries' own.
std::string take_errors();

std::string quoted(const char* text);
std::string hexadecimal(const void* data, size_t size);

}  // namespace ciao::differential
