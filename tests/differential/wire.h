// The shape of what one side sends: its records, and in the clear part its handshake messages.
#pragma once

#include <cstddef>
#include <string>

namespace ciao::differential {

class Wire {
 public:
  // `exact`: the lengths do not depend on what a signature or a ticket came to.
  std::string describe(const std::string& bytes, bool exact);

  void start_over() { *this = Wire(); }

 private:
  std::string record(const std::string& whole, bool exact);
  std::string messages(const std::string& record);

  std::string rest_;        // of a record that is not whole
  std::string header_;      // of a handshake message, as far as it is there
  size_t left_ = 0;         // bytes of a handshake message that has begun
  bool protected_ = false;  // ChangeCipherSpec has been sent
};

}  // namespace ciao::differential
