// A duel in TLS 1.2, and what its tests of refusals say again and again.
#pragma once

#include "engine/misbehaving_peer.h"

namespace ciao::tls::testing {

struct Duel12 : Duel {
  explicit Duel12(Role role, std::uint16_t suite = kEcdsaGcm) : Duel(role) { speak_tls12(suite); }

  void change(HandshakeType type, std::function<void(Bytes&)> edit) {
    deviate(testing::change(type, std::move(edit)));
  }
  // Runs once, before the peer's first message of this type.
  void before(HandshakeType type, std::function<void(Channel&)> act) {
    deviate([type, act, done = false](Outgoing& out) mutable {
      if (out.type == type && !std::exchange(done, true)) act(out.channel);
    });
  }
};

inline void expect_unexpected(Duel& duel, Reason reason = Reason::unexpected_message) {
  expect_refused(duel, AlertDescription::unexpected_message, reason);
}

inline std::function<void(Bytes&)> resize_to(std::size_t body) {
  return [body](Bytes& message) {
    message.resize(kHandshakeHeaderSize + body);
    fix_length(message);
  };
}

}  // namespace ciao::tls::testing
