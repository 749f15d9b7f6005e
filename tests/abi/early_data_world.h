// Two connections that are about to exchange early data, and what each call on them comes to.
#pragma once

#include <openssl/ssl.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

#include "connections.h"
#include "two_sides.h"

namespace abi {

// The topics.
void early_data_calls();
void early_data_refusals();
void early_data_limits();

constexpr std::uint32_t kMaxEarlyData = 1000;

// The last one that a client's callback was given.
Session& newest_session();

class World {
 public:
  explicit World(std::string title, bool replays_allowed = false);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // New connections; `capacity` of the pipe between them.
  World& open(std::size_t capacity = 100000);
  // A full handshake, and connections that can resume it.
  World& obtain();
  World& resume(std::size_t capacity = 100000);

  // One call, and what it comes to. How a dead connection answers is not this program's subject.
  void call(Side& side, const std::string& what, const std::function<int(SSL*)>& function);

  void write_early(Side& side, const std::string& data);
  void write_early(const std::string& data) { write_early(client, data); }
  void read_early(Side& side, std::size_t size = 100);
  void read_early() { read_early(server); }
  void write(Side& side, const std::string& data);
  void read(Side& side);
  void peek(Side& side);
  void handshake(Side& side) { call(side, "handshake", SSL_do_handshake); }
  void shutdown(Side& side) { call(side, "shutdown", SSL_shutdown); }

  // Both to the end, whatever is missing.
  void finish();
  void talk();
  void exporters();
  void exchange() {
    write_early("first");
    read_early();
  }

  Side client, server;
  Session session;

 private:
  std::string title_;
};

}  // namespace abi
