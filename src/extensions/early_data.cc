// early_data (RFC 8446 §4.2.10). In NewSessionTicket it is handshake/post_handshake13's.
#include "extensions/registry.h"

namespace ciao::tls {
namespace {

// The data is for a host and a protocol: those of the session have to be asked for again.
Result<void> check_offer(const Exchange& exchange) {
  const Session& session = *exchange.offered_psks.front().session;
  if (!session.host_name.empty() && session.host_name != exchange.config->server_name) {
    return Error{Reason::inconsistent_early_data_sni, AlertDescription::internal_error};
  }
  if (session.alpn.empty()) return {};
  Reader ours(exchange.config->alpn, Reason::bad_extension);
  while (!ours.empty()) {
    if (equal(TRY(ours.vector8()), session.alpn)) return {};
  }
  return Error{Reason::inconsistent_early_data_alpn, AlertDescription::internal_error};
}

}  // namespace

Result<bool> write_early_data(Exchange& exchange, In message, Writer&) {
  if (message != In::client_hello) return exchange.early_data_accepted;
  if (exchange.early_suite == nullptr) return false;
  TRY(check_offer(exchange));
  return true;
}

Result<void> parse_early_data(Exchange& exchange, In message, Reader body) {
  TRY(body.finish());
  if (message == In::encrypted_extensions) {
    exchange.early_data_accepted = true;
    return {};
  }
  // RFC 8446 §4.1.2: the second ClientHello goes without it.
  if (exchange.retry) return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
  exchange.offered.early_data = true;
  exchange.negotiated.early_data = EarlyDataStatus::rejected;
  return {};
}

}  // namespace ciao::tls
