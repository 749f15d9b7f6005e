// A key that both sides have from elsewhere (RFC 8446 §2.2), and duels about it.
#pragma once

#include "engine/misbehaving_peer.h"

namespace ciao::tls::testing {

constexpr std::uint16_t kSha256Suite = 0x1301;
constexpr std::uint16_t kSha384Suite = 0x1302;
constexpr char kIdentity[] = "identity";

inline Ref<Session> make_psk(std::uint16_t suite = kSha256Suite) {
  const Ref<Session> session = make_ref<Session>();
  session->version = ProtocolVersion::tls1_3;
  session->suite = suite;
  session->secret = SecretBytes(ByteView(Bytes(40, 'k')));
  session->time = std::time(nullptr);
  session->timeout = 300;
  return session;
}

// What a client takes for a ticket of that name.
inline Ref<Session> as_ticket(const Ref<Session>& psk) {
  const Ref<Session> session = make_ref<Session>();
  session->copy_from(*psk);
  session->ticket = to_bytes(as_bytes(kIdentity));
  session->ticket_lifetime_hint = 300;
  return session;
}

struct PskDuel : Duel {
  explicit PskDuel(Role role) : Duel(role) {
    for (TestHooks* hooks : {&victim_hooks, &peer_hooks}) {
      hooks->external_psks[kIdentity] = make_psk();
    }
    if (role == Role::client) {
      victim_hooks.external_psks[kIdentity]->id_context.assign(as_bytes("duel"));
    }
    victim_config->suites13 = peer_config->suites13 = {kSha256Suite, kSha384Suite};
  }
  void offer_ticket_too(std::uint32_t max_early_data = 0) {
    victim_session = as_ticket(make_psk());
    victim_session->ticket.push_back('2');
    victim_session->id_context.assign(as_bytes("duel"));
    victim_session->max_early_data = max_early_data;
  }
};

}  // namespace ciao::tls::testing
