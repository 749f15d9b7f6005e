// One handshake: the phase it is in, and the loop that drives it.
#pragma once

#include <variant>

#include "handshake/client12.h"
#include "handshake/client13.h"
#include "handshake/hello_client.h"
#include "handshake/hello_server.h"
#include "handshake/server12.h"
#include "handshake/server13.h"

namespace ciao::tls {

// Lives from the first ClientHello to the last Finished.
class Handshake {
 public:
  // Everything is borrowed from the connection and outlives the handshake.
  Handshake(Role role, Channel& channel, const Algorithms& algorithms, const ConfigRef& config,
            const Hooks& hooks, Negotiated& negotiated, Ref<Session>& session,
            const SessionContext& session_context, Stages& stages, EarlyData* early = nullptr);

  // Server: every client is sent a HelloRetryRequest, unless it brings the cookie of an earlier
  // one.
  void retry_statelessly() { context_.exchange.stateless_retry = true; }
  // Runs until something is missing; Wait::none means complete.
  Result<Wait> run();

  Outcome& outcome() { return context_.outcome; }
  const Transcript& transcript() const { return context_.transcript; }
  // What completion is proven by; both are set once run() has returned Wait::none.
  const std::optional<FinishedVerified>& finished() const;
  const std::optional<PeerAuthenticated>& authenticated() const;

 private:
  Result<bool> enter_next_phase();

  HandshakeContext context_;
  std::variant<HelloClient, HelloServer, Client13, Server13, Client12, Server12> phase_;
};

}  // namespace ciao::tls
