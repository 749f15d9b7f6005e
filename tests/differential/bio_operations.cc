// BIO_f_ssl, and the BIOs of a connection.
#include <openssl/bio.h>

#include "operation.h"

namespace ciao::differential {
namespace {

// Those that take no pointer, and one that does not exist.
constexpr int kCommands[] = {BIO_CTRL_EOF,
                             BIO_CTRL_INFO,
                             BIO_CTRL_GET_CLOSE,
                             BIO_C_SET_SSL_RENEGOTIATE_BYTES,
                             BIO_C_SET_SSL_RENEGOTIATE_TIMEOUT,
                             BIO_C_GET_SSL_NUM_RENEGOTIATES,
                             1000};

void owned(World& world, Arguments& draw) {
  End& side = world.end[draw.below(2)];
  SSL* ssl = side.ssl;
  // A write that blocked is not repeated here.
  if (ssl == nullptr || side.blocked != 0 || SSL_want(ssl) == SSL_WRITING) return;
  if (world.in_early_data(ssl)) return;
  BIO* bio = BIO_new(BIO_f_ssl());
  const auto filter = named(bio, "bio");
  world.invoke(
      "BIO_set_ssl", [](BIO* b, SSL* s) { return BIO_set_ssl(b, s, BIO_NOCLOSE); }, filter, ssl);
  char data[64] = {};
  for (int i = 0; i < 3 && !World::has_failed(ssl); ++i) {
    switch (draw.below(9)) {
      case 0: CALL(world, BIO_read, filter, named(static_cast<void*>(data), "data"), 10); break;
      case 1:
      case 2:
        CALL(world, BIO_write, filter, named(static_cast<const void*>(data), "data"), 10);
        break;
      case 3: CALL1(world, BIO_do_handshake, filter); break;
      case 4: world.note(BIO_pending(bio) > 0 ? "something pending" : "nothing pending"); break;
      case 5:
        world.note(BIO_wpending(bio) > 0 ? "some to be written" : "none to be written");
        break;
      case 6: CALL1(world, BIO_flush, filter); continue;
      case 7:
        if (world.early) continue;
        CALL1(world, BIO_reset, filter);
        world.start_over();
        break;
      default: CALL(world, BIO_ctrl, filter, draw.pick(kCommands), 0L, nullptr); break;
    }
    world.note("retry " + std::to_string(BIO_should_retry(bio)) + " read " +
               std::to_string(BIO_should_read(bio)) + " write " +
               std::to_string(BIO_should_write(bio)) + " special " +
               std::to_string(BIO_should_io_special(bio)) + " reason " +
               std::to_string(BIO_get_retry_reason(bio)));
    world.settle();
  }
  BIO_free(bio);
}

void replace(World& world, Arguments& draw) {
  End& side = world.end[draw.below(2)];
  // What gets through a narrow one depends on how often it is asked.
  if (side.ssl == nullptr || world.capacity != 0) return;
  BIO* made = closing::new_pipe_bio(side.pipe);
  const auto bio = named(made, "pipe");
  const auto none = named<BIO*>(nullptr, "NULL");
  switch (draw.below(5)) {
    case 0: CALL(world, SSL_set0_rbio, side.ssl, bio); break;
    case 1: CALL(world, SSL_set0_wbio, side.ssl, bio); break;
    case 2: CALL(world, SSL_set_bio, side.ssl, bio, bio); break;
    case 3:
      BIO_free(made);
      if (!world.is_quiet()) break;
      CALL(world, SSL_set_bio, side.ssl, none, none);
      break;
    default: {
      BIO* buffered = BIO_push(BIO_new(BIO_f_buffer()), made);
      CALL(world, SSL_set0_wbio, side.ssl, named(buffered, "buffered"));
      break;
    }
  }
}

constexpr Operation kOperations[] = {
    {"bio_f_ssl", When::kMidway, 4, owned, false},
    {"replace_bio", When::kMidway, 1, replace, false},
};

}  // namespace

std::span<const Operation> bio_operations() { return kOperations; }

}  // namespace ciao::differential
