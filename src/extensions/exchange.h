// The state that extensions read and write while hellos are exchanged.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "config/application.h"
#include "config/config.h"
#include "config/defaults.h"
#include "crypto/hash.h"
#include "crypto/key_share.h"
#include "extensions/negotiated.h"
#include "messages/extension_list.h"
#include "session/psk.h"

namespace ciao::tls {

struct KeyShareEntry {
  NamedGroup group{};
  ByteView key_exchange;
};

struct PskIdentity {
  ByteView identity;
  std::uint32_t obfuscated_ticket_age = 0;
  ByteView binder;
};

// What the client's ClientHello said, as the server read it. The views live as long as the server
// keeps the message.
struct Offered {
  bool supported_versions_present = false;
  bool supported_groups_present = false;
  bool key_share_present = false;
  bool signature_algorithms_present = false;
  bool psk_modes_present = false;
  bool psk_dhe_ke = false;
  bool psk_ke = false;  // and it is allowed
  bool early_data = false;
  bool sct = false;
  bool ec_point_formats = false;
  bool session_ticket_present = false;
  bool next_protocol = false;
  std::uint8_t max_fragment_length = 0;
  ByteView session_ticket;  // empty: the client would like one
  std::vector<ProtocolVersion> versions;
  std::vector<KeyShareEntry> key_shares;
  std::vector<PskIdentity> psk_identities;
  // Bytes at the end of ClientHello that the binders take up, their length included.
  std::size_t binders_size = 0;
  ByteView server_name;
  ByteView alpn;
  ByteView cookie;
};

// One handshake's negotiation.
struct Exchange {
  Exchange(Role own_role, const Algorithms& algs, const ConfigRef& configuration,
           const Hooks& outside, Negotiated& facts)
      : role(own_role),
        algorithms(algs),
        config(configuration),
        hooks(outside),
        negotiated(facts) {}

  Role role;
  const Algorithms& algorithms;
  // The connection's, which hooks may replace: read it anew after each.
  const ConfigRef& config;
  const Hooks& hooks;
  Negotiated& negotiated;

  // --- client ---
  // In the ClientHello, or in the CertificateRequest, that is being answered.
  std::vector<ExtensionType> sent;
  std::vector<KeyShare> key_shares;
  Bytes legacy_session_id;                    // in the ClientHello
  std::vector<std::uint16_t> offered_suites;  // of both versions
  Bytes server_hello;                         // TLS 1.2: the message, with its header
  NamedGroup retry_group = NamedGroup::none;  // asked for by HelloRetryRequest
  Bytes cookie;                               // to be echoed
  std::vector<ExtensionType> custom_sent;     // of the application's, in the ClientHello
  const Suite* early_suite = nullptr;         // early data is offered under it; null: none is
  bool ccs_sent = false;                      // RFC 8446 §D.4
  std::vector<Psk> offered_psks;              // the ticket's first, if there is one

  // --- server ---
  Bytes client_hello;  // the message under work, with its header; `offered` looks into it
  Offered offered;
  NamedGroup selected_group = NamedGroup::none;
  bool retry = false;            // a HelloRetryRequest was sent (server) or received (client)
  bool stateless_retry = false;  // every client is sent one, and it is forgotten

  // --- both ---
  // What the peer listed, as far as ciao has it and each once: choices are made from these.
  // Negotiated has the lists as they came, for those who ask.
  std::vector<NamedGroup> peer_groups;
  std::vector<SignatureScheme> peer_schemes;
  // Extensions of the application's that the peer's ClientHello or CertificateRequest had: what
  // answers it may have them too.
  std::vector<ExtensionType> custom_received;
  std::size_t written = 0;  // bytes of the message, its header included, before this extension
  // That the server has selected. The application may replace the connection's session, or change
  // it, while the handshake runs.
  Psk psk;
  Ref<Session> offered_session12;  // TLS 1.2: offered by the client or selected, by id or ticket
  ProtocolVersion selected_version = ProtocolVersion::unset;
  bool psk_alone = false;  // psk_ke: no key exchange
  Bytes peer_key_exchange;
  bool ticket_expected = false;         // TLS 1.2: the server sends NewSessionTicket
  bool ticket_sent = false;             // TLS 1.2 client: the ClientHello had a ticket
  bool status_expected = false;         // TLS 1.2 client: the server may send CertificateStatus
  bool next_protocol_expected = false;  // TLS 1.2: the client sends NextProtocol
  bool early_data_accepted = false;
  std::uint16_t selected_identity = 0;

  bool psk_selected() const { return static_cast<bool>(psk.session); }

  // Whether the version may be negotiated: in a renegotiation the one in use, and no other.
  bool allows(ProtocolVersion version) const {
    return negotiated.renegotiation.active ? version == negotiated.version
                                           : config->allows(version);
  }
  std::span<const NamedGroup> groups() const {
    return config->groups.empty() ? std::span<const NamedGroup>(kDefaultGroups) : config->groups;
  }
  std::span<const SignatureScheme> schemes() const {
    return config->schemes.empty() ? std::span<const SignatureScheme>(kDefaultSchemes)
                                   : config->schemes;
  }
  // For signatures of this role's, ours or the peer's: a client's may have a list of their own.
  std::span<const SignatureScheme> schemes_for(Role signer) const {
    const bool own_list = signer == Role::client && !config->client_schemes.empty();
    return own_list ? std::span<const SignatureScheme>(config->client_schemes) : schemes();
  }
  bool has_sent(ExtensionType type) const {
    return std::find(sent.begin(), sent.end(), type) != sent.end();
  }
};

}  // namespace ciao::tls
