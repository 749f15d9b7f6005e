// What keeps a drop-in with Environment= from putting a service on another library.
#pragma once

#include <string>

#include "cli/unit.h"

namespace ciao::cli {

struct Variable {
  std::string name;
  std::string value;
};

// What is in the way, and what to do about it; empty if nothing is. What cannot be told without the
// running service is in the way, too. Only the program of ExecStart= is looked at, with the
// interpreter of a script, and not what it starts in turn.
std::string obstacle(const Unit& unit, const Variable& ours);

}  // namespace ciao::cli
