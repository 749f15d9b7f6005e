// What a handshake asks of the outside. Each may run application code: no view into a buffer is
// held across a call, and the connection's configuration may be another one afterwards.
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
