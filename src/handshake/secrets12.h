// The secrets of a TLS 1.2 handshake, and what both roles do with them: change keys, send and check
// Finished.
#pragma once

#include "handshake/authentication.h"
#include "keys/prf12.h"

namespace ciao::tls {

class Secrets12 {
 public:
  // After ClientKeyExchange, which the transcript must end with.
  Result<void> derive(HandshakeContext& context, ByteView premaster);
  // From the session that is resumed, or from elsewhere.
  Result<void> resume(HandshakeContext& context, ByteView master);

  // RFC 5246 §7.1: sends ChangeCipherSpec; what follows is under the new keys.
  Result<void> change_write(HandshakeContext& context);
  // The peer's ChangeCipherSpec was received.
  Result<void> change_read(HandshakeContext& context);
  Result<void> send_finished(HandshakeContext& context);
  Result<FinishedVerified> check_finished(HandshakeContext& context, ByteView body) const;
  // What a session keeps for resumption.
  void keep_in(Session& session) const { session.secret = SecretBytes(master_.view()); }
  // What a connection keeps for exporters.
  HashSecret exporter() const { return HashSecret(master_.view()); }

 private:
  Result<void> expand(HandshakeContext& context);
  RecordKeys12 record_keys(const HandshakeContext& context, Role sender) const;

  MasterSecret master_;
  KeyBlock12 keys_;
};

}  // namespace ciao::tls
