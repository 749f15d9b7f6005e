// supported_groups (RFC 8446 §4.2.7).
#include "extensions/registry.h"

namespace ciao::tls {

//  struct { NamedGroup named_group_list<2..2^16-1>; } NamedGroupList;
Result<bool> write_supported_groups(Exchange& exchange, In message, Writer& body) {
  // A server may say what it would have preferred; OpenSSL does so only when that would change the
  // client's first choice.
  if (message != In::client_hello) return false;
  const Writer::Scope list = body.scope16();
  for (const NamedGroup group : exchange.groups()) {
    if (find_group(group) != nullptr) body.put(group);
  }
  return true;
}

Result<void> parse_supported_groups(Exchange& exchange, In message, Reader body) {
  Reader list = TRY(body.reader16());
  TRY(body.finish());
  if (list.empty()) return body.malformed();
  std::vector<NamedGroup> groups;
  while (!list.empty()) groups.push_back(static_cast<NamedGroup>(TRY(list.u16())));
  // "Clients MUST NOT act upon any information found in "supported_groups" prior to successful
  // completion of the handshake": ours never does.
  if (message == In::client_hello) {
    exchange.offered.supported_groups_present = true;
    exchange.negotiated.peer_groups = std::move(groups);
  }
  return {};
}

}  // namespace ciao::tls
