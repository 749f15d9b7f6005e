// Early data through the C interface: what each call answers at each point, in the right order and
// in wrong ones.
#include "early_data_world.h"

namespace abi {
namespace {

void accepted() {
  World world("accepted");
  world.obtain().resume();
  world.write_early("first");
  world.exporters();
  world.write_early("second");
  world.read_early();
  world.exporters();
  world.read_early();
  world.write_early(world.server, "half a round trip");
  world.read_early();
  world.read(world.client);
  world.write_early("third");
  world.read_early();
  world.write_early("");
  world.read_early();
  world.handshake(world.client);
  world.write_early("too late");
  world.read_early();
  world.read_early();
  world.write_early(world.server, "still");
  world.finish();
  world.exporters();
  world.talk();
  world.write_early(world.server, "as any other");
  world.read(world.client);
  world.read_early();
  line("new ticket allows",
       newest_session() ? SSL_SESSION_get_max_early_data(newest_session().get()) : 0u);
}

// Several records, read in small pieces.
void pieces() {
  World world("pieces");
  world.obtain().resume();
  world.write_early(std::string(600, 'a'));
  world.write_early(std::string(400, 'b'));
  for (int i = 0; i < 4; ++i) world.read_early(world.server, 300);
  world.write_early("c");  // beyond the limit
  world.write_early("d");
  world.handshake(world.client);
}

void by_write() {
  World world("SSL_write ends it");
  world.obtain().resume();
  world.exchange();
  world.write(world.client, "late");
  world.read_early();
  world.write(world.client, "late");
  world.read_early();
  world.write_early("too late");
  world.read(world.server);
  world.talk();
}

void empty() {
  World world("empty");
  world.obtain().resume();
  world.write_early("");
  world.read_early();
  world.finish();
  world.read_early();
  world.finish();
  world.talk();
}

void not_sent() {
  World world("not sent");
  world.obtain().resume();
  world.handshake(world.client);
  world.write_early("too late");
  world.read_early();
  world.read_early();
  world.write_early(world.server, "half a round trip");
  world.read(world.client);
  world.exporters();
  world.finish();
  world.talk();
}

// Calls that have no place between two of the functions'.
void wrong_order() {
  {
    World world("between reads");
    world.obtain().resume();
    world.read_early();
    world.write(world.server, "x");
    world.read(world.server);
    world.peek(world.server);
    world.write_early(world.server, "x");
    world.write_early("first");
    world.read_early();
    world.write(world.server, "x");
    world.write_early("second");
    world.read(world.server);
    world.peek(world.server);
    world.handshake(world.client);
    world.read(world.server);
    world.read_early();
  }
  {
    World world("accept in between");
    world.obtain().resume();
    world.exchange();
    world.write_early("second");
    world.handshake(world.server);
  }
  {
    World world("accept first");
    world.obtain().resume();
    world.handshake(world.server);
    world.read_early();
  }
  World world("peek");
  world.obtain().resume();
  world.exchange();
  world.write_early("second");
  world.peek(world.server);
  world.read_early();
}

void closing() {
  {
    World world("client closes");
    world.obtain().resume();
    world.write_early("first");
    world.shutdown(world.client);
    world.write_early("second");
    world.read_early();
    world.read_early();
    world.read(world.server);
    world.shutdown(world.server);
  }
  {
    World world("server closes");
    world.obtain().resume();
    world.exchange();
    world.shutdown(world.server);
    world.read(world.client);
    world.shutdown(world.client);
    world.read_early();
    world.shutdown(world.server);
  }
  {
    World world("close when it was refused");
    world.obtain().resume();
    SSL_set_max_early_data(world.server.ssl.get(), 0);
    world.exchange();
    world.shutdown(world.client);
    world.shutdown(world.server);
  }
  World world("before it");
  world.obtain().resume();
  world.shutdown(world.client);
  world.shutdown(world.server);
  world.exchange();
}

void end_of_file() {
  World world("end of file");
  world.obtain().resume();
  world.exchange();
  BIO_shutdown_wr(SSL_get_wbio(world.client.ssl.get()));
  world.read_early();
  world.read_early();
}

void cleared() {
  World world("cleared");
  world.obtain().resume();
  world.exchange();
  line("clear", SSL_clear(world.server.ssl.get()));
  line("status", SSL_get_early_data_status(world.client.ssl.get()));
}

// SSL_read_early_data has to be repeated: nothing else is answered before it, not even on a
// connection that has failed meanwhile.
void failed_before_it() {
  World world("failed before it");
  world.obtain().resume();
  world.read_early();
  SSL* server = world.server.ssl.get();
  BIO_write(SSL_get_wbio(world.client.ssl.get()), "no record", 9);
  line("handshake", SSL_do_handshake(server));
  char data[8] = {};
  for (int i = 0; i < 2; ++i) {
    line("read", SSL_get_error(server, SSL_read(server, data, sizeof data)));
    line("write", SSL_get_error(server, SSL_write(server, data, sizeof data)));
  }
}

// Nobody repeated SSL_read_early_data, and the handshake is complete: what is refused now changes
// nothing.
void refused_behind_it() {
  World world("refused behind it");
  world.obtain().resume();
  world.read_early();
  for (int i = 0; i < 3; ++i) {
    SSL_do_handshake(world.client.ssl.get());
    SSL_do_handshake(world.server.ssl.get());
  }
  world.server.events.clear();
  world.peek(world.server);
  world.write(world.server, "refused");
  world.read(world.server);
  line("still wanted", SSL_want(world.server.ssl.get()));
}

// A read goes on with the handshake; a handshake that is called for ends the early data.
void read_in_between() {
  for (const bool by_write : {false, true}) {
    World world(by_write ? "read, then written" : "read, then a handshake");
    world.obtain().resume();
    world.write_early("first");
    world.read(world.client);
    world.handshake(world.server);
    if (by_write) {
      world.write(world.client, "second");
    } else {
      world.handshake(world.client);
    }
    world.finish();
    world.talk();
  }
}

void blocked_half_way() {
  World world("blocked half way");
  world.obtain().resume();
  world.exchange();
  world.write_early("");
  world.handshake(world.client);
  world.read_early();
  world.write_early(world.server, std::string(200000, 'x'));
}

// The session goes with a connection that nobody closes.
void freed() {
  for (const bool reading : {false, true}) {
    World world(reading ? "freed while reading" : "freed while writing");
    world.obtain().resume();
    SSL* client = world.client.ssl.get();
    world.write_early("first");
    if (reading) world.read_early();
    const Session session(SSL_get1_session(reading ? world.server.ssl.get() : client));
    (reading ? world.server : world.client).ssl.reset();
    line("resumable when it is gone", SSL_SESSION_is_resumable(session.get()));
  }
}

}  // namespace

void early_data_calls() {
  accepted();
  pieces();
  by_write();
  empty();
  not_sent();
  wrong_order();
  closing();
  end_of_file();
  cleared();
  failed_before_it();
  refused_behind_it();
  read_in_between();
  blocked_half_way();
  freed();
}

}  // namespace abi
