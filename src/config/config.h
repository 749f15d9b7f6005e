// What a connection may and shall do: versions, suites, groups, schemes, identity, limits.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ref.h"
#include "config/options.h"
#include "wire/codepoints.h"
#include "x509/credential.h"

namespace ciao::tls {

enum class PeerAuthentication : std::uint8_t {
  none,  // server: no CertificateRequest; client: the server's certificate is checked but a failure
         // is let pass
  request,   // server: a client without a certificate may go on; client: a failed check ends the
             // handshake
  required,  // server: a client without a certificate is refused
};

// Immutable while shared. A setter of the face copies it first if anybody else holds it.
struct Config : RefCounted<Config> {
  // `unset` means no bound of the application's.
  ProtocolVersion min_version = ProtocolVersion::unset;
  ProtocolVersion max_version = ProtocolVersion::unset;
  std::uint64_t options = option::kEnableMiddleboxCompat;
  std::uint32_t mode = mode::kAutoRetry;

  // In order of preference. Empty lists of groups and schemes mean ciao's defaults (defaults.h).
  std::vector<std::uint16_t> suites13;
  std::vector<std::uint16_t> suites12;
  std::vector<NamedGroup> groups;
  std::vector<SignatureScheme> schemes;         // that we offer (client) or accept and sign with
  std::vector<SignatureScheme> client_schemes;  // server: for CertificateRequest, if not empty

  bool suite_b = false;  // RFC 6460 §3.1: the suite decides about the curve

  Ref<Credentials> credentials;
  PeerAuthentication peer_authentication = PeerAuthentication::none;
  bool late_request_only = false;         // server, TLS 1.3: CertificateRequest after the handshake
  bool request_certificate_once = false;  // server: one CertificateRequest in a connection
  // Server, TLS 1.2: ClientCertificateTypes of the CertificateRequest; empty: those of the schemes.
  Bytes certificate_types;
  std::vector<Bytes> client_ca_names;  // DER Names: server's CertificateRequest
  std::vector<Bytes> ca_names;         // DER Names: both roles' certificate_authorities

  std::string server_name;           // client: the host to name in server_name; empty: none
  Bytes alpn;                        // client: ProtocolNameList without its outer length
  bool status_request = false;       // client: ask for an OCSP staple
  Bytes status_request_ids;          // client: ResponderIDs, encoded, without the outer length
  Bytes status_request_extensions;   // client: Extensions, DER
  Bytes session_ticket;              // client, TLS 1.2: what session_ticket has without a ticket
  bool omit_session_ticket = false;  // client, TLS 1.2: without a ticket it is left out
  bool tickets_secure = true;        // TLS 1.2: whether the security policy leaves tickets in
  std::uint8_t max_fragment_length = 0;      // client: RFC 6066 §4; 0: not asked for
  std::vector<std::uint16_t> srtp_profiles;  // client: RFC 5764 §4.1.2
  bool post_handshake_auth = false;          // client: may be asked for a certificate later
  bool request_sct = false;                  // client: ask for signed certificate timestamps

  std::uint32_t num_tickets = 2;         // server: after a full handshake; one after a resumed one
  std::uint32_t ticket_lifetime = 7200;  // server: seconds
  std::uint32_t max_early_data = 0;      // server: bytes that its tickets allow; 0: none is taken
  // Server: bytes of one connection's early data that are taken, or skipped.
  std::uint32_t recv_max_early_data = 16384;
  std::size_t max_certificate_list = 100 * 1024;  // bytes of a peer's Certificate message
  std::uint16_t max_send_fragment = 16384;        // bytes of plaintext in one record of ours

  bool has(std::uint64_t option) const { return (options & option) != 0; }
  bool has_mode(std::uint32_t mode_bit) const { return (mode & mode_bit) != 0; }
  bool uses_tickets12() const { return tickets_secure && !has(option::kNoTicket); }
  // Server: whether a handshake of this version asks for the client's certificate.
  bool asks_in_handshake(ProtocolVersion version) const {
    const bool later = late_request_only && version == ProtocolVersion::tls1_3;
    return peer_authentication != PeerAuthentication::none && !later;
  }
  // Whether versions, bounds and options together leave this version in.
  bool allows(ProtocolVersion version) const;
};
using ConfigRef = Ref<Config>;

}  // namespace ciao::tls
