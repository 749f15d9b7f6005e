#include "isolation.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <nlohmann/json.hpp>
#include <sstream>

namespace ciao::closing {

namespace {

using Clock = std::chrono::steady_clock;

// Status of a child that says on its last line why it could not carry out the row.
constexpr int kGaveUp = 4;

[[noreturn]] void run_child(const std::function<void(Trace&)>& body, int fd) {
  Trace trace(fd);
  try {
    body(trace);
  } catch (const std::exception& error) {
    trace.state("gave up", {{"failure", error.what()}});
    _exit(kGaveUp);
  }
  _exit(0);
}

// False when the limit passed first.
bool read_all(int fd, Clock::time_point deadline, std::string& text) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd entry{fd, POLLIN, 0};
    if (poll(&entry, 1, static_cast<int>(left.count())) == 0) return false;
    char block[4096];
    const ssize_t count = read(fd, block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    text.append(block, static_cast<size_t>(count));
  }
}

std::vector<Observation> parse_lines(const std::string& text) {
  std::vector<Observation> steps;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_discarded()) continue;  // the last line of a child that died while it wrote
    steps.push_back({json.at("step"), json.at("fields").get<Fields>()});
  }
  return steps;
}

}  // namespace

IsolatedResult run_isolated(const std::function<void(Trace&)>& body, std::chrono::seconds limit) {
  IsolatedResult result;
  int ends[2];
  if (pipe(ends) != 0) return {{}, "pipe failed"};
  const pid_t child = fork();
  if (child < 0) return {{}, "fork failed"};
  if (child == 0) {
    close(ends[0]);
    run_child(body, ends[1]);
  }
  close(ends[1]);
  std::string text;
  const bool in_time = read_all(ends[0], Clock::now() + limit, text);
  close(ends[0]);
  if (!in_time) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.steps = parse_lines(text);
  if (!in_time) {
    result.steps.push_back({"hung", {{"signal", "timeout"}}});
  } else if (WIFSIGNALED(status)) {
    result.steps.push_back({"died", {{"signal", std::to_string(WTERMSIG(status))}}});
  } else if (WEXITSTATUS(status) == kGaveUp && !result.steps.empty()) {
    result.failure = result.steps.back().fields["failure"];
    result.steps.pop_back();
  } else if (WEXITSTATUS(status) != 0) {
    result.steps.push_back({"exited", {{"status", std::to_string(WEXITSTATUS(status))}}});
  }
  return result;
}

}  // namespace ciao::closing
