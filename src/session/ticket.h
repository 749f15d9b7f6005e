// Tickets that hold the whole session (RFC 5077 §4, RFC 8446 §4.6.1), and the keys they are sealed
// with.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <vector>

#include "base/ref.h"
#include "base/secret.h"
#include "crypto/algorithms.h"
#include "crypto/cbc.h"

namespace ciao::tls {

constexpr std::size_t kTicketKeyNameSize = 16;
constexpr std::size_t kTicketMacKeySize = 32;
constexpr std::size_t kTicketMacSize = 32;

// Immutable once it is in a ring.
struct TicketKey {
  std::array<std::uint8_t, kTicketKeyNameSize> name{};
  Secret<kTicketMacKeySize> mac_key;  // HMAC-SHA256
  Secret<kCbcKeySize> cipher_key;     // AES-256-CBC

  // SSL_CTX_set_tlsext_ticket_keys' form: name, MAC key, cipher key.
  static constexpr std::size_t kSize = kTicketKeyNameSize + kTicketMacKeySize + kCbcKeySize;
  // `bytes` is kSize long.
  static TicketKey parse(ByteView bytes);
  // `out` is kSize long.
  void write(MutableBytes out) const;
  static Result<TicketKey> generate(const Algorithms& algorithms);
};

// The first key seals; each opens. Never empty.
struct TicketKeys : RefCounted<TicketKeys> {
  std::vector<TicketKey> keys;
};

//  struct { opaque key_name[16]; opaque iv[16]; opaque encrypted_state<>; opaque mac[32]; } ticket;
// with the MAC over all that precedes it, as OpenSSL lays it out.
Result<Bytes> seal_ticket(const Algorithms& algorithms, const TicketKey& key, ByteView state);

struct OpenedTicket {
  Bytes state;
  bool newest_key = false;  // false: sealed with a key that is about to go
};
// Nothing for a ticket that none of the keys sealed, and for one that was changed: both are
// everyday events and end in a full handshake.
Result<std::optional<OpenedTicket>> open_ticket(const Algorithms& algorithms,
                                                const TicketKeys& keys, ByteView ticket);

// A context's keys. Connections in any thread take a snapshot; a rotation replaces it as a whole.
class TicketKeyRing {
 public:
  // Keys that were replaced by rotate() and still open tickets.
  static constexpr std::size_t kMaxOldKeys = 2;

  // Null before a key is set.
  Ref<const TicketKeys> snapshot() const;
  // This key alone: tickets sealed with others are foreign from now on.
  void set(TicketKey key);
  // A new key to seal with; earlier ones go on opening for kMaxOldKeys rotations.
  void rotate(TicketKey key);

 private:
  void replace(Ref<const TicketKeys> keys);

  mutable std::mutex mutex_;  // held only while the pointer is copied or exchanged
  Ref<const TicketKeys> keys_;
};

}  // namespace ciao::tls
