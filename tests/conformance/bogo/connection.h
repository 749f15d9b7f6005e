// One connection under test: the SSL object, configured, and what its callbacks saw.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "libssl/owned_for_tests.h"
#include "settings.h"

namespace shim {

using ciao::tls::testing::Context;
using ciao::tls::testing::Free;
using ciao::tls::testing::Session;
using Ssl = ciao::tls::testing::Connection;

class Connection {
 public:
  // `rejected` holds what is true once early data was rejected.
  Connection(const Settings& planned, const Settings& rejected, bool resuming)
      : settings(planned), retry_settings(rejected), is_resumption(resuming) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // False, with a reason on stderr or in the error queue, if libssl refuses a setting.
  [[nodiscard]] bool configure(SSL_CTX* context, int socket, SSL_SESSION* session);

  static Connection& of(const SSL* ssl);

  // What applies now: after a rejection of early data, other expectations.
  const Settings& current() const;

  const Settings& settings;
  const Settings& retry_settings;
  const bool is_resumption;

  Ssl ssl;
  BIO* dripping = nullptr;  // owned by ssl; null unless -async
  Session offered;

  // What callbacks saw.
  Session new_session;
  std::string trace;
  std::string advertised_alpn;
  std::string client_secret;
  std::string server_secret;
  std::string peer_scts;
  int client_hellos = 0;
  bool handshake_done = false;

  // Callbacks that were put off once, to be asked again.
  bool certificate_ready = false;
  bool early_callback_ready = false;
  bool verification_ready = false;
};

// A context with every callback that is set on contexts; null if libssl refuses.
Context make_context(const Plan& plan);

// For SSL_set_cert_cb, and for callbacks that choose a certificate later.
bool use_certificate(SSL* ssl, const Settings& settings);

}  // namespace shim
