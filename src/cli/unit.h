// What systemd's unit files say, as far as it takes to put a service on another library.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ciao::cli {

// A service's unit among those of an installation.
class Unit {
 public:
  // "nginx" stands for "nginx.service". Nothing when the name is not a service's.
  static std::optional<Unit> named(const std::string& name, const std::filesystem::path& root);
  // The services that have a drop-in of that name, in the order of theirs.
  static std::vector<Unit> with_drop_in(const std::filesystem::path& root);

  const std::string& name() const { return name_; }
  // The unit file that systemd would load, for an instance its template; empty if there is none.
  std::filesystem::path file() const;
  // Where drop-ins of the administrator's go, and ciao's there.
  std::filesystem::path drop_in_folder() const;
  std::filesystem::path drop_in() const { return drop_in_folder() / "ciao.conf"; }
  // The file and line of another setting of this variable; empty if there is none.
  std::string setting_of(const std::string& variable) const;
  // The programs that ExecStart= names.
  std::vector<std::string> programs() const;
  // The processes of the service that run now.
  std::vector<int> processes() const;

 private:
  Unit(std::string name, std::filesystem::path root)
      : name_(std::move(name)), root_(std::move(root)) {}
  std::vector<std::filesystem::path> files() const;

  std::string name_;
  std::filesystem::path root_;
};

}  // namespace ciao::cli
