#include "observation.h"

#include <openssl/err.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "names.h"

namespace ciao::closing {

void Trace::add(const Observation& observation) {
  const nlohmann::json line = {{"step", observation.step}, {"fields", observation.fields}};
  const std::string text = line.dump() + "\n";
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(fd_, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(3);
    done += static_cast<size_t>(written);
  }
}

Observation observe_call(const std::string& step, SSL* ssl, CallKind kind,
                         const std::function<int()>& call, bool freed) {
  Observation seen{step, {}};
  ERR_clear_error();
  errno = 0;
  const int ret = call();
  const int saved_errno = errno;
  seen.fields["ret"] = std::to_string(ret);
  if (kind == CallKind::io && !freed) {
    const int error = SSL_get_error(ssl, ret);
    const bool queue_empty = ERR_peek_error() == 0;
    seen.fields["err"] = error_name(error);
    if (error == SSL_ERROR_SYSCALL) {
      // SYSCALL with nothing behind it is an artefact of the call, not a failure: marked with a
      // star.
      if (queue_empty && saved_errno == 0) seen.fields["err"] += "*";
      if (queue_empty && saved_errno != 0) seen.fields["err"] += ":" + errno_name(saved_errno);
    }
  }
  seen.fields["why"] = drain_reasons();
  if (!freed) {
    seen.fields["fl"] = shutdown_name(SSL_get_shutdown(ssl));
    seen.fields["init"] = std::to_string(SSL_in_init(ssl) ? 1 : 0);
  }
  return seen;
}

Observation observe_shutdown(SSL* ssl, const std::string& step) {
  return observe_call(step, ssl, CallKind::io, [ssl] { return SSL_shutdown(ssl); });
}

Observation observe_read(SSL* ssl, size_t size, const std::string& step) {
  std::vector<char> room(size + 1);
  return observe_call(step, ssl, CallKind::io,
                      [&] { return SSL_read(ssl, room.data(), static_cast<int>(size)); });
}

Observation observe_peek(SSL* ssl, size_t size, const std::string& step) {
  std::vector<char> room(size + 1);
  return observe_call(step, ssl, CallKind::io,
                      [&] { return SSL_peek(ssl, room.data(), static_cast<int>(size)); });
}

Observation observe_write(SSL* ssl, size_t size, const std::string& step) {
  // One buffer for every call: a retry has to come from the address of the first try
  // (SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER is off by default).
  static const std::vector<char> kData(1 << 20, 'w');
  return observe_call(step, ssl, CallKind::io,
                      [&] { return SSL_write(ssl, kData.data(), static_cast<int>(size)); });
}

}  // namespace ciao::closing
