// closing_runner: runs the rows of the closing specification against whichever libssl.so.3 is
// loaded.
#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "expectation.h"
#include "isolation.h"
#include "player.h"
#include "row.h"

// Rows A15 and L15 are about signals: they have to be the kernel's, not the sanitizer's.
#if defined(__SANITIZE_ADDRESS__)
extern "C" const char* __asan_default_options() {
  return "handle_segv=0:allow_user_segv_handler=1";
}
#elif defined(__SANITIZE_THREAD__)
extern "C" const char* __tsan_default_options() {
  return "handle_segv=0:allow_user_segv_handler=1";
}
#endif

namespace ciao::closing {

namespace {

constexpr std::chrono::seconds kRowLimit{10};

struct Options {
  std::vector<std::string> versions;
  std::string library_is;
  std::vector<std::string> rows;
  std::string json_file;
  bool list = false;
  bool verbose = false;
};

struct Case {
  const Row* row;
  int version;
  Role role;

  std::string name() const {
    return row->id + (version == TLS1_3_VERSION ? "/1.3" : "/1.2") +
           (role == Role::client ? "/client" : "/server");
  }
};

// The file that SSL_shutdown comes from, as the loader resolved it.
std::string loaded_libssl() {
  Dl_info info{};
  void* symbol = dlsym(RTLD_DEFAULT, "SSL_shutdown");
  char resolved[PATH_MAX];
  if (symbol == nullptr || dladdr(symbol, &info) == 0 ||
      realpath(info.dli_fname, resolved) == nullptr) {
    return {};
  }
  return resolved;
}

bool mapped(const std::string& file) {
  std::ifstream maps("/proc/self/maps");
  std::string line;
  while (std::getline(maps, line)) {
    if (line.size() >= file.size() && line.ends_with(file)) return true;
  }
  return false;
}

// A libssl in one of the system's own directories is OpenSSL's.
bool is_system_library(const std::string& file) {
  return file.starts_with("/usr/lib/") || file.starts_with("/lib/");
}

// "B1" stands for all scripts of B1, "B1#2" for one.
bool wanted(const Row& row, const Options& options) {
  if (options.rows.empty()) return true;
  for (const std::string& id : options.rows) {
    if (row.id == id || row.id.substr(0, row.id.find('#')) == id) return true;
  }
  return false;
}

std::vector<Case> choose_cases(const Options& options) {
  std::vector<Case> cases;
  for (const Row& row : all_rows()) {
    if (!wanted(row, options)) continue;
    for (const std::string& version : options.versions) {
      const bool tls13 = version == "1.3";
      if ((row.applies & (tls13 ? kTls13 : kTls12)) == 0) continue;
      for (const Role role : {Role::client, Role::server}) {
        if ((row.applies & (role == Role::client ? kClient : kServer)) == 0) continue;
        cases.push_back({&row, tls13 ? TLS1_3_VERSION : TLS1_2_VERSION, role});
      }
    }
  }
  return cases;
}

nlohmann::json to_json(const Case& one, const IsolatedResult& result,
                       const std::vector<std::string>& problems) {
  nlohmann::json steps = nlohmann::json::array();
  for (const Observation& seen : result.steps) {
    steps.push_back({{"step", seen.step}, {"fields", seen.fields}});
  }
  const auto own = align_expected(parse_expected(one.row->ciao), result.steps.size());
  return {{"case", one.name()},
          {"row", one.row->id},
          {"script", one.row->script},
          {"difference", one.row->difference},
          {"steps", steps},
          {"own", own},
          {"failure", result.failure},
          {"problems", problems}};
}

std::vector<std::string> judge(const Row& row, const IsolatedResult& result, bool ciao) {
  if (!result.failure.empty()) return {result.failure};
  const auto written = parse_expected(row.expected);
  const auto own = ciao ? parse_expected(row.ciao) : std::vector<Fields>{};
  const size_t steps = result.steps.size();
  if (written.size() > steps || own.size() > steps) {
    return {"only " + std::to_string(steps) + " steps were seen"};
  }
  return compare(result.steps,
                 with_differences(align_expected(written, steps), align_expected(own, steps)));
}

void print_steps(const IsolatedResult& result) {
  for (const Observation& seen : result.steps) {
    std::cout << "    " << seen.step << ":";
    for (const auto& [name, value] : seen.fields) std::cout << " " << name << "=" << value;
    std::cout << "\n";
  }
}

void list(const std::vector<Case>& cases, bool tls13) {
  for (const Case& one : cases) {
    std::cout << one.name() << "\t" << one.row->difference << "\t" << one.row->script << "\n";
  }
  if (!tls13) return;
  for (const Inapplicable& row : rows_without_tls13()) {
    std::cout << "not applicable to TLS 1.3: " << row.id << ": " << row.reason << "\n";
  }
}

int run(const Options& options, const std::string& library, bool ciao,
        const std::vector<Case>& cases) {
  const Credential credential;
  nlohmann::json report = nlohmann::json::array();
  size_t different = 0;
  for (const Case& one : cases) {
    std::cout.flush();
    const IsolatedResult result = run_isolated(
        [&](Trace& trace) {
          Stage stage{one.version, one.role, credential, trace};
          if (one.row->run != nullptr) {
            one.row->run(stage);
          } else {
            play_row(*one.row, stage);
          }
        },
        kRowLimit);
    const auto problems = judge(*one.row, result, ciao);
    if (!problems.empty()) ++different;
    if (!problems.empty() || options.verbose) {
      std::cout << (problems.empty() ? "as written: " : "DIFFERENT: ") << one.name() << ": "
                << one.row->script << "\n";
      for (const std::string& problem : problems) std::cout << "    " << problem << "\n";
    }
    if (options.verbose) print_steps(result);
    report.push_back(to_json(one, result, problems));
  }
  if (!options.json_file.empty()) {
    const nlohmann::json whole = {
        {"library", library}, {"expected", ciao ? "ciao" : "openssl"}, {"cases", report}};
    std::ofstream(options.json_file) << whole.dump(1) << "\n";
  }
  std::cout << "document: " << cases.size() << " rows run, " << cases.size() - different
            << " as written, " << different << " different\n";
  return different == 0 && !cases.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

}  // namespace ciao::closing

int main(int argc, char** argv) {
  using namespace ciao::closing;
  Options options;
  CLI::App app{"Runs the rows of the closing specification against the libssl.so.3 that is loaded"};
  app.add_option("--version", options.versions, "protocol version (1.2, 1.3); may be repeated")
      ->check(CLI::IsMember({"1.2", "1.3"}));
  app.add_option("--library-is", options.library_is, "which column to expect")
      ->check(CLI::IsMember({"ciao", "openssl"}));
  app.add_option("--row", options.rows, "only this row (B1: all its scripts, B1#2: one)");
  app.add_option("--json", options.json_file, "write every observation to this file");
  app.add_flag("--list", options.list, "list the cases and run nothing");
  app.add_flag("-v,--verbose", options.verbose, "print every observation");
  CLI11_PARSE(app, argc, argv);
  if (options.versions.empty()) options.versions = {"1.2", "1.3"};

  const auto cases = choose_cases(options);
  if (options.list) {
    list(cases, std::find(options.versions.begin(), options.versions.end(), "1.3") !=
                    options.versions.end());
    return EXIT_SUCCESS;
  }
  const std::string file = loaded_libssl();
  if (file.empty() || !mapped(file)) {
    std::cerr << "closing_runner: cannot tell which libssl.so.3 is loaded\n";
    return 2;
  }
  const bool ciao =
      options.library_is.empty() ? !is_system_library(file) : options.library_is == "ciao";
  std::cout << "libssl: " << file << " (expected as " << (ciao ? "ciao" : "openssl") << ")\n";
  // Rows that end in a signal are meant to; they need no core file.
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  return run(options, file, ciao, cases);
}
