// A resumable session: what one handshake leaves behind for the next (RFC 8446 §2.2, RFC 5077, RFC
// 5246 §F.1.4).
#pragma once

#include <array>
#include <limits>
#include <string>

#include "base/ref.h"
#include "base/secret.h"
#include "messages/client_hello.h"
#include "wire/codepoints.h"
#include "x509/certificate.h"

namespace ciao::tls {

// A short byte string in place: session ids and contexts.
template <std::size_t N>
struct ShortBytes {
  std::array<std::uint8_t, N> bytes{};
  std::uint8_t size = 0;

  ByteView view() const { return {bytes.data(), size}; }
  // False, and unchanged, when `from` is too long.
  bool assign(ByteView from) {
    if (from.size() > N) return false;
    copy_bytes(bytes.data(), from);
    size = static_cast<std::uint8_t>(from.size());
    return true;
  }
};

constexpr std::size_t kMaxSessionContextSize = 32;
using SessionContext = ShortBytes<kMaxSessionContextSize>;
inline constexpr SessionContext kNoSessionContext{};
// The longest PSK that OpenSSL's interface takes.
constexpr std::size_t kMaxSessionSecretSize = 512;

// Written by the handshake that makes it (or by the application, before use), then shared: by
// caches, connections and threads. After it is shared only `not_resumable` changes. A later ticket
// of the same connection is a copy.
class Session : public RefCounted<Session> {
 public:
  Session() = default;
  virtual ~Session() = default;

  // RFC 8446 §4.6.1: an endpoint MUST NOT use a ticket for longer than 7 days.
  static constexpr std::uint32_t kMaxTicketLifetime = 7 * 24 * 60 * 60;

  ProtocolVersion version = ProtocolVersion::unset;
  std::uint16_t suite = 0;
  // TLS 1.3: the PSK of the ticket. TLS 1.2: the master secret.
  SecretBytes secret;
  ShortBytes<kMaxSessionIdSize> id;
  SessionContext id_context;
  Ref<PeerCertificates> peer;
  long verify_result = 0;    // X509_V_OK or the error that verification of `peer` ended in
  std::int64_t time = 0;     // seconds since the epoch: when it was made
  std::int64_t timeout = 0;  // seconds that it may be resumed for
  std::string host_name;
  Bytes alpn;
  Bytes ticket;                            // client: as the server sent it
  std::uint32_t ticket_lifetime_hint = 0;  // seconds
  std::uint32_t ticket_age_add = 0;
  std::uint32_t max_early_data = 0;
  std::int64_t received_at_ms = 0;  // client: when the ticket came, for obfuscated_ticket_age
  Bytes ticket_nonce;
  Bytes ticket_appdata;
  NamedGroup group = NamedGroup::none;  // of the key exchange that it comes from
  std::string psk_identity;
  std::string psk_identity_hint;
  bool extended_master_secret = false;
  // Server, TLS 1.3: its first handshake was one with a key that the application brought, which
  // says who the client is where no certificate does.
  bool from_external_psk = false;
  std::uint8_t max_fragment_length = 0;
  // Set when the connection that made it ended badly: nobody who holds it may resume it.
  std::atomic<bool> not_resumable{false};

  // When it ends, in seconds since the epoch; bounded, whatever an application or a decoded session
  // says.
  std::int64_t expires_at() const {
    std::int64_t end = 0;
    if (!__builtin_add_overflow(time, timeout, &end)) return end;
    return time > 0 ? std::numeric_limits<std::int64_t>::max()
                    : std::numeric_limits<std::int64_t>::min();
  }
  // A session from the future is not expired: the clocks of servers that share ticket keys differ.
  bool expired(std::int64_t now) const { return now > expires_at(); }

  // Makes this session hold what `other` holds, apart from its reference count and `not_resumable`.
  virtual void copy_from(const Session& other);
};

}  // namespace ciao::tls
