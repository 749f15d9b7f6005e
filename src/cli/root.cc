#include "cli/root.h"

#include <deque>

namespace ciao::cli {

namespace fs = std::filesystem;

fs::path Root::real(const fs::path& path) const {
  // As many as the kernel follows (path_resolution(7)).
  constexpr int kMostLinks = 40;
  std::deque<fs::path> ahead(path.begin(), path.end());
  fs::path behind = "/";
  int links = 0;
  while (!ahead.empty()) {
    const fs::path name = ahead.front();
    ahead.pop_front();
    if (name.empty() || name == "." || name == "/") continue;
    if (name == "..") {
      behind = behind.parent_path();
      continue;
    }
    std::error_code error;
    const fs::path target = fs::read_symlink(shown(behind / name), error);
    if (error) {
      behind /= name;
      continue;
    }
    if (++links > kMostLinks) return {};
    if (target.is_absolute()) behind = "/";
    ahead.insert(ahead.begin(), target.begin(), target.end());
  }
  return shown(behind);
}

}  // namespace ciao::cli
