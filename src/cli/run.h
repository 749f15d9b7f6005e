// ciao run: starts a program with ciao's libssl.so.3 in the place of the system's.
#pragma once

#include <string>
#include <vector>

namespace ciao::cli {

// Exit codes of `ciao run` itself, as env(1) and the shells have them.
constexpr int kRunFailed = 125;      // ciao cannot do what was asked
constexpr int kNotExecutable = 126;  // the program exists and cannot be started
constexpr int kNotFound = 127;

struct RunOptions {
  bool trace = false;
  std::vector<std::string> command;
};

// Replaces this process by the program where it can; otherwise returns the exit code.
int run(const RunOptions& options);

// The folder that holds ciao's libssl.so.3, seen from the running executable; empty if it is not
// there.
std::string library_folder();

}  // namespace ciao::cli
