// One SSL object of a row, with its context, its end of the transport and what its callbacks
// reported.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "credential.h"
#include "record_keys.h"

namespace ciao::closing {

enum class Role { client, server };

struct CtxDeleter {
  void operator()(SSL_CTX* ctx) const { SSL_CTX_free(ctx); }
};
struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct SessionDeleter {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using CtxPtr = std::unique_ptr<SSL_CTX, CtxDeleter>;
using SslPtr = std::unique_ptr<SSL, SslDeleter>;
using SessionPtr = std::unique_ptr<SSL_SESSION, SessionDeleter>;

struct Setup {
  int version = TLS1_3_VERSION;
  std::string suite = {};      // TLS 1.3 suite name; empty: the default one
  bool ignore_eof = false;     // SSL_OP_IGNORE_UNEXPECTED_EOF
  bool no_auto_retry = false;  // SSL_MODE_AUTO_RETRY off
  bool post_handshake_auth = false;
  bool read_ahead = false;
  bool no_tickets = false;        // stateful sessions
  bool no_renegotiation = false;  // SSL_OP_NO_RENEGOTIATION
  bool no_role = false;

  // A TLS 1.2 server with stateless tickets has no session of its own to keep or lose: there the
  // rows use stateful ones.
  static Setup for_version(int version);
};

// What the callbacks of one endpoint reported since they were last taken.
struct Reports {
  std::vector<std::string> alerts;  // in order: "msg>1.0", "info>0x100", ...
  int sessions_added = 0;
  int sessions_removed = 0;
  std::vector<SessionPtr> added;  // kept for rows that resume
};

class Endpoint {
 public:
  Endpoint(Role role, const Setup& setup, const Credential& credential, ConnectionSecrets* secrets);
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  SSL* ssl() const { return ssl_.get(); }
  SSL_CTX* ctx() const { return ctx_.get(); }
  Role role() const { return role_; }
  Reports& reports() { return reports_; }
  void set_role();
  void free_ssl() { ssl_.reset(); }
  void forget_ssl() { (void)ssl_.release(); }  // its last reference was given away
  // A further connection of the same context (rows that resume).
  void renew_ssl(const Setup& setup);

 private:
  static void on_key_line(const SSL* ssl, const char* line);
  static void on_message(int write, int version, int type, const void* data, size_t size, SSL* ssl,
                         void* self);
  static void on_info(const SSL* ssl, int where, int value);
  static int on_new_session(SSL* ssl, SSL_SESSION* session);
  static void on_removed_session(SSL_CTX* ctx, SSL_SESSION* session);

  Role role_;
  Reports reports_;
  ConnectionSecrets* secrets_;
  CtxPtr ctx_;
  SslPtr ssl_;
};

enum class Tickets { read, left };

// Runs both sides' handshakes over BIOs that are already set; `tickets`: whether the client then
// reads those of TLS 1.3. `between` runs after each try. False: neither side failed, and yet it did
// not finish; throws std::runtime_error when one failed.
bool complete_handshake(SSL* client, SSL* server, Tickets tickets,
                        const std::function<void()>& between = {});
void read_tickets(SSL* client);

}  // namespace ciao::closing
