#include "handshake/settle.h"

namespace ciao::tls {
namespace {

// RFC 8446 §6: its alerts are fatal but for those that close.
Result<void> warn_of_name(HandshakeContext& context, NameAnswer answer) {
  const bool may_warn = context.negotiated.version != ProtocolVersion::tls1_3;
  if (!may_warn || answer != NameAnswer::warning) return {};
  return context.channel.send_warning(AlertDescription::unrecognized_name);
}

}  // namespace

Result<void> settle_server_name(HandshakeContext& context) {
  Negotiated& facts = context.negotiated;
  const std::string name(as_text(context.exchange.offered.server_name));
  const bool tickets = !context.config->has(option::kNoTicket);
  const NameAnswer answer = TRY(context.hooks.application->server_name(name));
  // Those that the name's callback turns off are not sent, in TLS 1.3 not even stateful ones.
  if (tickets && context.config->has(option::kNoTicket)) {
    context.exchange.ticket_expected = false;
    context.outcome.issue_tickets = false;
  }
  facts.server_name = name;
  facts.server_name_acknowledged = !name.empty() && answer == NameAnswer::accepted;
  return name.empty() ? Result<void>() : warn_of_name(context, answer);
}

Result<void> settle_server_name_answered(HandshakeContext& context) {
  return warn_of_name(context, TRY(context.hooks.application->server_name_answered()));
}

Result<void> settle_alpn(HandshakeContext& context) {
  Negotiated& facts = context.negotiated;
  // RFC 7301 says nothing of renegotiations; as in OpenSSL one without the extension changes
  // nothing.
  if (!facts.renegotiation.active) facts.alpn.clear();
  const ByteView offered = context.exchange.offered.alpn;
  if (!offered.empty()) facts.alpn = TRY(context.hooks.application->select_alpn(offered));
  return {};
}

Result<void> check_shared_schemes(const Exchange& exchange) {
  if (!exchange.offered.signature_algorithms_present) return {};
  const auto own = exchange.schemes();
  const auto shared = [&](SignatureScheme scheme) {
    return std::ranges::find(own, scheme) != own.end();
  };
  if (std::ranges::any_of(exchange.peer_schemes, shared)) return {};
  return Error{Reason::no_shared_signature_algorithms, AlertDescription::handshake_failure};
}

Result<void> settle_status(HandshakeContext& context, const Credential* credential) {
  Negotiated& facts = context.negotiated;
  facts.ocsp_response.clear();
  if (facts.status_requested && credential != nullptr) {
    facts.ocsp_response = TRY(context.hooks.application->ocsp_response());
  }
  return {};
}

}  // namespace ciao::tls
