#include "cli/service.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/mapped.h"
#include "cli/obstacle.h"
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

int reload_systemd(const char* command, const Root& root) {
  std::error_code error;
  if (!root.is_running() || !fs::is_directory("/run/systemd/system", error)) return 0;
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

// A unit's drop-in of ours, as it and its folder are called from outside. The file is where links
// lead; the folder is removed with it only when it is none itself.
struct DropIn {
  explicit DropIn(const Unit& unit) : shown(unit.root().shown(unit.drop_in())) {
    const fs::path inside = unit.drop_in_folder();
    const fs::path real = unit.root().real(inside);
    if (real.empty()) return;
    folder = unit.root().real(inside.parent_path()) / inside.filename();
    file = real / unit.drop_in().filename();
    std::error_code error;
    exists = fs::exists(fs::symlink_status(file, error));
    const std::optional<std::vector<std::string>> lines =
        lines_of(unit.root().real(unit.drop_in()));
    is_ours = lines && !lines->empty() && lines->front() == kMark;
  }

  fs::path shown;
  fs::path folder;
  fs::path file;  // empty when the links go in a circle
  bool exists = false;
  bool is_ours = false;
};

std::vector<Unit> enabled_units(const Root& root) {
  std::vector<Unit> units = Unit::with_drop_in(root);
  std::erase_if(units, [](const Unit& unit) { return !DropIn(unit).is_ours; });
  return units;
}

// systemd.unit(5) gives meaning to some characters of a value; a list of folders to the colon.
bool plain(const std::string& folder) {
  return folder.find_first_of(" \t\"'\\%$:;") == std::string::npos;
}

// A link that waits in the file's place, in an installation of others, is not followed.
bool write_new(const fs::path& file, const std::string& text) {
  const int out = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (out < 0) return false;
  const bool written = write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  return close(out) == 0 && written;
}

int enable_one(const Unit& unit, const std::string& folder) {
  if (const std::string reason = obstacle(unit, {kVariable, folder}); !reason.empty()) {
    return refuse("enable", "%s: %s", unit.name().c_str(), reason.c_str());
  }
  const DropIn drop_in(unit);
  if (drop_in.exists && !drop_in.is_ours) {
    return refuse("enable", "%s is there and was not written by \"ciao enable\"",
                  drop_in.shown.c_str());
  }
  if (drop_in.file.empty()) {
    return refuse("enable", "cannot write %s: %s", drop_in.shown.c_str(), std::strerror(ELOOP));
  }
  std::error_code error;
  fs::create_directories(drop_in.file.parent_path(), error);
  // Whole or not at all: systemd reads no name that does not end in .conf.
  const fs::path half = drop_in.file.string() + "." + std::to_string(getpid());
  fs::remove(half, error);
  const std::string text =
      std::string(kMark) + "\n[Service]\nEnvironment=" + kVariable + '=' + folder + '\n';
  if (!write_new(half, text) || std::rename(half.c_str(), drop_in.file.c_str()) != 0) {
    const int saved = errno;
    fs::remove(half, error);
    rmdir(drop_in.folder.c_str());
    return refuse("enable", "cannot write %s: %s", drop_in.shown.c_str(), std::strerror(saved));
  }
  std::printf("wrote %s: %s will find %s in %s first\n", drop_in.shown.c_str(), unit.name().c_str(),
              kLibrary, folder.c_str());
  return 0;
}

int disable_one(const Unit& unit) {
  const DropIn drop_in(unit);
  if (!drop_in.exists) {
    return refuse("disable", "%s is not enabled: there is no %s", unit.name().c_str(),
                  drop_in.shown.c_str());
  }
  if (!drop_in.is_ours) {
    return refuse("disable", "%s was not written by \"ciao enable\": remove it yourself",
                  drop_in.shown.c_str());
  }
  std::error_code error;
  if (!fs::remove(drop_in.file, error)) {
    return refuse("disable", "cannot remove %s: %s", drop_in.shown.c_str(),
                  error.message().c_str());
  }
  std::printf("removed %s\n", drop_in.shown.c_str());
  // Only when it is empty, and a folder: rmdir(2) leaves a link to one alone.
  if (rmdir(drop_in.folder.c_str()) == 0) {
    std::printf("removed %s\n", drop_in.shown.parent_path().c_str());
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

std::vector<Unit> units_named(const char* command, const ServiceOptions& options, const Root& root,
                              int& result) {
  std::vector<Unit> units;
  for (const std::string& name : options.names) {
    if (const std::optional<Unit> unit = Unit::named(name, root)) {
      units.push_back(*unit);
    } else {
      result = refuse(command, "\"%s\" is not the name of a service", name.c_str());
    }
  }
  return units;
}

template <class Change>
int change_all(const char* command, const Root& root, const std::vector<Unit>& units, int result,
               Change&& change) {
  std::vector<Unit> changed;
  for (const Unit& unit : units) {
    if (change(unit) == 0) {
      changed.push_back(unit);
    } else {
      result = 1;
    }
  }
  if (!changed.empty() && reload_systemd(command, root) != 0) result = 1;
  tell_to_restart(changed);
  return result;
}

void print_status(const Unit& unit, const std::string& folder) {
  const bool enabled = DropIn(unit).is_ours;
  std::printf("%s: %s", unit.name().c_str(), enabled ? "enabled" : "not enabled");
  const std::string reason = enabled ? obstacle(unit, {kVariable, folder}) : unit.load().problem;
  if (!reason.empty()) std::printf("; but %s", reason.c_str());
  if (!unit.root().is_running()) {
    std::printf("\n");
    return;
  }
  const Mapped mapped = libraries_of(unit.name(), folder + "/" + kLibrary);
  if (mapped.ours + mapped.replaced + mapped.others == 0) {
    std::printf("; no process of it has a libssl in memory\n");
    return;
  }
  std::printf("; processes on ciao: %d, on another libssl: %d", mapped.ours, mapped.others);
  if (mapped.replaced != 0) {
    std::printf(", on a ciao that was replaced or removed since: %d", mapped.replaced);
  }
  const int stale = mapped.replaced + (enabled ? mapped.others : mapped.ours);
  std::printf("%s\n", stale != 0 ? "; restart it to change that" : "");
}

// Nothing, and a refusal, when there is no such folder.
std::optional<Root> root_of(const char* command, const ServiceOptions& options) {
  std::error_code error;
  const fs::path folder = fs::canonical(options.root, error);
  if (!error) return Root(folder);
  refuse(command, "--root %s: %s", options.root.c_str(), error.message().c_str());
  return {};
}

}  // namespace

int enable(const ServiceOptions& options) {
  const std::string folder = library_folder();
  if (folder.empty()) return refuse("enable", "ciao's own %s is missing", kLibrary);
  if (!plain(folder)) {
    return refuse("enable", "the name of %s has characters that a unit file cannot hold",
                  folder.c_str());
  }
  const std::optional<Root> root = root_of("enable", options);
  if (!root) return 1;
  int result = 0;
  const std::vector<Unit> units = units_named("enable", options, *root, result);
  return change_all("enable", *root, units, result,
                    [&](const Unit& unit) { return enable_one(unit, folder); });
}

int disable(const ServiceOptions& options) {
  if (options.names.empty() && !options.all) {
    return refuse("disable", "%s", "name the services, or say --all");
  }
  const std::optional<Root> root = root_of("disable", options);
  if (!root) return 1;
  int result = 0;
  const std::vector<Unit> units =
      options.all ? enabled_units(*root) : units_named("disable", options, *root, result);
  return change_all("disable", *root, units, result, disable_one);
}

int status(const ServiceOptions& options) {
  const std::optional<Root> root = root_of("status", options);
  if (!root) return 1;
  int result = 0;
  const std::vector<Unit> units =
      options.names.empty() ? enabled_units(*root) : units_named("status", options, *root, result);
  const std::string folder = library_folder();
  for (const Unit& unit : units) print_status(unit, folder);
  if (units.empty() && result == 0) std::printf("no service is enabled\n");
  return result;
}

}  // namespace ciao::cli
