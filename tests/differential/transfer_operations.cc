// Data, early data and closing, over a transport that may be narrow, cut or gone.
#include <algorithm>
#include <vector>

#include "operation.h"

namespace ciao::differential {
namespace {

// What is written: where the bytes are matters to a repeated call.
const char* payload() {
  static const std::vector<char> kBytes(70000, 'x');
  return kBytes.data();
}

constexpr int kSizes[] = {1, 2, 5, 16, 100, 1000, 16384, 16385, 20000, 40000, 0, 513};

Named<const void*> data() { return named(static_cast<const void*>(payload()), "data"); }

// A scratch buffer that is read into.
Named<void*> scratch() {
  static char buffer[70000];
  return named(static_cast<void*>(buffer), "buffer");
}

// A write that blocked has to be repeated as it was (SSL_write(3)).
int repeated(const End& side, int size) { return side.blocked != 0 ? side.blocked : size; }

void note_blocked(End& side, int size, int result) {
  const bool blocked = result <= 0 && SSL_get_error(side.ssl, result) == SSL_ERROR_WANT_WRITE &&
                       SSL_is_init_finished(side.ssl) == 1;
  side.blocked = blocked ? size : 0;
}

void write(World& world, Arguments& draw) {
  End& side = world.end[draw.below(2)];
  SSL* ssl = side.ssl;
  const int size = repeated(side, draw.pick(kSizes));
  if (ssl == nullptr || world.in_early_data(ssl)) return;
  const bool at_rest = SSL_is_init_finished(ssl) == 1;
  world.exact = at_rest;
  if (draw.chance(70)) {
    const bool sensible = side.blocked != 0 || draw.chance(98);
    note_blocked(side, size, TRANSFER(world, SSL_write, ssl, data(), sensible ? size : -1));
  } else {
    size_t count = 7;
    const auto bytes = static_cast<size_t>(size);
    note_blocked(side, size,
                 TRANSFER(world, SSL_write_ex, ssl, data(), bytes, named(&count, "&count")));
    world.note("count " + std::to_string(count));
  }
}

void read(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  const int size = draw.pick(kSizes);
  if (ssl == nullptr || world.in_early_data(ssl)) return;
  size_t count = 7;
  const auto where = named(&count, "&count");
  switch (draw.below(6)) {
    case 0: TRANSFER(world, SSL_peek, ssl, scratch(), size); break;
    case 1:
      TRANSFER(world, SSL_read_ex, ssl, scratch(), static_cast<size_t>(size), where);
      world.note("count " + std::to_string(count));
      break;
    case 2:
      TRANSFER(world, SSL_peek_ex, ssl, scratch(), static_cast<size_t>(size), where);
      world.note("count " + std::to_string(count));
      break;
    default: TRANSFER(world, SSL_read, ssl, scratch(), draw.chance(98) ? size : -1); break;
  }
}

// Both ends read until nothing comes.
void read_all(World& world, Arguments& draw) {
  const size_t first = draw.below(2);
  for (const size_t role : {first, 1 - first}) {
    SSL* ssl = world.end[role].ssl;
    if (ssl == nullptr || world.in_early_data(ssl)) continue;
    for (int i = 0; i < 6; ++i) {
      const int result = TRANSFER(world, SSL_read, ssl, scratch(), 40000);
      world.settle();
      if (result <= 0) break;
    }
  }
}

void exchange(World& world, Arguments& draw) {
  const size_t role = draw.below(2);
  End& side = world.end[role];
  SSL* from = side.ssl;
  SSL* to = world.end[1 - role].ssl;
  if (from == nullptr || to == nullptr || world.in_early_data(from) || world.in_early_data(to))
    return;
  const int size = repeated(side, draw.pick(kSizes));
  note_blocked(side, size, TRANSFER(world, SSL_write, from, data(), size));
  world.settle();
  TRANSFER(world, SSL_read, to, scratch(), draw.pick(kSizes));
}

void shut_down(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (ssl == nullptr || world.in_early_data(ssl)) return;
  world.exact = SSL_is_init_finished(ssl) == 1;
  TRANSFER(world, SSL_shutdown, ssl);
}

void shutdown_flags(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (ssl == nullptr) return;
  if (draw.chance(40)) {
    // In the middle of a handshake or of a write it is not what closes a connection.
    if (World::is_in_handshake(ssl) || world.in_early_data(ssl)) return;
    if (SSL_want(ssl) == SSL_WRITING) return;
    // Not taken back: D3 of docs/CLOSING.md.
    const int flags = static_cast<int>(draw.below(4)) | SSL_get_shutdown(ssl);
    CALL(world, SSL_set_shutdown, ssl, flags);
  } else {
    CALL(world, SSL_set_quiet_shutdown, ssl, static_cast<int>(draw.below(2)));
  }
}

void early_data(World& world, Arguments& draw) {
  SSL* client = world.end[kClient].ssl;
  SSL* server = world.end[kServer].ssl;
  if (client == nullptr || server == nullptr) return;
  world.early = true;
  size_t count = 7;
  const auto where = named(&count, "&count");
  auto size = static_cast<size_t>(draw.pick(kSizes));
  // More than the session allows is an error that ends the connection: tests/abi/early_data.
  const SSL_SESSION* session = world.session[0];
  const size_t allowed = session != nullptr ? SSL_SESSION_get_max_early_data(session) : size;
  const auto write = [&](SSL* ssl) {
    if (size > allowed - std::min(allowed, world.early_written)) size = 0;
    if (TRANSFER(world, SSL_write_early_data, ssl, data(), size, where) == 1) {
      world.early_written += size;
    }
  };
  switch (draw.below(4)) {
    case 0: write(client); break;
    case 1: world.read_early_data(size); return;
    case 2:
      write(client);
      world.settle();
      world.read_early_data(size);
      return;
    default: {
      // The roles are not asked for.
      SSL* ssl = draw.chance(50) ? client : server;
      write(ssl);
      break;
    }
  }
  world.note("count " + std::to_string(count));
}

// A whole second connection with early data, when the first one's session allows it.
void early_connection(World& world, Arguments& draw) {
  for (const Role role : {kClient, kServer}) {
    CALL(world, SSL_CTX_set_max_early_data, world.context[role], uint32_t{16384});
  }
  world.connect();
  world.handshake(30);
  SSL* client = world.end[kClient].ssl;
  if (client == nullptr || world.over) return;
  TRANSFER(world, SSL_read, client, scratch(), 16);
  SSL_SESSION_free(world.session[0]);
  world.session[0] = World::has_failed(client) ? nullptr : SSL_get1_session(client);
  if (world.session[0] != nullptr && SSL_is_init_finished(client) == 0) {
    mark_unfinished(world.session[0]);
  }
  TRANSFER(world, SSL_shutdown, client);
  world.connect();
  if (world.session[0] != nullptr) {
    CALL(world, SSL_set_session, world.end[kClient].ssl, world.session[0]);
    CALL(world, SSL_SESSION_get_max_early_data, world.session[0]);
  }
  for (int i = 0; i < 3; ++i) early_data(world, draw);
  if (draw.chance(60)) world.handshake(30);
}

void transport(World& world, Arguments& draw) {
  End& side = world.end[draw.below(2)];
  switch (draw.below(6)) {
    case 0:
      // What is read of a flight before its end depends on where the transport has cut it.
      if (world.capacity != 0 && world.is_in_handshake()) break;
      side.pipe.eof = true;
      world.note("end of file");
      break;
    case 1:
      // A flight that is cut shows what its records are.
      if (!world.is_quiet()) break;
      side.pipe.room = draw.below(600);
      world.note("room for " + std::to_string(*side.pipe.room));
      break;
    case 2:
      side.pipe.room.reset();
      world.note("room for all");
      break;
    case 3:
      // What of a flight is made, and kept, when there is nobody to send it to is the library's own
      // choice.
      if (!world.is_quiet()) break;
      side.pipe.broken = true;
      world.note("broken");
      break;
    case 4:
      side.pipe.inbox += std::string("\x17\x03\x03\x00\x05hello", 10);
      world.note("a record that is not the peer's");
      break;
    default:
      // What else is lost with it depends on what shares its record: of a flight, or of tickets.
      if (world.is_in_handshake() || &side == &world.end[kClient]) break;
      if (!side.pipe.inbox.empty()) side.pipe.inbox.pop_back();
      world.note("the last byte is lost");
      break;
  }
}

void buffers(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  // How much is read ahead, and so whether a buffer is needed, is the library's own choice.
  if (ssl == nullptr || SSL_get_read_ahead(ssl) != 0 || World::has_failed(ssl)) return;
  if (draw.chance(50)) {
    CALL(world, SSL_alloc_buffers, ssl);
  } else {
    CALL(world, SSL_free_buffers, ssl);
  }
}

constexpr Operation kOperations[] = {
    {"write", When::kMidway, 16, write, false},
    {"read", When::kMidway, 18, read},
    {"read_all", When::kMidway, 10, read_all},
    {"exchange", When::kMidway, 8, exchange, false},
    {"shut_down", When::kMidway, 12, shut_down, false},
    {"shutdown_flags", When::kMidway, 4, shutdown_flags, false},
    {"early_data", When::kMidway, 4, early_data, false},
    {"early_connection", When::kMidway, 3, early_connection, false},
    {"transport", When::kMidway, 5, transport, false},
    {"buffers", When::kMidway, 2, buffers},
};

}  // namespace

std::span<const Operation> transfer_operations() { return kOperations; }

}  // namespace ciao::differential
