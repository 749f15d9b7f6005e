#include "dripping_bio.h"

#include <algorithm>
#include <memory>

namespace shim {
namespace {

struct Allowance {
  std::size_t read = 0;
  std::size_t write = 0;
};

Allowance& allowance(BIO* bio) { return *static_cast<Allowance*>(BIO_get_data(bio)); }

int create(BIO* bio) {
  BIO_set_data(bio, std::make_unique<Allowance>().release());
  BIO_set_init(bio, 1);
  return 1;
}

int destroy(BIO* bio) {
  std::unique_ptr<Allowance>(static_cast<Allowance*>(BIO_get_data(bio))).reset();
  BIO_set_data(bio, nullptr);
  return 1;
}

int read(BIO* bio, char* data, std::size_t length, std::size_t* done) {
  BIO_clear_retry_flags(bio);
  std::size_t& allowed = allowance(bio).read;
  if (allowed == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const int result = BIO_read_ex(BIO_next(bio), data, std::min(length, allowed), done);
  if (result <= 0) {
    BIO_copy_next_retry(bio);
  } else {
    allowed -= *done;
  }
  return result;
}

int write(BIO* bio, const char* data, std::size_t length, std::size_t* done) {
  BIO_clear_retry_flags(bio);
  std::size_t& allowed = allowance(bio).write;
  if (allowed == 0) {
    BIO_set_retry_write(bio);
    return -1;
  }
  const int result = BIO_write_ex(BIO_next(bio), data, std::min(length, allowed), done);
  if (result <= 0) {
    BIO_copy_next_retry(bio);
  } else {
    allowed -= *done;
  }
  return result;
}

long control(BIO* bio, int command, long number, void* pointer) {
  return BIO_ctrl(BIO_next(bio), command, number, pointer);
}

}  // namespace

BIO* make_dripping_bio() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_FILTER, "dripping");
    BIO_meth_set_create(made, create);
    BIO_meth_set_destroy(made, destroy);
    BIO_meth_set_read_ex(made, read);
    BIO_meth_set_write_ex(made, write);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return BIO_new(method);
}

void allow_read(BIO* dripping, std::size_t bytes) { allowance(dripping).read += bytes; }
void allow_write(BIO* dripping, std::size_t bytes) { allowance(dripping).write += bytes; }

}  // namespace shim
