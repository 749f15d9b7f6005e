// A folder that stands for "/": the running installation, or another one below some folder.
#pragma once

#include <filesystem>

namespace ciao::cli {

class Root {
 public:
  explicit Root(std::filesystem::path folder) : folder_(std::move(folder)) {}

  bool is_running() const { return folder_ == "/"; }
  // `path` of the installation as it is called from outside. No link is followed: for messages.
  std::filesystem::path shown(const std::filesystem::path& path) const {
    return folder_ / path.relative_path();
  }
  // The file that `path` is in the installation, as it is called from outside: a symbolic link is
  // followed as a process sees it whose root this is, and never leads out. The file need not exist;
  // empty when the links go in a circle.
  std::filesystem::path real(const std::filesystem::path& path) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace ciao::cli
