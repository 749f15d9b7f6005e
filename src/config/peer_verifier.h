// Who decides whether the peer is who it should be.
#pragma once

#include "config/hooks.h"
#include "x509/certificate.h"

namespace ciao::tls {

class PeerVerifier {
 public:
  PeerVerifier() = default;
  PeerVerifier(const PeerVerifier&) = delete;
  PeerVerifier& operator=(const PeerVerifier&) = delete;
  virtual ~PeerVerifier() = default;

  // Checks a chain that is not empty. An error ends the handshake with its alert; the verifier
  // keeps the result.
  virtual Result<Answer> verify(const PeerCertificates& peer) = 0;
  // The result of the last verify(): X509_V_OK or another X509_V_ERR code. Goes into the session.
  virtual long result() const = 0;
  // A resumed session brings the result of the handshake that made it.
  virtual void set_result(long result) = 0;
};

}  // namespace ciao::tls
