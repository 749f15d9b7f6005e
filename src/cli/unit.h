// A service's unit among the files of an installation: systemd.unit(5).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/root.h"
#include "cli/unit_text.h"

namespace ciao::cli {

// A setting of a service, and where it comes from.
struct UnitSetting : Setting {
  std::filesystem::path file;
  bool after_ours = false;  // in a drop-in that systemd reads after ciao's
};

class Unit {
 public:
  // "nginx" stands for "nginx.service". Nothing when the name is not a service's.
  static std::optional<Unit> named(const std::string& name, const Root& root);
  // The services that have a drop-in of that name, in the order of theirs.
  static std::vector<Unit> with_drop_in(const Root& root);

  const std::string& name() const { return name_; }
  const Root& root() const { return root_; }
  // Where drop-ins of the administrator's go, and ciao's there.
  std::filesystem::path drop_in_folder() const;
  std::filesystem::path drop_in() const { return drop_in_folder() / "ciao.conf"; }

  // What systemd has under that name, as far as `problem` is empty.
  struct Loaded {
    std::string problem;  // why there is nothing that could be enabled
    std::filesystem::path file;
    std::vector<std::filesystem::path> drop_ins;  // all but ours; the first of one name counts
  };
  Loaded load() const;
  // What these files set, in the order in which systemd reads them; nothing, and the file's name in
  // `unreadable`, when one cannot be read.
  std::optional<std::vector<UnitSetting>> settings(const Loaded& loaded,
                                                   std::filesystem::path& unreadable) const;
  // A value with its specifiers replaced; nothing when it has one that takes a running systemd.
  std::optional<std::string> expanded(const std::string& value) const;

 private:
  Unit(std::string name, Root root) : name_(std::move(name)), root_(std::move(root)) {}

  std::string name_;
  Root root_;
};

}  // namespace ciao::cli
