// TLS 1.2's key exchanges from either side: what goes into ServerKeyExchange and ClientKeyExchange,
// and the premaster secret that comes of it (RFC 5246 §7.4.3, §7.4.7; RFC 8422; RFC 7919; RFC 4279;
// RFC 5489).
#pragma once

#include <optional>

#include "crypto/dh.h"
#include "crypto/key_share.h"
#include "handshake/context.h"
#include "messages/key_exchange12.h"

namespace ciao::tls {

// The longest identity and hint, and the longest key, that OpenSSL's interface takes.
constexpr std::size_t kMaxPskIdentitySize = 256;
constexpr std::size_t kMaxPskSize = 512;

class ServerKeys12 {
 public:
  // Whether the client and the application have what the suite's key exchange needs; if so, the
  // group is set for it. `credential` is the one that would go with the suite; null: none does.
  static bool possible(HandshakeContext& context, const Suite& suite, const Credential* credential);

  // Makes what ServerKeyExchange tells.
  Result<void> generate(HandshakeContext& context, const Credential* credential);
  // Whether there is a ServerKeyExchange at all: for RSA never, for plain PSK only with a hint.
  bool announced() const { return !params_.empty(); }
  // The message without its signature: the same each time.
  const Bytes& params() const { return params_; }
  // `credential` as in generate().
  Result<SecretBytes> premaster(HandshakeContext& context, const ClientKeyExchange& message,
                                const Credential* credential);

 private:
  Result<SecretBytes> other_secret(HandshakeContext& context, const ClientKeyExchange& message,
                                   const Credential* credential);

  Bytes params_;
  std::optional<KeyShare> ecdhe_;
  std::optional<DhShare> dhe_;
};

class ClientKeys12 {
 public:
  // Whether the suite's handshake may, or must, have a ServerKeyExchange.
  static bool may_be_announced(const Suite& suite);
  static bool must_be_announced(const Suite& suite);

  // Checks what the server chose and keeps it. The signature is for others to check.
  Result<void> accept(HandshakeContext& context, const ServerKeyExchange& message);
  // Writes the body of ClientKeyExchange.
  Result<SecretBytes> premaster(HandshakeContext& context, Writer& body);

 private:
  Result<void> accept_ecdhe(HandshakeContext& context, const ServerKeyExchange& message);
  Result<void> accept_dhe(HandshakeContext& context, const ServerKeyExchange& message);
  Result<SecretBytes> other_secret(HandshakeContext& context, Writer& body);
  Result<SecretBytes> ecdhe(HandshakeContext& context, Writer& body);
  Result<SecretBytes> dhe(HandshakeContext& context, Writer& body);
  Result<SecretBytes> rsa(HandshakeContext& context, Writer& body);

  std::optional<DhGroup> dh_group_;
  Bytes dh_value_;  // dh_Ys
};

}  // namespace ciao::tls
