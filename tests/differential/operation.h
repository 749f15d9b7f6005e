// What a sequence is made of. An operation is one call, or a few that belong together; it draws its
// arguments itself.
#pragma once

#include <span>

#include "arguments.h"
#include "world.h"

namespace ciao::differential {

enum class When : uint8_t {
  kSetting,  // mostly before a handshake, never during one
  kBetween,  // as often after one, never during one
  kMidway,   // mostly during and after it
  kAny,
};

struct Operation {
  const char* name;
  When when;
  int weight;
  void (*play)(World&, Arguments&);
  bool in_renegotiation = true;  // whether it is made while one is asked for or under way

  // NOTES.md says why some mixtures are not made.
  bool may_be_played(const World& world) const {
    const bool sets = when == When::kSetting || when == When::kBetween;
    if (sets && world.is_in_handshake()) return false;
    return (in_renegotiation && !sets) || !world.is_renegotiating();
  }
};

std::span<const Operation> policy_operations();
std::span<const Operation> number_operations();
std::span<const Operation> identity_operations();
std::span<const Operation> verify_operations();
std::span<const Operation> callback_operations();
std::span<const Operation> handshake_operations();
std::span<const Operation> transfer_operations();
std::span<const Operation> session_operations();
std::span<const Operation> observe_operations();
std::span<const Operation> bio_operations();

}  // namespace ciao::differential
