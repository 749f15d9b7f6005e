// Certificate, CertificateVerify and Finished for both roles (RFC 8446 §4.4).
#pragma once

#include <functional>

#include "config/certificate_source.h"
#include "handshake/context.h"

namespace ciao::tls {

// Proof that the peer's Finished was checked: made by check() and check12() alone.
class FinishedVerified {
 public:
  // Compares the peer's verify_data with ours; the transcript must end before the peer's Finished.
  static Result<FinishedVerified> check(HandshakeContext& context, HashId hash, ByteView base_key,
                                        ByteView body);
  // TLS 1.2: under the master secret (RFC 5246 §7.4.9).
  static Result<FinishedVerified> check12(HandshakeContext& context, ByteView master,
                                          ByteView body);

 private:
  FinishedVerified() = default;
};

// Proof that the peer is who it has to be: by a certificate whose key signed this handshake, by a
// resumed session, or because nothing was asked of it.
class PeerAuthenticated {
 public:
  // Checks the signature over the transcript, which must end before the CertificateVerify.
  static Result<PeerAuthenticated> by_signature(HandshakeContext& context, Role signer,
                                                ByteView body);
  // TLS 1.2: checks the signature over `content`, which is ServerKeyExchange's parameters after the
  // randoms, or the transcript.
  static Result<PeerAuthenticated> by_signature12(HandshakeContext& context, SignatureScheme scheme,
                                                  ByteView content, ByteView signature);
  // The session's secret, or the pre-shared key, is in the key schedule that the peer's Finished
  // proves.
  static Result<PeerAuthenticated> by_psk(const HandshakeContext& context);
  // TLS 1.2, RSA key exchange: the peer's Finished proves that it decrypted the premaster secret
  // with its certificate's key.
  static Result<PeerAuthenticated> by_decryption(const HandshakeContext& context);
  // A server that sent no CertificateRequest, or whose configuration lets a client go without.
  static Result<PeerAuthenticated> without_certificate(const HandshakeContext& context);

 private:
  PeerAuthenticated() = default;
};

// Queues our Finished under this base key.
Result<void> send_finished(HandshakeContext& context, HashId hash, ByteView base_key);

// Server: whether TLS 1.3 can be chosen: it is allowed, and there is something to sign with.
bool may_choose_tls13(const HandshakeContext& context);

// Picks the credential and scheme that the peer can check; null when there is none. Sets
// negotiated.own_scheme.
const Credential* choose_credential(HandshakeContext& context);
// The same among those that `credential_fits` says can make such a signature in this version.
using CredentialFits = std::function<bool(const SchemeInfo&, const Credential&)>;
const Credential* choose_credential(HandshakeContext& context,
                                    const CredentialFits& credential_fits);
// Where Certificate is written: what is in the place of the credential that was chosen. Callbacks
// that ran since (ALPN, status) may have set another one, to be shown in this handshake: ACME's
// tls-alpn-01 does. Null when that does not fit the scheme: the choice has to be made anew.
const Credential* current_credential(HandshakeContext& context,
                                     const CredentialFits& credential_fits);
// The same with TLS 1.3's rules; makes that choice, and fails when there is none.
Result<const Credential*> current_credential(HandshakeContext& context);

// Queues a Certificate message; `credential` null sends an empty list.
Result<void> send_certificate(HandshakeContext& context, const Credential* credential,
                              ByteView request_context);

// Queues a CertificateVerify with negotiated.own_scheme; `pending` while the key has not answered.
Result<Answer> send_certificate_verify(HandshakeContext& context, const Credential& credential);

// Reads a Certificate message into negotiated.peer and the staples beside it.
Result<void> read_certificate(HandshakeContext& context, ByteView body, ByteView request_context);

// Asks for the application's verdict on negotiated.peer; a stop while it is pending.
Result<std::optional<Step>> ask_verifier(HandshakeContext& context);

// Server: queues a CertificateRequest; `request_context` is empty inside the handshake.
Result<void> send_certificate_request(HandshakeContext& context, ByteView request_context);

// Server: reads the client's answer to it. False when the client has no certificate.
Result<bool> read_client_certificate(HandshakeContext& context, const HandshakeMessage& message,
                                     ByteView request_context);

// Server: reads the client's CertificateVerify.
Result<PeerAuthenticated> read_client_verify(HandshakeContext& context,
                                             const HandshakeMessage& message);

}  // namespace ciao::tls
