// How much early data there may be: what is set, what is beyond it, and pipes that are too short.
#include "early_data_world.h"

namespace abi {
namespace {

void settings() {
  const Context ctx(SSL_CTX_new(TLS_method()));
  line("max by default", SSL_CTX_get_max_early_data(ctx.get()));
  line("recv max by default", SSL_CTX_get_recv_max_early_data(ctx.get()));
  line("set max", SSL_CTX_set_max_early_data(ctx.get(), 0xffffffff));
  line("set recv max", SSL_CTX_set_recv_max_early_data(ctx.get(), 5));
  const Connection ssl(SSL_new(ctx.get()));
  line("max", SSL_get_max_early_data(ssl.get()));
  line("recv max", SSL_get_recv_max_early_data(ssl.get()));
  line("set own max", SSL_set_max_early_data(ssl.get(), 7));
  line("set own recv max", SSL_set_recv_max_early_data(ssl.get(), 0));
  line("own max", SSL_get_max_early_data(ssl.get()));
  line("own recv max", SSL_get_recv_max_early_data(ssl.get()));
  line("context's max", SSL_CTX_get_max_early_data(ctx.get()));
  line("context's recv max", SSL_CTX_get_recv_max_early_data(ctx.get()));
  line("status", SSL_get_early_data_status(ssl.get()));
  unsigned char material[16];
  line("early exporter",
       SSL_export_keying_material_early(ssl.get(), material, 16, "l", 1, material, 0));
  std::size_t size = 0;
  line("write without a role", SSL_write_early_data(ssl.get(), "x", 1, &size));
  line("read without a role", SSL_read_early_data(ssl.get(), material, 1, &size));
}

void over_the_limit() {
  World world("over the limit");
  world.obtain();
  SSL_SESSION_set_max_early_data(world.session.get(), 5000);
  world.resume();
  world.write_early(std::string(900, 'a'));
  world.write_early(std::string(101, 'b'));
  world.read_early(world.server, 2000);
  world.read_early(world.server, 2000);
  world.read_early();
  world.read(world.client);
}

void server_limits() {
  World world("recv max");
  SSL_CTX_set_recv_max_early_data(world.server.ctx.get(), 10);
  world.obtain().resume();
  world.write_early("0123456789");
  world.read_early();
  world.write_early("a");
  world.read_early();
}

void blocked() {
  for (const std::size_t capacity : {400, 900, 1400}) {
    World world("blocked at " + std::to_string(capacity));
    world.obtain().resume(capacity);
    const std::string data(800, 'd');
    // Addresses and sizes stay the same, as in any other write.
    std::size_t written = 77;
    for (int i = 0; i < 40 && written == 77; ++i) {
      ERR_clear_error();
      const int result =
          SSL_write_early_data(world.client.ssl.get(), data.data(), data.size(), &written);
      if (i == 0) {
        line("first try", std::to_string(result) + "/" +
                              std::to_string(SSL_get_error(world.client.ssl.get(), result)));
      }
      if (result == 0) {
        char bytes[1000];
        std::size_t taken = 0;
        const int read = SSL_read_early_data(world.server.ssl.get(), bytes, sizeof bytes, &taken);
        if (read == SSL_READ_EARLY_DATA_SUCCESS) line("taken", taken);
      }
    }
    line("written", written);
    for (int i = 0; i < 3; ++i) world.read_early(world.server, 900);
  }
}

}  // namespace

void early_data_limits() {
  settings();
  over_the_limit();
  server_limits();
  blocked();
}

}  // namespace abi
