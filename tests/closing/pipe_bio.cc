#include "pipe_bio.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace ciao::closing {

namespace {

PipeEnd& end_of(BIO* bio) { return *static_cast<PipeEnd*>(BIO_get_data(bio)); }

// errno is set as a socket sets it: some results of SSL_get_error depend on it (row F18).
int pipe_read(BIO* bio, char* out, int size) {
  BIO_clear_retry_flags(bio);
  PipeEnd& end = end_of(bio);
  end.read_called = true;
  if (!end.inbox.empty()) {
    const size_t count = std::min(static_cast<size_t>(size), end.inbox.size());
    std::memcpy(out, end.inbox.data(), count);
    end.inbox.erase(0, count);
    return static_cast<int>(count);
  }
  if (end.reset) {
    errno = ECONNRESET;
    return -1;
  }
  if (end.eof) return 0;
  BIO_set_retry_read(bio);
  errno = EAGAIN;
  return -1;
}

int pipe_write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  PipeEnd& end = end_of(bio);
  end.write_called = true;
  if (end.broken) {
    errno = EPIPE;
    return -1;
  }
  size_t count = static_cast<size_t>(size);
  if (end.room) {
    count = std::min(count, *end.room);
    *end.room -= count;
  }
  if (count == 0) {
    BIO_set_retry_write(bio);
    errno = EAGAIN;
    return -1;
  }
  end.handed.append(data, count);
  if (end.other != nullptr) end.other->inbox.append(data, count);
  return static_cast<int>(count);
}

long pipe_ctrl(BIO* bio, int command, long, void*) {
  const PipeEnd& end = end_of(bio);
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return end.eof && end.inbox.empty() ? 1 : 0;
    case BIO_CTRL_PENDING: return static_cast<long>(end.inbox.size());
    default: return 0;
  }
}

int pipe_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* pipe_method() {
  static BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method =
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "closing row transport");
    BIO_meth_set_read(method, pipe_read);
    BIO_meth_set_write(method, pipe_write);
    BIO_meth_set_ctrl(method, pipe_ctrl);
    BIO_meth_set_create(method, pipe_create);
    return method;
  }();
  return kMethod;
}

}  // namespace

std::string PipeEnd::take_handed() { return std::exchange(handed, {}); }

void PipeEnd::forget_calls() {
  read_called = false;
  write_called = false;
}

void join(PipeEnd& a, PipeEnd& b) {
  a.other = &b;
  b.other = &a;
}

BIO* new_pipe_bio(PipeEnd& end) {
  BIO* bio = BIO_new(pipe_method());
  if (bio != nullptr) BIO_set_data(bio, &end);
  return bio;
}

}  // namespace ciao::closing
