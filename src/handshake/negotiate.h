// The choices of a handshake as pure functions.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "config/config.h"
#include "crypto/signature.h"
#include "crypto/suites.h"
#include "extensions/negotiated.h"

namespace ciao::tls {

// Server: the suite for this client, null if there is none in common. `ours` is in our order of
// preference. With a `hash`, suites that go with it come first.
const Suite* choose_suite(const Algorithms& algorithms, std::span<const std::uint16_t> ours,
                          std::span<const std::uint16_t> peers, std::uint64_t options,
                          std::optional<HashId> hash);

// Server, TLS 1.2: the same among the suites that `usable` has a key and a group for.
const Suite* choose_suite12(const Algorithms& algorithms, const Config& config,
                            std::span<const std::uint16_t> peers,
                            const std::function<bool(const Suite&)>& usable);

// The first of the preferred schemes that both sides have and for which `fits` finds a key; none
// without one. TLS 1.3 signs with neither PKCS #1 v1.5 nor SHA-1 (RFC 8446 §4.2.3), whatever the
// lists say.
SignatureScheme choose_scheme(ProtocolVersion version, std::span<const SignatureScheme> ours,
                              std::span<const SignatureScheme> peers, bool own_preference,
                              const std::function<bool(const SchemeInfo&)>& fits);

}  // namespace ciao::tls
