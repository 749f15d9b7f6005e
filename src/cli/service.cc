#include "cli/service.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "cli/elf.h"
#include "cli/run.h"
#include "cli/unit.h"

namespace ciao::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVariable = "LD_LIBRARY_PATH";
constexpr const char* kLibrary = "libssl.so.3";
constexpr std::string_view kMark = "# Written by \"ciao enable\"; \"ciao disable\" removes it.";

template <class... Arguments>
int refuse(const char* command, const char* format, Arguments... arguments) {
  std::fprintf(stderr, "ciao %s: ", command);
  std::fprintf(stderr, format, arguments...);
  std::fputc('\n', stderr);
  return 1;
}

// The running installation, under the systemd that runs it.
bool systemd_runs(const fs::path& root) {
  std::error_code error;
  return root == "/" && fs::is_directory("/run/systemd/system", error);
}

int reload_systemd(const char* command, const fs::path& root) {
  if (!systemd_runs(root)) return 0;
  const pid_t child = fork();
  if (child == 0) {
    execlp("systemctl", "systemctl", "daemon-reload", nullptr);
    _exit(kNotFound);
  }
  int result = 0;
  while (waitpid(child, &result, 0) < 0 && errno == EINTR) {
  }
  if (child > 0 && WIFEXITED(result) && WEXITSTATUS(result) == 0) return 0;
  return refuse(command, "\"systemctl daemon-reload\" failed: systemd has not read the change yet");
}

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// A file of that name may be somebody else's.
bool is_enabled(const Unit& unit) {
  std::error_code error;
  return fs::exists(unit.drop_in(), error) && first_line(unit.drop_in()) == kMark;
}

std::vector<Unit> enabled_units(const fs::path& root) {
  std::vector<Unit> units = Unit::with_drop_in(root);
  std::erase_if(units, [](const Unit& unit) { return !is_enabled(unit); });
  return units;
}

// What makes a service's program one that no library path changes. Empty if nothing does.
std::string obstacle(const std::string& path) {
  const Program program = inspect(path);
  if (program.kind == ProgramKind::static_elf) {
    return path + " is linked statically: it has its TLS code inside";
  }
  if (program.set_id) {
    return path +
           " is set-user-ID or set-group-ID: the dynamic loader ignores library paths for it";
  }
  return {};
}

// systemd.unit(5) gives meaning to some characters of a value; a list of folders to the colon.
bool plain(const std::string& folder) {
  return folder.find_first_of(" \t\"'\\%$:;") == std::string::npos;
}

int enable_one(const Unit& unit, const fs::path& root, const std::string& folder) {
  if (unit.file().empty()) {
    return refuse("enable", "there is no %s: no unit file of that name in the folders of systemd",
                  unit.name().c_str());
  }
  if (const std::string other = unit.setting_of(kVariable); !other.empty()) {
    return refuse("enable",
                  "%s sets %s itself: put %s in front of its value there; a drop-in of ours would "
                  "take the rest of it away",
                  other.c_str(), kVariable, folder.c_str());
  }
  if (root == "/") {
    for (const std::string& program : unit.programs()) {
      const std::string reason = obstacle(program);
      if (!reason.empty()) return refuse("enable", "%s: %s", unit.name().c_str(), reason.c_str());
    }
  }
  std::error_code error;
  if (fs::exists(unit.drop_in(), error) && first_line(unit.drop_in()) != kMark) {
    return refuse("enable", "%s is there and was not written by \"ciao enable\"",
                  unit.drop_in().c_str());
  }
  fs::create_directories(unit.drop_in_folder(), error);
  // Whole or not at all: systemd reads no name that does not end in .conf.
  const fs::path half = unit.drop_in().string() + "." + std::to_string(getpid());
  std::ofstream out(half);
  out << kMark << "\n[Service]\nEnvironment=" << kVariable << '=' << folder << '\n';
  out.close();
  if (!out || std::rename(half.c_str(), unit.drop_in().c_str()) != 0) {
    const int saved = errno;
    fs::remove(half, error);
    rmdir(unit.drop_in_folder().c_str());
    return refuse("enable", "cannot write %s: %s", unit.drop_in().c_str(), std::strerror(saved));
  }
  std::printf("wrote %s: %s will find %s in %s first\n", unit.drop_in().c_str(),
              unit.name().c_str(), kLibrary, folder.c_str());
  return 0;
}

int disable_one(const Unit& unit) {
  std::error_code error;
  const fs::path file = unit.drop_in();
  if (!fs::exists(file, error)) {
    return refuse("disable", "%s is not enabled: there is no %s", unit.name().c_str(),
                  file.c_str());
  }
  if (first_line(file) != kMark) {
    return refuse("disable", "%s was not written by \"ciao enable\": remove it yourself",
                  file.c_str());
  }
  if (!fs::remove(file, error)) {
    return refuse("disable", "cannot remove %s: %s", file.c_str(), error.message().c_str());
  }
  std::printf("removed %s\n", file.c_str());
  // Only when it is empty, and a folder: rmdir(2) leaves a link to one alone.
  if (rmdir(unit.drop_in_folder().c_str()) == 0) {
    std::printf("removed %s\n", unit.drop_in_folder().c_str());
  }
  return 0;
}

// After the changes: what is left to the administrator.
void tell_to_restart(const std::vector<Unit>& changed) {
  if (changed.empty()) return;
  std::string names;
  for (const Unit& unit : changed) names += ' ' + unit.name();
  std::printf("a running service keeps the library that it has: systemctl try-restart%s\n",
              names.c_str());
}

std::vector<Unit> units_named(const char* command, const ServiceOptions& options, int& result) {
  std::vector<Unit> units;
  for (const std::string& name : options.names) {
    if (const std::optional<Unit> unit = Unit::named(name, options.root)) {
      units.push_back(*unit);
    } else {
      result = refuse(command, "\"%s\" is not the name of a service", name.c_str());
    }
  }
  return units;
}

template <class Change>
int change_all(const char* command, const ServiceOptions& options, const std::vector<Unit>& units,
               int result, Change&& change) {
  std::vector<Unit> changed;
  for (const Unit& unit : units) {
    if (change(unit) == 0) {
      changed.push_back(unit);
    } else {
      result = 1;
    }
  }
  if (!changed.empty() && reload_systemd(command, options.root) != 0) result = 1;
  tell_to_restart(changed);
  return result;
}

// How many of the service's processes have a libssl, and how many of these ciao's.
struct Mapped {
  int ours = 0;
  int others = 0;
};

Mapped libraries_of(const Unit& unit, const std::string& folder) {
  Mapped mapped;
  std::error_code error;
  const std::string own = fs::canonical(fs::path(folder) / kLibrary, error).string();
  for (const int process : unit.processes()) {
    std::ifstream maps("/proc/" + std::to_string(process) + "/maps");
    bool ours = false;
    bool others = false;
    for (std::string line; std::getline(maps, line);) {
      const std::size_t begin = line.find('/');
      if (begin == std::string::npos) continue;
      const std::string file = line.substr(begin);
      if (file == own) ours = true;
      if (file != own && file.find("/libssl.so") != std::string::npos) others = true;
    }
    mapped.ours += ours ? 1 : 0;
    mapped.others += others ? 1 : 0;
  }
  return mapped;
}

void print_status(const Unit& unit, const ServiceOptions& options, const std::string& folder) {
  const bool enabled = is_enabled(unit);
  std::printf("%s: %s", unit.name().c_str(), enabled ? "enabled" : "not enabled");
  if (options.root != "/") {
    std::printf("\n");
    return;
  }
  const Mapped mapped = libraries_of(unit, folder);
  if (mapped.ours == 0 && mapped.others == 0) {
    std::printf("; no process of it has a libssl in memory\n");
    return;
  }
  std::printf("; processes on ciao: %d, on another libssl: %d", mapped.ours, mapped.others);
  const bool restart_due = enabled ? mapped.others != 0 : mapped.ours != 0;
  std::printf("%s\n", restart_due ? "; restart it to change that" : "");
}

}  // namespace

int enable(const ServiceOptions& options) {
  const std::string folder = library_folder();
  if (folder.empty()) return refuse("enable", "ciao's own %s is missing", kLibrary);
  if (!plain(folder)) {
    return refuse("enable", "the name of %s has characters that a unit file cannot hold",
                  folder.c_str());
  }
  int result = 0;
  const std::vector<Unit> units = units_named("enable", options, result);
  return change_all("enable", options, units, result,
                    [&](const Unit& unit) { return enable_one(unit, options.root, folder); });
}

int disable(const ServiceOptions& options) {
  if (options.names.empty() && !options.all) {
    return refuse("disable", "%s", "name the services, or say --all");
  }
  int result = 0;
  const std::vector<Unit> units =
      options.all ? enabled_units(options.root) : units_named("disable", options, result);
  return change_all("disable", options, units, result, disable_one);
}

int status(const ServiceOptions& options) {
  int result = 0;
  const std::vector<Unit> units =
      options.names.empty() ? enabled_units(options.root) : units_named("status", options, result);
  const std::string folder = library_folder();
  for (const Unit& unit : units) print_status(unit, options, folder);
  if (units.empty() && result == 0) std::printf("no service is enabled\n");
  return result;
}

}  // namespace ciao::cli
