#include "cli/mapped.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

namespace ciao::cli {
namespace {

namespace fs = std::filesystem;

std::vector<int> processes_of(const std::string& service) {
  std::error_code error;
  // Hosts that still have both kinds of control groups have systemd's tree beside others.
  const fs::path old = "/sys/fs/cgroup/systemd";
  std::vector<int> processes;
  const auto options = fs::directory_options::skip_permission_denied;
  fs::recursive_directory_iterator at(fs::is_directory(old, error) ? old : old.parent_path(),
                                      options, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const fs::path& path = at->path();
    // In there are the services of users' own.
    if (path.filename() == "user.slice") at.disable_recursion_pending();
    if (path.filename() != "cgroup.procs" ||
        std::find(path.begin(), path.end(), service) == path.end()) {
      continue;
    }
    std::ifstream in(path);
    for (int process = 0; in >> process;) processes.push_back(process);
  }
  return processes;
}

}  // namespace

Mapped libraries_of(const std::string& service, const std::string& library) {
  // proc_pid_maps(5): this is behind the name of a file that was removed, or replaced by another.
  static constexpr std::string_view kDeleted = " (deleted)";
  Mapped mapped;
  std::error_code error;
  const fs::path own = fs::canonical(library, error);
  for (const int process : processes_of(service)) {
    std::ifstream maps("/proc/" + std::to_string(process) + "/maps");
    bool ours = false;
    bool replaced = false;
    bool others = false;
    for (std::string line; std::getline(maps, line);) {
      const std::size_t begin = line.find('/');
      if (begin == std::string::npos) continue;
      std::string file = line.substr(begin);
      const bool deleted = file.ends_with(kDeleted);
      if (deleted) file.resize(file.size() - kDeleted.size());
      if (file == own) {
        (deleted ? replaced : ours) = true;
      } else if (file.find("/libssl.so") != std::string::npos) {
        others = true;
      }
    }
    mapped.ours += ours ? 1 : 0;
    mapped.replaced += replaced ? 1 : 0;
    mapped.others += others ? 1 : 0;
  }
  return mapped;
}

}  // namespace ciao::cli
