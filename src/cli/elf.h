// What can be told about a program from its file, before it is started.
#pragma once

#include <string>
#include <vector>

namespace ciao::cli {

enum class ProgramKind {
  dynamic,     // an ELF program with a dynamic loader
  static_elf,  // an ELF program without one
  script,      // begins with #!
  unreadable,  // cannot be opened
  unknown,     // none of these
};

struct Program {
  ProgramKind kind = ProgramKind::unknown;
  std::string loader;       // dynamic: the loader's path
  std::string interpreter;  // script: the program that runs it (resolved through env)
  bool set_id = false;      // the loader would ignore LD_LIBRARY_PATH for us
};

// The file that a shell would start for `name`; empty if there is none. `error` is then the errno
// of the last try.
std::string find_program(const std::string& name, int& error);

Program inspect(const std::string& path);

// The shared objects that the loader would map for a dynamic program, by running the loader in its
// listing mode (the program itself is not started). Empty if that fails.
std::vector<std::string> mapped_at_start(const Program& program, const std::string& path);

}  // namespace ciao::cli
