// The runner's "shim": one process per case. It connects to the runner, as client or as server,
// does what the flags say, and answers with its exit code: 0, kUnimplemented, or anything else for
// a failure, with libssl's reasons on stderr.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string_view>

#include "clock.h"
#include "connection.h"
#include "exchange.h"
#include "names.h"
#include "settings.h"

namespace shim {
namespace {

constexpr int kUnimplemented = 89;

int connect_to_runner(int port) {
  sockaddr_in6 v6 = {};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  v6.sin6_port = htons(static_cast<std::uint16_t>(port));
  sockaddr_in v4 = {};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  v4.sin_port = v6.sin6_port;
  const auto try_one = [](int family, const void* address, socklen_t size) {
    const int made = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0) return -1;
    if (connect(made, static_cast<const sockaddr*>(address), size) != 0) {
      close(made);
      return -1;
    }
    const int on = 1;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return made;
  };
  // The runner listens on ::1, or on 127.0.0.1 where there is no IPv6.
  const int made = try_one(AF_INET6, &v6, sizeof v6);
  return made >= 0 ? made : try_one(AF_INET, &v4, sizeof v4);
}

// BoringSSL's names of libssl's reasons, where they differ. The runner can translate one name into
// one other; but libssl often has several reasons where BoringSSL has one.
std::multimap<std::string, std::string> read_error_names() {
  std::multimap<std::string, std::string> names;
  const char* path = std::getenv("SHIM_ERROR_NAMES");
  std::ifstream file(path ? path : "/dev/null");
  for (std::string reason, name; file >> reason >> name;) names.emplace(reason, name);
  return names;
}

// The reasons in the queue, in the form that the runner looks for: ":WRONG_VERSION_NUMBER:".
void print_errors() {
  const auto names = read_error_names();
  const char* data = nullptr;
  int flags = 0;
  while (const unsigned long code = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags)) {
    const char* reason = ERR_reason_error_string(code);
    std::string word = reason ? reason : "UNKNOWN " + std::to_string(ERR_GET_REASON(code));
    std::ranges::transform(word, word.begin(), [](unsigned char letter) {
      return letter == ' ' ? '_' : static_cast<char>(std::toupper(letter));
    });
    std::fprintf(stderr, "error:%08lX:%s:", code, word.c_str());
    const auto [first, last] = names.equal_range(word);
    for (auto name = first; name != last; ++name) {
      std::fprintf(stderr, "%s:", name->second.c_str());
    }
    std::fprintf(stderr, "%s\n", flags & ERR_TXT_STRING ? data : "");
  }
}

bool run(const Plan& plan) {
  const Context context = make_context(plan);
  if (!context) return false;
  Session session;
  for (int i = 0; i <= plan.initial.resume_count; ++i) {
    const Settings& settings = i == 0 ? plan.initial : plan.resume;
    if (i > 0) move_clock(settings.resumption_delay);
    Connection connection(settings, plan.retry, i > 0);
    const int socket = connect_to_runner(settings.port);
    if (socket < 0) {
      std::perror("connect");
      return false;
    }
    if (i > 0 && !settings.server && !session) {
      std::fputs("there is no session to offer\n", stderr);
      return false;
    }
    const Session offered = std::move(session);
    if (!connection.configure(context.get(), socket, offered.get())) return false;
    if (!exchange(connection, session)) return false;
  }
  return true;
}

bool within_libssl(const Settings& settings) {
  return group_names(settings.curves) && scheme_names(settings.signing_prefs) &&
         scheme_names(settings.verify_prefs);
}

int main(std::span<char* const> arguments) {
  if (arguments.size() == 1 && std::string_view(arguments[0]) == "-is-handshaker-supported") {
    std::puts("No");
    return 0;
  }
  if (arguments.size() == 1 && std::string_view(arguments[0]) == "-print-library") {
    Dl_info info = {};
    const bool found = dladdr(reinterpret_cast<void*>(&SSL_new), &info) != 0;
    std::puts(found ? info.dli_fname : "unknown");
    return found ? 0 : 1;
  }
  Plan plan;
  std::string why;
  const Parsed parsed = parse_flags(arguments, plan, why);
  if (parsed == Parsed::bad_value) {
    std::fprintf(stderr, "bad value of %s\n", why.c_str());
    return 1;
  }
  if (parsed == Parsed::unknown_flag || !within_libssl(plan.initial) ||
      !within_libssl(plan.resume)) {
    return kUnimplemented;
  }
  std::signal(SIGPIPE, SIG_IGN);
  if (run(plan)) return 0;
  print_errors();
  return 1;
}

}  // namespace
}  // namespace shim

int main(int count, char** arguments) {
  return shim::main(std::span(arguments + 1, static_cast<std::size_t>(count - 1)));
}
