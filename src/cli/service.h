// ciao enable, disable and status: a systemd service on ciao's libssl by a drop-in file
// (systemd.unit(5)). The system's libssl is never touched.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ciao::cli {

struct ServiceOptions {
  // Below it are the units that are meant: another installation than the running one. No process
  // is looked at then, and systemd is not told.
  std::filesystem::path root = "/";
  std::vector<std::string> names;  // "nginx" or "nginx.service"
  bool all = false;                // disable: every service that is enabled
};

// Each says on standard output what it wrote, removed or found, and on standard error what it could
// not do. 0, or 1 when something could not be done.
int enable(const ServiceOptions& options);
int disable(const ServiceOptions& options);
int status(const ServiceOptions& options);

}  // namespace ciao::cli
