// The command line tool.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/run.h"
#include "cli/service.h"
#include "crypto/algorithms.h"

namespace {

int print_version() {
  const std::string folder = ciao::cli::library_folder();
  std::printf("ciao %s\n", CIAO_VERSION);
  std::printf("libssl:    %s\n", folder.empty() ? "missing" : (folder + "/libssl.so.3").c_str());
  std::printf("libcrypto: %s\n", ciao::tls::libcrypto_version());
  return folder.empty() ? ciao::cli::kRunFailed : 0;
}

CLI::App* add_service_command(CLI::App& app, ciao::cli::ServiceOptions& options, const char* name,
                              const char* description) {
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("service", options.names, "their names");
  command->add_option("--root", options.root, "another installation than the running one");
  return command;
}

}  // namespace

// What CLI11 may throw while it is set up is a defect of ours: terminate() is the right end for it.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  CLI::App app{
      "ciao: TLS from ClientHello to close_notify, under the programs that you already run",
      "ciao"};
  app.require_subcommand(1);

  ciao::cli::RunOptions options;
  CLI::App* run = app.add_subcommand(
      "run", "run a program on ciao's libssl.so.3: ciao run [--trace] -- PROGRAM ARGS...");
  run->add_flag("--trace", options.trace,
                "tell each connection's story on standard error, from hello to goodbye");
  run->add_option("program", options.command, "the program and its arguments")->required();
  run->positionals_at_end();
  run->prefix_command(false);
  ciao::cli::ServiceOptions services;
  CLI::App* enable = add_service_command(
      app, services, "enable", "put systemd services on ciao's libssl.so.3: ciao enable nginx");
  enable->get_option("service")->required();
  CLI::App* disable =
      add_service_command(app, services, "disable", "take them back to the system's libssl");
  CLI::Option* all = disable->add_flag("--all", services.all, "every service that is enabled");
  disable->get_option("service")->excludes(all);
  CLI::App* status = add_service_command(
      app, services, "status", "say which services are enabled, and on which libssl they run");
  CLI::App* version = app.add_subcommand("version", "say which ciao, and over which libcrypto");

  CLI11_PARSE(app, argc, argv);
  if (version->parsed()) return print_version();
  if (enable->parsed()) return ciao::cli::enable(services);
  if (disable->parsed()) return ciao::cli::disable(services);
  if (status->parsed()) return ciao::cli::status(services);
  return ciao::cli::run(options);
}
