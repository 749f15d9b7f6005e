// What one step of a row showed, as named strings, so that two libraries' observations compare
// field by field.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ciao::closing {

using Fields = std::map<std::string, std::string>;

struct Observation {
  std::string step;
  Fields fields;
};

// The observations of one case. Each is written to `fd` as a line of JSON the moment it exists, so
// that a case that kills its process still leaves what came before.
class Trace {
 public:
  explicit Trace(int fd) : fd_(fd) {}
  void add(const Observation& observation);
  // For rows whose result is a plain statement ("the 300000 bytes arrived").
  void state(const std::string& step, const Fields& fields) { add({step, fields}); }

 private:
  int fd_;
};

// Whether SSL_get_error says anything about a call: it does only for the calls that do I/O.
enum class CallKind { io, plain };

// Runs `call` with an empty queue and errno 0 and notes ret, err, errno, why and, while `ssl` is
// still alive afterwards (`freed` false), fl and init.
Observation observe_call(const std::string& step, SSL* ssl, CallKind kind,
                         const std::function<int()>& call, bool freed = false);

Observation observe_shutdown(SSL* ssl, const std::string& step = "S");
Observation observe_read(SSL* ssl, size_t size = 100, const std::string& step = "R");
Observation observe_peek(SSL* ssl, size_t size = 100, const std::string& step = "P");
Observation observe_write(SSL* ssl, size_t size = 10, const std::string& step = "W");

}  // namespace ciao::closing
