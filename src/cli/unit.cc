#include "cli/unit.h"

#include <algorithm>
#include <array>
#include <map>

namespace ciao::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".service";
constexpr const char* kAdministrators = "/etc/systemd/system";
// The order of precedence, as `systemd-analyze unit-paths` has it.
constexpr std::array kFolders = {"/etc/systemd/system.control",
                                 "/run/systemd/system.control",
                                 "/run/systemd/transient",
                                 "/run/systemd/generator.early",
                                 kAdministrators,
                                 "/etc/systemd/system.attached",
                                 "/run/systemd/system",
                                 "/run/systemd/system.attached",
                                 "/run/systemd/generator",
                                 "/usr/local/lib/systemd/system",
                                 "/lib/systemd/system",
                                 "/usr/lib/systemd/system",
                                 "/run/systemd/generator.late"};

// "foo@bar.service" is the instance "bar" of the template "foo@.service".
struct Name {
  std::string prefix;
  std::string instance;
  bool is_template = false;

  explicit Name(const std::string& name) : prefix(name.substr(0, name.size() - kSuffix.size())) {
    const std::size_t at = prefix.find('@');
    if (at == std::string::npos) return;
    instance = prefix.substr(at + 1);
    is_template = instance.empty();
    prefix.resize(at);
  }
  bool is_instance() const { return !instance.empty(); }
  std::string with(const std::string& other_instance) const {
    return prefix + '@' + other_instance + std::string(kSuffix);
  }
};

// Empty for what is no instance.
std::string template_of(const std::string& name) {
  const Name parts(name);
  return parts.is_instance() ? parts.with("") : std::string();
}

// The names whose drop-ins count for a unit of that name: itself, its template, and what is left of
// them when words between dashes are cut off from behind.
void add_names(const std::string& name, std::vector<std::string>& names) {
  if (std::ranges::find(names, name) != names.end()) return;
  names.push_back(name);
  Name parts(name);
  if (parts.is_instance()) add_names(parts.with(""), names);
  if (parts.prefix.size() < 2) return;
  const std::size_t dash = parts.prefix.rfind('-', parts.prefix.size() - 2);
  if (dash == std::string::npos) return;
  parts.prefix.resize(dash + 1);
  add_names(parts.is_instance() ? parts.with(parts.instance) : parts.prefix + std::string(kSuffix),
            names);
}

// The unit files of an installation by their names. A link to a unit of another name in one of the
// folders makes an alias of that.
struct UnitFile {
  fs::path path;
  std::string alias_of;
};
using UnitFiles = std::map<std::string, UnitFile>;

std::string target_of_alias(const Root& root, const fs::path& path) {
  std::error_code error;
  const fs::path own_folder = root.real(path.parent_path());
  const fs::path target = fs::read_symlink(own_folder / path.filename(), error);
  if (error || target.filename() == path.filename()) return {};
  const fs::path folder = target.is_absolute()
                              ? root.real(target.parent_path())
                              : root.real(path.parent_path() / target.parent_path());
  for (const char* other : kFolders) {
    if (root.real(other) == folder) return target.filename().string();
  }
  return {};
}

UnitFiles unit_files(const Root& root) {
  UnitFiles files;
  std::error_code error;
  for (const char* folder : kFolders) {
    for (const fs::directory_entry& entry : fs::directory_iterator(root.real(folder), error)) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(kSuffix) || fs::is_directory(entry.symlink_status(error))) continue;
      const fs::path path = fs::path(folder) / name;
      files.try_emplace(name, UnitFile{path, target_of_alias(root, path)});
    }
  }
  return files;
}

// The other names of a unit: links to it, and for an instance those to its template.
std::vector<std::string> aliases_of(const UnitFiles& files, const std::string& name) {
  std::vector<std::string> found{name};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Name parts(found[i]);
    for (const auto& [link, file] : files) {
      std::string alias;
      if (file.alias_of == found[i]) alias = link;
      if (parts.is_instance() && file.alias_of == parts.with("")) {
        const Name other(link);
        alias = other.is_instance() ? link : other.with(parts.instance);
        if (other.is_instance() && other.instance != parts.instance) continue;
      }
      if (alias.empty() || std::ranges::find(found, alias) != found.end()) continue;
      found.push_back(alias);
    }
  }
  found.erase(found.begin());
  return found;
}

bool is_masked(const Root& root, const fs::path& path) {
  const fs::path file = root.real(path);
  std::error_code error;
  return file == root.shown("/dev/null") ||
         (fs::is_regular_file(file, error) && fs::file_size(file, error) == 0);
}

std::vector<fs::path> drop_ins_of(const Root& root, const std::vector<std::string>& names) {
  std::vector<fs::path> found;
  for (const char* folder : kFolders) {
    for (const std::string& name : names) {
      std::error_code error;
      const fs::path drop_ins = fs::path(folder) / (name + ".d");
      for (const fs::directory_entry& entry : fs::directory_iterator(root.real(drop_ins), error)) {
        if (entry.path().extension() != ".conf") continue;
        found.push_back(drop_ins / entry.path().filename());
      }
    }
  }
  return found;
}

}  // namespace

std::optional<Unit> Unit::named(const std::string& name, const Root& root) {
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

std::vector<Unit> Unit::with_drop_in(const Root& root) {
  std::vector<Unit> units;
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(root.real(kAdministrators), error)) {
    const fs::path folder = entry.path().filename();
    if (folder.extension() != ".d" || !folder.stem().string().ends_with(kSuffix)) continue;
    Unit unit(folder.stem().string(), root);
    if (fs::exists(root.real(unit.drop_in()), error)) units.push_back(std::move(unit));
  }
  std::ranges::sort(units, {}, &Unit::name);
  return units;
}

fs::path Unit::drop_in_folder() const { return fs::path(kAdministrators) / (name_ + ".d"); }

Unit::Loaded Unit::load() const {
  const UnitFiles files = unit_files(root_);
  auto found = files.find(name_);
  if (found == files.end()) found = files.find(template_of(name_));
  if (found == files.end()) {
    return {"there is no unit file of that name in the folders of systemd", {}, {}};
  }
  const auto& [file_name, file] = *found;
  const std::string shown = root_.shown(file.path).string();
  if (is_masked(root_, file.path)) {
    return {shown + " masks it: systemd starts no such service (see \"systemctl unmask\")", {}, {}};
  }
  if (!file.alias_of.empty() && file.alias_of != template_of(name_)) {
    return {shown + " is a link to " + file.alias_of + ": name the service by that", {}, {}};
  }
  std::vector<std::string> names;
  add_names(name_, names);
  Loaded loaded{{}, file.path, drop_ins_of(root_, names)};
  names.clear();
  for (const std::string& alias : aliases_of(files, name_)) add_names(alias, names);
  for (std::vector<std::string>& more : std::array{names, std::vector<std::string>{"service"}}) {
    std::ranges::copy(drop_ins_of(root_, more), std::back_inserter(loaded.drop_ins));
  }
  std::erase(loaded.drop_ins, drop_in());
  return loaded;
}

std::optional<std::vector<UnitSetting>> Unit::settings(const Loaded& loaded,
                                                       fs::path& unreadable) const {
  // Those of one name in different folders are one drop-in, and the names give the order.
  std::map<std::string, fs::path> drop_ins;
  for (const fs::path& path : loaded.drop_ins) drop_ins.try_emplace(path.filename(), path);
  std::vector<fs::path> files{loaded.file};
  for (const auto& [name, path] : drop_ins) files.push_back(path);

  std::vector<UnitSetting> settings;
  for (const fs::path& file : files) {
    if (is_masked(root_, file)) continue;
    const std::optional<std::vector<Setting>> found = service_settings(root_.real(file));
    if (!found) {
      unreadable = file;
      return {};
    }
    const bool after = file != loaded.file && file.filename() > drop_in().filename();
    for (const Setting& setting : *found) settings.push_back({setting, file, after});
  }
  return settings;
}

std::optional<std::string> Unit::expanded(const std::string& value) const {
  const Name parts(name_);
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      text += value[i];
      continue;
    }
    const char specifier = ++i < value.size() ? value[i] : '\0';
    switch (specifier) {
      case '%': text += '%'; break;
      case 'n': text += name_; break;
      case 'N': text += name_.substr(0, name_.size() - kSuffix.size()); break;
      case 'p': text += parts.prefix; break;
      case 'i':
        if (parts.is_template) return {};  // it means any instance
        text += parts.instance;
        break;
      default: return {};
    }
  }
  return text;
}

}  // namespace ciao::cli
