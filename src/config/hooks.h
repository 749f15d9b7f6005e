// What a handshake asks of the outside. Each may run application code, which may put another
// configuration, session or session context into the connection: no view into those is held across
// a call. The message under work stays as it is, since nothing that a hook may call (see
// connection/connection.h) reads from the transport or takes the next message: its views live
// across hooks, and end with the next message. What is to be asked again after `pending` keeps a
// copy, as ClientHello does.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace ciao::tls {

class CertificateSource;
class Observer;
class PeerVerifier;
class Application;
class SessionStore;

// `pending`: ask again when the handshake is next driven.
enum class Answer : std::uint8_t { ready, pending };

// Borrowed by a connection for its whole life. None is null.
struct Hooks {
  Application* application;
  CertificateSource* certificates;
  PeerVerifier* verifier;
  Observer* observer;
  SessionStore* sessions;
};

}  // namespace ciao::tls
