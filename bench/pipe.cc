#include "pipe.h"

#include <algorithm>
#include <cstring>

namespace ciao::bench {
namespace {

PipeEnd& end_of(BIO* bio) { return *static_cast<PipeEnd*>(BIO_get_data(bio)); }

int pipe_read(BIO* bio, char* out, int size) {
  BIO_clear_retry_flags(bio);
  const std::size_t taken = end_of(bio).in->take(out, static_cast<std::size_t>(size));
  if (taken != 0) return static_cast<int>(taken);
  BIO_set_retry_read(bio);
  return -1;
}

int pipe_write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const std::size_t put = end_of(bio).out->put(data, static_cast<std::size_t>(size));
  if (put != 0) return static_cast<int>(put);
  BIO_set_retry_write(bio);
  return -1;
}

long pipe_ctrl(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_PENDING: return static_cast<long>(end_of(bio).in->size());
    default: return 0;
  }
}

int pipe_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* pipe_method() {
  static BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "bench pipe");
    BIO_meth_set_read(method, pipe_read);
    BIO_meth_set_write(method, pipe_write);
    BIO_meth_set_ctrl(method, pipe_ctrl);
    BIO_meth_set_create(method, pipe_create);
    return method;
  }();
  return kMethod;
}

}  // namespace

std::size_t Pipe::put(const void* data, std::size_t size) {
  if (head_ == tail_) head_ = tail_ = 0;
  if (size > block_.size() - tail_) return 0;
  std::memcpy(block_.data() + tail_, data, size);
  tail_ += size;
  return size;
}

std::size_t Pipe::take(void* out, std::size_t size) {
  size = std::min(size, this->size());
  std::memcpy(out, block_.data() + head_, size);
  head_ += size;
  return size;
}

BIO* new_pipe_bio(PipeEnd& end) {
  BIO* bio = BIO_new(pipe_method());
  if (bio != nullptr) BIO_set_data(bio, &end);
  return bio;
}

}  // namespace ciao::bench
