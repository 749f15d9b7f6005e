#include "cli/unit.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace ciao::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".service";
constexpr const char* kAdministrators = "etc/systemd/system";
// systemd.unit(5), in the order of precedence.
constexpr std::array kFolders = {kAdministrators, "run/systemd/system",
                                 "usr/local/lib/systemd/system", "usr/lib/systemd/system",
                                 "lib/systemd/system"};

// "postgresql@15-main.service" is made of "postgresql@.service"; empty for what is no instance.
std::string template_of(const std::string& name) {
  const std::size_t at = name.find('@');
  if (at == std::string::npos || name.size() == at + 1 + kSuffix.size()) return {};
  return name.substr(0, at + 1) + std::string(kSuffix);
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

struct Setting {
  std::string key;
  std::string value;
  int line;
};

// The assignments of a unit file; a line that ends with a backslash goes on in the next one.
std::vector<Setting> settings_of(const fs::path& file) {
  std::vector<Setting> settings;
  std::ifstream in(file);
  std::string line;
  int number = 0;
  while (std::getline(in, line)) {
    const int begun = ++number;
    // A comment ends with its line, whatever is at the end of it.
    if (const std::string start = trimmed(line); start.starts_with('#') || start.starts_with(';')) {
      continue;
    }
    std::string more;
    while (line.ends_with('\\') && std::getline(in, more)) {
      line.back() = ' ';
      line += more;
      ++number;
    }
    const std::string text = trimmed(line);
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) continue;
    settings.push_back({trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1)), begun});
  }
  return settings;
}

}  // namespace

std::optional<Unit> Unit::named(const std::string& name, const fs::path& root) {
  // As systemctl: what has no suffix is a service.
  const std::size_t dot = name.rfind('.');
  static constexpr std::array kOthers = {".socket", ".target", ".timer", ".mount",  ".path",
                                         ".slice",  ".scope",  ".swap",  ".device", ".automount"};
  const bool other =
      dot != std::string::npos && std::ranges::find(kOthers, name.substr(dot)) != kOthers.end();
  static constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@";
  if (name.empty() || other || name.find_first_not_of(kAllowed) != std::string::npos) return {};
  return Unit(name.ends_with(kSuffix) ? name : name + std::string(kSuffix), root);
}

std::vector<Unit> Unit::with_drop_in(const fs::path& root) {
  std::vector<Unit> units;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root / kAdministrators, error)) {
    const fs::path folder = entry.path().filename();
    if (folder.extension() != ".d" || !folder.stem().string().ends_with(kSuffix)) continue;
    Unit unit(folder.stem().string(), root);
    if (fs::exists(unit.drop_in(), error)) units.push_back(std::move(unit));
  }
  std::ranges::sort(units, {}, &Unit::name);
  return units;
}

fs::path Unit::file() const {
  std::error_code error;
  for (const std::string& name : {name_, template_of(name_)}) {
    if (name.empty()) continue;
    for (const char* folder : kFolders) {
      const fs::path file = root_ / folder / name;
      if (fs::exists(file, error)) return file;
    }
  }
  return {};
}

fs::path Unit::drop_in_folder() const { return root_ / kAdministrators / (name_ + ".d"); }

// The unit file and all drop-ins but ours.
std::vector<fs::path> Unit::files() const {
  std::vector<fs::path> found{file()};
  std::error_code error;
  for (const std::string& name : {name_, template_of(name_)}) {
    if (name.empty()) continue;
    for (const char* folder : kFolders) {
      for (const fs::directory_entry& entry :
           fs::directory_iterator(root_ / folder / (name + ".d"), error)) {
        if (entry.path().extension() == ".conf" && entry.path() != drop_in()) {
          found.push_back(entry.path());
        }
      }
    }
  }
  return found;
}

std::string Unit::setting_of(const std::string& variable) const {
  for (const fs::path& file : files()) {
    for (const Setting& setting : settings_of(file)) {
      const bool here =
          setting.key == "Environment" && setting.value.find(variable + "=") != std::string::npos;
      if (here) return file.string() + ":" + std::to_string(setting.line);
      if (setting.key != "EnvironmentFile") continue;
      // systemd.exec(5): what such a file sets overrides Environment=. "-": it may be missing.
      const fs::path read = setting.value.substr(setting.value.starts_with('-') ? 1 : 0);
      for (const Setting& inside : settings_of(root_ / read.relative_path())) {
        if (inside.key != variable) continue;
        return (root_ / read.relative_path()).string() + ":" + std::to_string(inside.line);
      }
    }
  }
  return {};
}

std::vector<std::string> Unit::programs() const {
  std::vector<std::string> programs;
  for (const fs::path& file : files()) {
    for (const Setting& setting : settings_of(file)) {
      if (setting.key != "ExecStart") continue;
      // systemd.service(5): special prefixes of the executable.
      const std::size_t begin = setting.value.find_first_not_of("@-:+!|");
      if (begin == std::string::npos) continue;
      const std::string program =
          setting.value.substr(begin, setting.value.find_first_of(" \t", begin) - begin);
      if (std::ranges::find(programs, program) == programs.end()) programs.push_back(program);
    }
  }
  return programs;
}

std::vector<int> Unit::processes() const {
  // systemd's own tree, and the one of hosts that still have both kinds of control groups.
  for (const char* tree : {"/sys/fs/cgroup", "/sys/fs/cgroup/systemd"}) {
    const fs::path slice = fs::path(tree) / "system.slice";
    std::error_code error;
    fs::path folder = slice / name_;
    if (const std::string whole = template_of(name_); !whole.empty()) {
      const std::string base = whole.substr(0, whole.find('@'));
      folder = slice / ("system-" + base + ".slice") / name_;
    }
    std::vector<int> processes;
    if (!fs::is_directory(folder, error)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, error)) {
      if (entry.path().filename() != "cgroup.procs") continue;
      std::ifstream in(entry.path());
      for (int process = 0; in >> process;) processes.push_back(process);
    }
    return processes;
  }
  return {};
}

}  // namespace ciao::cli
