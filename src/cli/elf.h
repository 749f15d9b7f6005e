// What can be told about a program from its file, before it is started.
#pragma once

#include <sys/types.h>

#include <optional>
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
  std::string loader;                // dynamic: the loader's path
  std::string interpreter;           // script: the program that runs it, by env(1) without a path
  std::optional<uid_t> set_user_id;  // the user that it becomes
  std::optional<gid_t> set_group_id;
  bool has_capabilities = false;  // capabilities(7), "File capabilities"

  // Whether the dynamic loader ignores LD_LIBRARY_PATH when that user starts it ("secure-execution
  // mode", ld.so(8)). no_new_privs would switch the set-ID bits off, and with them what they are
  // for; ambient capabilities alone change nothing.
  bool is_secure_for(uid_t user, gid_t group) const {
    return set_user_id.value_or(user) != user || set_group_id.value_or(group) != group ||
           (has_capabilities && user != 0);
  }
};

// The file that a shell would start for `name`; empty if there is none. `error` is then the errno
// of the last try.
std::string find_program(const std::string& name, int& error);

Program inspect(const std::string& path);

// The shared objects that the loader would map for a dynamic program, by running the loader in its
// listing mode (the program itself is not started). Empty if that fails.
std::vector<std::string> mapped_at_start(const Program& program, const std::string& path);

}  // namespace ciao::cli
