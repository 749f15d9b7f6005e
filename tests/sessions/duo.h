// A client and a server of one libssl in one process, over a BIO pair.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "libssl/owned_for_tests.h"

namespace sessions {

using namespace ciao::tls::testing;

// A context with a certificate made in memory, and with a session id context.
Context make_server();
Context make_client();

struct Duo {
  Connection client;
  Connection server;
  bool established = false;

  // The client's session, with a count of its own.
  Session session() const { return Session(SSL_get1_session(client.get())); }
  bool reused() const { return SSL_session_reused(server.get()) == 1; }
  // Lets the client take in what the server has sent.
  void deliver();
  // close_notify from both sides, so that the sessions stay resumable.
  void close();
};

// Runs a handshake and delivers the tickets.
Duo handshake(const Context& client, const Context& server, SSL_SESSION* session = nullptr);

// What is in the error queue, by reason.
std::string take_errors();

}  // namespace sessions
