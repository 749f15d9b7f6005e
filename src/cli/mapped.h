// Which libssl the processes of a running service have in memory.
#pragma once

#include <string>

namespace ciao::cli {

// How many processes have it; one may have more than one.
struct Mapped {
  int ours = 0;
  int replaced = 0;  // ciao's, from a file that is not there any more
  int others = 0;
};

// `library` is ciao's. The service is named with its suffix.
Mapped libraries_of(const std::string& service, const std::string& library);

}  // namespace ciao::cli
