// Our own certificates: chosen and completed by the application's callbacks and stores.
#pragma once

#include <openssl/ssl.h>

#include "config/certificate_source.h"

namespace ciao::tls {

class SslCertificates final : public CertificateSource {
 public:
  explicit SslCertificates(SSL& ssl) : ssl_(ssl) {}

  Result<Answer> certificate_wanted() override;
  bool fits_tls13() override;
  const Credential* credential(KeyKind kind) override;
  Result<std::vector<Bytes>> certificate_list(const Credential& credential) override;
  Result<Answer> sign(const Credential& credential, SignatureScheme scheme, ByteView content,
                      Bytes& signature) override;
  Result<SecretBytes> decrypt_premaster(const Credential& credential,
                                        ProtocolVersion client_version,
                                        ByteView encrypted) override;

  // Another handshake: what the callbacks were asked before counts no more.
  void start_over() { client_callback_asked_ = false; }

 private:
  Result<Answer> ask_client_callback();

  SSL& ssl_;
  Ref<Credentials> in_use_;             // whose members credential() lends
  bool client_callback_asked_ = false;  // and will be again: it had no answer yet
};

}  // namespace ciao::tls
