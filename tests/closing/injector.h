// Says to the object under test what a peer could say: records sealed under the connection's own
// keys, and bytes that no peer should send.
#pragma once

#include <string>
#include <string_view>

#include "pipe_bio.h"
#include "wire_tracker.h"

namespace ciao::closing {

class Injector {
 public:
  Injector(WireTracker& peer_writes, PipeEnd& target) : writes_(peer_writes), target_(target) {}

  // `word` is a step of the notation without its '<'. False when there is no such word.
  bool say(const std::string& word);

 private:
  bool say_alert(const std::string& word);
  bool say_handshake(const std::string& word);
  bool say_raw(const std::string& word);
  void deliver(uint8_t type, std::string_view content);

  WireTracker& writes_;
  PipeEnd& target_;
};

}  // namespace ciao::closing
