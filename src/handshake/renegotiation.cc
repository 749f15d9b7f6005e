#include "handshake/renegotiation.h"

namespace ciao::tls {

Result<void> check_renegotiation(const HandshakeContext& context) {
  const Renegotiation& renegotiation = context.negotiated.renegotiation;
  if (renegotiation.secure) return {};
  // A server cannot tell whether an attacker's handshake came before the one it sees
  // (CVE-2009-3555), and refuses to renegotiate; an initial handshake with an old client is safe. A
  // client cannot tell either, and wants to be told that it may connect.
  const bool initial_server = context.exchange.role == Role::server && !renegotiation.active;
  const bool tolerant_client =
      context.exchange.role == Role::client && context.config->has(option::kLegacyServerConnect);
  const bool unsafe = context.config->has(option::kAllowUnsafeLegacyRenegotiation);
  if (initial_server || tolerant_client || unsafe) return {};
  return Error{Reason::unsafe_legacy_renegotiation_disabled, AlertDescription::handshake_failure};
}

Result<void> check_same_server(const Negotiated& facts) {
  const Ref<PeerCertificates>& before = facts.renegotiation.server;
  if (!before || before->empty() || before->same_leaf(*facts.peer)) return {};
  return Error{Reason::renegotiation_mismatch, AlertDescription::illegal_parameter};
}

void remember_for_renegotiation(HandshakeContext& context) {
  Negotiated& facts = context.negotiated;
  const bool client = context.exchange.role == Role::client;
  facts.renegotiation.client_verify_data = client ? facts.own_finished : facts.peer_finished;
  facts.renegotiation.server_verify_data = client ? facts.peer_finished : facts.own_finished;
}

}  // namespace ciao::tls
