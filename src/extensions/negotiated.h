// The facts that a handshake established.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "crypto/signature.h"
#include "crypto/suites.h"
#include "messages/client_hello.h"
#include "x509/certificate.h"

namespace ciao::tls {

// RFC 5746: what the handshake before this one on the same connection proved.
struct Renegotiation {
  bool active = false;                 // this is not the first handshake
  bool full = false;                   // and it shall not resume
  bool secure = false;                 // the peer has shown that it knows renegotiation_info
  bool certificate_requested = false;  // server: in an earlier handshake of the connection
  Bytes client_verify_data;
  Bytes server_verify_data;
  Ref<PeerCertificates> server;  // client: who the server was; null when it had no certificate
};

// SSL_get_early_data_status(3), with its numbers (compared in libssl/early_data.cc).
enum class EarlyDataStatus : std::uint8_t { not_sent = 0, rejected = 1, accepted = 2 };

struct Negotiated {
  ProtocolVersion version = ProtocolVersion::unset;
  ProtocolVersion offered_version = ProtocolVersion::unset;  // client: its hello's newest
  NamedGroup group = NamedGroup::none;
  SignatureScheme own_scheme = SignatureScheme::none;   // our CertificateVerify
  SignatureScheme peer_scheme = SignatureScheme::none;  // the peer's
  KeyKind own_credential = KeyKind::rsa;                // valid when own_scheme is set
  bool session_offered = false;  // a ticket: by us (client), or by the peer (server)
  EarlyDataStatus early_data = EarlyDataStatus::not_sent;
  bool resumed = false;
  bool hello_retry = false;
  bool cookie_verified = false;  // server: the client came back from a retry that was forgotten
  bool certificate_requested = false;
  bool late_request_allowed = false;  // the client may be asked after the handshake
  bool status_requested = false;      // the client asked for a staple
  bool server_name_acknowledged = false;
  bool extended_master_secret = false;   // TLS 1.2
  bool encrypt_then_mac = false;         // TLS 1.2
  std::uint8_t max_fragment_length = 0;  // RFC 6066 §4; 0: none
  Renegotiation renegotiation;
  const Suite* suite = nullptr;
  std::array<std::uint8_t, kRandomSize> client_random{};
  std::array<std::uint8_t, kRandomSize> server_random{};
  std::string server_name;  // the name in use: asked for (client), accepted (server), or of the
                            // resumed session
  Bytes alpn;
  Bytes next_protocol;  // TLS 1.2
  Ref<PeerCertificates> peer;
  Bytes ocsp_response;   // client: as stapled
  Bytes sct;             // client: SignedCertificateTimestampList
  Bytes peer_key_share;  // public value of `group`; TLS 1.2 with DHE: ServerDHParams
  Bytes own_key_share;   // the same of ours; TLS 1.2: the server's, until the client has answered
  Bytes own_finished;
  Bytes peer_finished;
  // What the peer offered, in its order: for the interfaces that show it.
  std::vector<std::uint16_t> peer_suites;
  std::vector<NamedGroup> peer_groups;
  std::vector<SignatureScheme> peer_schemes;
  std::vector<SignatureScheme> peer_certificate_schemes;
  Bytes peer_point_formats;  // ec_point_formats
  std::vector<Bytes> peer_ca_names;
  Bytes peer_certificate_types;  // client, TLS 1.2: of the CertificateRequest
};

}  // namespace ciao::tls
