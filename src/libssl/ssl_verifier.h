// The peer's certificate against the application's trust: X509_verify_cert, set up as OpenSSL does.
#pragma once

#include <openssl/ssl.h>

#include "config/peer_verifier.h"
#include "x509/credential.h"

namespace ciao::tls {

class SslVerifier final : public PeerVerifier {
 public:
  explicit SslVerifier(SSL& ssl) : ssl_(ssl) {}

  Result<Answer> verify(const PeerCertificates& peer) override;
  long result() const override { return result_; }
  void set_result(long result) override { result_ = result; }

  // The chain that was built, ours to lend; null if verification did not succeed.
  STACK_OF(X509) * verified_chain() const { return verified_chain_.get(); }
  // SSL_set_retry_verify: the callback wants to be asked again.
  void retry_later() { retry_ = true; }
  void clear();

 private:
  SSL& ssl_;
  long result_ = X509_V_OK;
  X509StackPtr verified_chain_;
  bool retry_ = false;
};

}  // namespace ciao::tls
