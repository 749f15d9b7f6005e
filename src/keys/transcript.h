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
  // TLS 1.2: the same, but the messages are kept as well, since RFC 5246 §7.4.8 has a client sign
  // them with a hash that is chosen only later.
  Result<void> start_keeping_messages(const Algorithms& algorithms, HashId hash);
  ByteView messages() const { return pending_; }
  void forget_messages();
  // "When the server responds to a ClientHello with a HelloRetryRequest, the value of ClientHello1
  // is replaced with a special synthetic handshake message of handshake type "message_hash"
  // containing Hash(ClientHello1)."
  Result<void> replace_with_message_hash(const Algorithms& algorithms);
  // The same for a ClientHello1 of which only its hash is left.
  Result<void> start_with_message_hash(const Algorithms& algorithms, HashId hash,
                                       ByteView client_hello_hash);
  // The hash of everything so far; start() must have been called.
  Result<Digest> hash() const;
  // The hash of everything so far and `more`, in the given hash (a PSK's, before the suite is
  // known).
  Result<Digest> hash_with(const Algorithms& algorithms, HashId hash, ByteView more) const;

 private:
  Bytes pending_;
  bool keeping_ = true;
  std::optional<Hash> hash_;
};

}  // namespace ciao::tls
