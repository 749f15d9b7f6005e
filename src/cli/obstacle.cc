#include "cli/obstacle.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "cli/elf.h"

namespace ciao::cli {
namespace {

namespace fs = std::filesystem;

using Settings = std::vector<UnitSetting>;

// A list without what an empty assignment took back.
Settings list_of(const Settings& settings, std::string_view key) {
  Settings list;
  for (const UnitSetting& setting : settings) {
    if (setting.key != key) continue;
    if (setting.value.empty()) {
      list.clear();
    } else {
      list.push_back(setting);
    }
  }
  return list;
}

// The last one counts.
std::string value_of(const Settings& settings, std::string_view key) {
  std::string value;
  for (const UnitSetting& setting : settings) {
    if (setting.key == key) value = setting.value;
  }
  return value;
}

class Service {
 public:
  Service(const Unit& unit, const Variable& ours, Settings settings)
      : unit_(unit), ours_(ours), settings_(std::move(settings)) {}

  std::string in_environment() const;
  std::string in_environment_files() const;
  std::string in_programs() const;

 private:
  std::string shown(const fs::path& path) const { return unit_.root().shown(path).string(); }
  std::string where(const UnitSetting& setting) const {
    return shown(setting.file) + ":" + std::to_string(setting.line);
  }
  // What to do where ciao cannot tell.
  std::string by_hand() const {
    return "; if you know that nothing is in the way, \"systemctl edit " + unit_.name() +
           "\" and Environment=" + ours_.name + "=" + ours_.value + " do the same";
  }
  std::string sets_it(const std::string& place) const {
    return place + " sets " + ours_.name + " itself: put " + ours_.value +
           " in front of its value there; a drop-in of ours would take the rest of it away";
  }
  bool names_it(const UnitSetting& setting) const;
  bool files_of(const std::string& pattern, std::vector<fs::path>& files) const;
  std::string in_file(const fs::path& file) const;
  std::string in_command(const Command& command) const;
  fs::path found(const std::string& program) const;
  bool is_secure(const Program& program, const Command& command) const;

  const Unit& unit_;
  const Variable& ours_;
  Settings settings_;
};

// Whether a word of the value is the variable, with or without an assignment.
bool Service::names_it(const UnitSetting& setting) const {
  const std::optional<std::vector<Word>> words = words_of(setting.value);
  // systemd takes the words in front of a quotation mark that nothing closes.
  if (!words) return setting.value.find(ours_.name) != std::string::npos;
  return std::ranges::any_of(*words, [this](const Word& word) {
    const std::optional<std::string> text = unit_.expanded(word.text);
    if (!text) return word.text.find(ours_.name) != std::string::npos;
    return *text == ours_.name || text->starts_with(ours_.name + "=");
  });
}

// systemd.exec(5), "Environment".
std::string Service::in_environment() const {
  for (const UnitSetting& setting : list_of(settings_, "Environment")) {
    if (names_it(setting)) return sets_it(where(setting));
  }
  for (const UnitSetting& setting : settings_) {
    if (setting.key != "Environment" || !setting.value.empty() || !setting.after_ours) continue;
    return where(setting) + " takes back every Environment= in front of it, and so " +
           shown(unit_.drop_in()) + ": add Environment=" + ours_.name + "=" + ours_.value +
           " below that line";
  }
  for (const UnitSetting& setting : list_of(settings_, "UnsetEnvironment")) {
    if (!names_it(setting)) continue;
    return where(setting) + " takes " + ours_.name + " out of the environment: remove it there";
  }
  for (const UnitSetting& setting : list_of(settings_, "PassEnvironment")) {
    if (!names_it(setting)) continue;
    return where(setting) + " passes systemd's own " + ours_.name +
           " on, and a drop-in of ours would take its place: remove it there";
  }
  return {};
}

// The files that EnvironmentFile= means; false for a pattern in the name of a folder.
bool Service::files_of(const std::string& pattern, std::vector<fs::path>& files) const {
  static constexpr std::string_view kMagic = "*?[\\";
  const fs::path path = pattern;
  if (path.parent_path().string().find_first_of(kMagic) != std::string::npos) return false;
  const std::string name = path.filename().string();
  if (name.find_first_of(kMagic) == std::string::npos) {
    files.push_back(path);
    return true;
  }
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(unit_.root().real(path.parent_path()), error)) {
    const fs::path file = entry.path().filename();
    if (fnmatch(name.c_str(), file.c_str(), FNM_PERIOD) == 0) {
      files.push_back(path.parent_path() / file);
    }
  }
  std::ranges::sort(files);
  return true;
}

// A line that only looks like an assignment, inside of a quoted value, is taken for one.
std::string Service::in_file(const fs::path& file) const {
  std::error_code error;
  const fs::path real = unit_.root().real(file);
  if (!fs::exists(real, error) || real == unit_.root().shown("/dev/null")) return {};
  const std::optional<std::vector<std::string>> lines = lines_of(real);
  if (!lines) return shown(file) + " cannot be read as text: it may set " + ours_.name + by_hand();
  for (std::size_t i = 0; i < lines->size(); ++i) {
    const std::string& line = (*lines)[i];
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos || line.compare(begin, ours_.name.size(), ours_.name) != 0) {
      continue;
    }
    const std::size_t equals = line.find_first_not_of(" \t", begin + ours_.name.size());
    if (equals == std::string::npos || line[equals] != '=') continue;
    return sets_it(shown(file) + ":" + std::to_string(i + 1));
  }
  return {};
}

// What such a file sets overrides Environment=.
std::string Service::in_environment_files() const {
  for (const UnitSetting& setting : list_of(settings_, "EnvironmentFile")) {
    // "-": it may be missing.
    const std::optional<std::string> pattern =
        unit_.expanded(setting.value.substr(setting.value.starts_with('-') ? 1 : 0));
    std::vector<fs::path> files;
    if (!pattern || !files_of(*pattern, files)) {
      return where(setting) + ": which files EnvironmentFile=" + setting.value +
             " means cannot be told here, and one may set " + ours_.name + by_hand();
    }
    for (const fs::path& file : files) {
      if (std::string reason = in_file(file); !reason.empty()) return reason;
    }
  }
  return {};
}

// In the installation, as systemd finds it; empty if there is none.
fs::path Service::found(const std::string& program) const {
  // `systemd-path search-binaries-default` where /bin is not /usr/bin.
  static constexpr std::array kFolders = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                          "/usr/bin",        "/sbin",          "/bin"};
  std::error_code error;
  if (program.find('/') != std::string::npos) {
    const bool there =
        program.starts_with('/') && fs::is_regular_file(unit_.root().real(program), error);
    return there ? fs::path(program) : fs::path();
  }
  for (const char* folder : kFolders) {
    const fs::path path = fs::path(folder) / program;
    const fs::file_status status = fs::status(unit_.root().real(path), error);
    constexpr fs::perms kMayRun =
        fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
    if (fs::is_regular_file(status) && (status.permissions() & kMayRun) != fs::perms::none) {
      return path;
    }
  }
  return {};
}

// Root is known by its number. Of any other user or group only that is known that it is not root:
// what changes it may change nothing, and is refused all the same.
bool Service::is_secure(const Program& program, const Command& command) const {
  constexpr uid_t kOther = static_cast<uid_t>(-1);
  static constexpr std::array<std::string_view, 3> kRoot = {"", "root", "0"};
  static constexpr std::array<std::string_view, 7> kNo = {"", "no", "n", "false", "f", "off", "0"};
  const auto is = [&](std::string_view key, const auto& list) {
    return std::ranges::find(list, value_of(settings_, key)) != list.end();
  };
  const bool root = command.as_root || (is("User", kRoot) && is("DynamicUser", kNo));
  const bool root_group = command.as_root || (root && is("Group", kRoot));
  return program.is_secure_for(root ? 0 : kOther, root_group ? 0 : kOther);
}

std::string Service::in_command(const Command& command) const {
  for (const std::string& argument : command.arguments) {
    if (argument.find(ours_.name) != std::string::npos) {
      return "ExecStart= sets " + ours_.name + " itself: \"" + argument + "\"";
    }
  }
  const std::optional<std::string> name = unit_.expanded(command.program);
  if (!name) {
    return "which program ExecStart=" + command.program +
           " means cannot be told here, and it may be one that takes no library path" + by_hand();
  }
  if (name->find('/') == std::string::npos && !value_of(settings_, "ExecSearchPath").empty()) {
    return "ExecSearchPath= says where " + *name + " is: give it its path in ExecStart=";
  }
  Program program;
  std::string wanted = *name;
  fs::path file;
  for (int depth = 0; depth < 4; ++depth) {
    file = found(wanted);
    if (file.empty()) return "there is no program " + wanted + ", which the service starts";
    program = inspect(unit_.root().real(file).string());
    if (program.kind != ProgramKind::script) break;
    wanted = program.interpreter;
  }
  if (is_secure(program, command)) {
    return shown(file) +
           " is set-user-ID or set-group-ID or has file capabilities, and gets by that what the "
           "service does not start it with: the dynamic loader ignores library paths then. User=, "
           "Group= and AmbientCapabilities= can do the same without";
  }
  switch (program.kind) {
    case ProgramKind::dynamic: return {};
    case ProgramKind::static_elf:
      return shown(file) + " is linked statically: it has its TLS code inside";
    case ProgramKind::unreadable: return shown(file) + " cannot be read";
    case ProgramKind::script:
    case ProgramKind::unknown: break;
  }
  return shown(file) + " is neither an ELF program nor a script";
}

std::string Service::in_programs() const {
  for (const char* key : {"RootDirectory", "RootImage"}) {
    const std::string root = value_of(settings_, key);
    if (root.empty() || root == "/") continue;
    return std::string(key) + "=" + root + " gives the service a root of its own, and " +
           ours_.value + " is not in there";
  }
  bool starts = false;
  for (const UnitSetting& setting : list_of(settings_, "ExecStart")) {
    const std::optional<std::vector<Command>> commands = commands_of(setting.value);
    if (!commands) return where(setting) + ": a quotation mark is not closed";
    for (const Command& command : *commands) {
      starts = true;
      const std::string reason = in_command(command);
      if (!reason.empty()) return where(setting) + ": " + reason;
    }
  }
  return starts ? "" : "it starts no program: there is no ExecStart=";
}

}  // namespace

std::string obstacle(const Unit& unit, const Variable& ours) {
  const Unit::Loaded loaded = unit.load();
  if (!loaded.problem.empty()) return loaded.problem;
  for (const fs::path& path : loaded.drop_ins) {
    if (path.filename() != unit.drop_in().filename()) continue;
    return unit.root().shown(path).string() +
           " has the name of our drop-in, and only one of a name counts: rename it";
  }
  fs::path unreadable;
  std::optional<Settings> settings = unit.settings(loaded, unreadable);
  if (!settings) return unit.root().shown(unreadable).string() + " cannot be read as text";
  const Service service(unit, ours, std::move(*settings));
  for (const auto look :
       {&Service::in_environment, &Service::in_environment_files, &Service::in_programs}) {
    if (std::string reason = (service.*look)(); !reason.empty()) return reason;
  }
  return {};
}

}  // namespace ciao::cli
