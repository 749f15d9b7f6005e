// Both ends of a connection in one process, and what each call on them comes to.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <string>

#include "connections.h"
#include "report.h"

namespace abi {

struct Side {
  std::string name;
  Context ctx;
  Connection ssl;
  std::string events;  // of the info callback, since they were last shown
};

// Both ends of a connection, established.
class TwoSides {
 public:
  explicit TwoSides(std::string title, int version = TLS1_2_VERSION);

  TwoSides& establish();

  // One call, and what it comes to. How a dead connection answers is not this program's subject.
  void call(Side& side, const std::string& what, const std::function<int(SSL*)>& function);
  void handshake(Side& side) { call(side, "do_handshake", SSL_do_handshake); }
  void renegotiate(Side& side) { call(side, "renegotiate", SSL_renegotiate); }
  void write(Side& side, const char* text) {
    call(side, "write", [&](SSL* ssl) { return SSL_write(ssl, text, 4); });
  }
  void read(Side& side) {
    char text[8] = {};
    call(side, "read", [&](SSL* ssl) { return SSL_read(ssl, text, 4); });
    line(title_ + " data", text);
  }

  void show(Side& side);

  void statistics();

  Side client, server;

 private:
  static void make(Side& side, const char* name, const SSL_METHOD* method, int version);
  static void open(Side& side);

  std::string title_;
};

}  // namespace abi
