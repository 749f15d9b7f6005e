// The running hash of the handshake messages (RFC 8446 §4.4.1).
#pragma once

#include <optional>

#include "crypto/hash.h"

namespace ciao::tls {

// Messages are kept as bytes until the suite tells which hash they go into.
class Transcript {
 public:
  void add(ByteView message);
  // The suite is known. Calling again with another hash is an error.
  Result<void> start(const Algorithms& algorithms, HashId hash);
  // "When the server responds to a ClientHello with a HelloRetryRequest, the value of ClientHello1
  // is replaced with a special synthetic handshake message of handshake type "message_hash"
  // containing Hash(ClientHello1)."
  Result<void> replace_with_message_hash(const Algorithms& algorithms);
  // The hash of everything so far; start() must have been called.
  Result<Digest> hash() const;
  // The hash of everything so far and `more`, in the given hash (a PSK's, before the suite is
  // known).
  Result<Digest> hash_with(const Algorithms& algorithms, HashId hash, ByteView more) const;

 private:
  Bytes pending_;
  std::optional<Hash> hash_;
};

}  // namespace ciao::tls
