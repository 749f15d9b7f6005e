#include "cli/run.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli/elf.h"

namespace ciao::cli {
namespace {

constexpr const char* kLibrary = "libssl.so.3";

template <class... Arguments>
int refuse(int exit_code, const char* format, Arguments... arguments) {
  std::fputs("ciao run: ", stderr);
  std::fprintf(stderr, format, arguments...);
  std::fputc('\n', stderr);
  return exit_code;
}

void prepend_library_path(const std::string& folder) {
  const char* before = std::getenv("LD_LIBRARY_PATH");
  const std::string path = before != nullptr && *before != '\0' ? folder + ":" + before : folder;
  setenv("LD_LIBRARY_PATH", path.c_str(), 1);
}

std::vector<char*> argument_vector(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  return arguments;
}

int start(const std::string& path, const std::vector<std::string>& command) {
  execv(path.c_str(), argument_vector(command).data());
  return refuse(kNotExecutable, "cannot start %s: %s", path.c_str(), std::strerror(errno));
}

// Follows scripts to the program that runs them. Returns 0, or the exit code of a refusal.
int check(const std::string& path, Program& program, std::string& checked) {
  checked = path;
  for (int depth = 0; depth < 4; ++depth) {
    program = inspect(checked);
    if (program.kind != ProgramKind::script) break;
    int error = 0;
    const std::string next = find_program(program.interpreter, error);
    if (next.empty()) {
      return refuse(kNotFound, "%s is a script for %s, which cannot be started: %s",
                    checked.c_str(), program.interpreter.c_str(), std::strerror(error));
    }
    checked = next;
  }
  const char* name = checked.c_str();
  if (program.is_secure_for(getuid(), getgid())) {
    return refuse(kNotExecutable,
                  "%s is set-user-ID or set-group-ID, or has file capabilities: the dynamic loader "
                  "ignores library paths for such programs, so that it would run on the system's "
                  "libssl",
                  name);
  }
  switch (program.kind) {
    case ProgramKind::dynamic: return 0;
    case ProgramKind::static_elf:
      return refuse(kNotExecutable,
                    "%s is linked statically: it has its TLS code inside and loads no %s", name,
                    kLibrary);
    case ProgramKind::unreadable:
      return refuse(kNotExecutable, "%s cannot be read: %s", name, std::strerror(errno));
    case ProgramKind::script:
    case ProgramKind::unknown: break;
  }
  return refuse(kNotExecutable, "%s is neither an ELF program nor a script", name);
}

volatile std::sig_atomic_t child_pid = 0;

void pass_on(int signal) {
  if (child_pid > 0) kill(child_pid, signal);
}

// For a program that is not linked to libssl but may load it later (Python, Qt): waits for its end
// and says so if it never did. The library leaves its mark in a file when it is loaded.
int run_and_watch(const std::string& path, const std::vector<std::string>& command) {
  std::string mark = (std::filesystem::temp_directory_path() / "ciao-run-XXXXXX").string();
  const int file = mkstemp(mark.data());
  if (file < 0)
    return refuse(kRunFailed, "cannot make a file in %s: %s", mark.c_str(), std::strerror(errno));
  // A program that root starts may have become another user by the time it loads the library.
  if (geteuid() == 0) fchmod(file, S_IRUSR | S_IWUSR | S_IWGRP | S_IWOTH);
  close(file);
  setenv("CIAO_RUN_MARK", mark.c_str(), 1);
  const pid_t child = fork();
  if (child == 0) _exit(start(path, command));
  child_pid = child;
  for (const int signal : {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2})
    std::signal(signal, pass_on);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  std::error_code ignored;
  const bool loaded = std::filesystem::file_size(mark, ignored) > 0;
  std::filesystem::remove(mark, ignored);
  if (!loaded) {
    return refuse(kRunFailed, "%s is not linked to %s and never loaded it: it ran without ciao",
                  path.c_str(), kLibrary);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::string library_folder() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const std::filesystem::path base = self.parent_path().parent_path();
  // The build folder, and the places that an installation uses.
  for (const char* folder :
       {"lib", "lib/ciao", "lib/x86_64-linux-gnu/ciao", "lib/aarch64-linux-gnu/ciao"}) {
    if (std::filesystem::exists(base / folder / kLibrary, error)) return (base / folder).string();
  }
  return {};
}

int run(const RunOptions& options) {
  const std::string folder = library_folder();
  if (folder.empty()) {
    return refuse(kRunFailed,
                  "ciao's own %s is missing: it should be in ../lib beside this program", kLibrary);
  }
  const std::string& name = options.command.front();
  int error = 0;
  const std::string path = find_program(name, error);
  if (path.empty()) {
    return refuse(error == ENOENT ? kNotFound : kNotExecutable, "%s: %s", name.c_str(),
                  std::strerror(error));
  }
  Program program;
  std::string checked;
  if (const int refusal = check(path, program, checked); refusal != 0) return refusal;

  const std::vector<std::string> objects = mapped_at_start(program, checked);
  const bool linked = std::find(objects.begin(), objects.end(), kLibrary) != objects.end();
  prepend_library_path(folder);
  if (options.trace) setenv("CIAO_TRACE", "1", 1);
  return linked ? start(path, options.command) : run_and_watch(path, options.command);
}

}  // namespace ciao::cli
