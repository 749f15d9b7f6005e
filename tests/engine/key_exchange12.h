// Two engines that speak TLS 1.2 with one suite, and what its key exchange needs.
#pragma once

#include "engine/misbehaving_peer.h"

namespace ciao::tls::testing {

constexpr std::uint16_t kDhe = 0x009e;       // TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
constexpr std::uint16_t kRsa = 0x009c;       // TLS_RSA_WITH_AES_128_GCM_SHA256
constexpr std::uint16_t kPsk = 0x00a8;       // TLS_PSK_WITH_AES_128_GCM_SHA256
constexpr std::uint16_t kDhePsk = 0x00aa;    // TLS_DHE_PSK_WITH_AES_128_GCM_SHA256
constexpr std::uint16_t kEcdhePsk = 0xccac;  // TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256

inline const Bytes kKey(32, 0x5a);

inline void prepare(Config& client, Config& server, TestHooks& client_hooks,
                    TestHooks& server_hooks, std::uint16_t suite) {
  for (Config* config : {&client, &server}) {
    config->min_version = ProtocolVersion::tls1_2;
    config->max_version = ProtocolVersion::tls1_2;
    config->suites12 = {suite};
  }
  server_hooks.credentials.clear();
  if (find_suite12(suite)->auth == SuiteAuth::psk) {
    client_hooks.psks = {{"someone", kKey}};
    server_hooks.psks = {{"someone", kKey}};
  } else {
    server_hooks.credentials = {{KeyKind::rsa, &test_credential(KeyKind::rsa)}};
  }
  server_hooks.dh = NamedGroup::ffdhe2048;
}

class PairOf : public Pair {
 public:
  explicit PairOf(std::uint16_t suite) {
    prepare(*client_config, *server_config, client_hooks, server_hooks, suite);
    restart();
  }
  bool sent_by_server(HandshakeType type) const {
    return std::ranges::find(server_hooks.messages, std::pair(Flow::sent, type)) !=
           server_hooks.messages.end();
  }
};

class DuelOf : public Duel {
 public:
  DuelOf(Role role, std::uint16_t suite) : Duel(role) {
    const bool client = role == Role::client;
    prepare(client ? *victim_config : *peer_config, client ? *peer_config : *victim_config,
            client ? victim_hooks : peer_hooks, client ? peer_hooks : victim_hooks, suite);
  }
};

}  // namespace ciao::tls::testing
