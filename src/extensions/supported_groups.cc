// supported_groups (RFC 8446 §4.2.7, RFC 7919).
#include "extensions/registry.h"

namespace ciao::tls {
namespace {

// RFC 7919 §3: a client names finite-field groups when it offers suites that would use them.
bool uses_finite_field(const Exchange& exchange) {
  if (exchange.allows(ProtocolVersion::tls1_3)) return true;
  return std::ranges::any_of(exchange.offered_suites, [](std::uint16_t id) {
    const Suite* suite = find_suite12(id);
    return suite != nullptr && uses_dhe(suite->key_exchange);
  });
}

// RFC 8446 §4.2.7: a server may tell "the groups that it supports", for the client's next time. As
// in OpenSSL where it would rather have had another one.
Result<bool> write_preferred_groups(const Exchange& exchange, Writer& body) {
  if (exchange.selected_group == NamedGroup::none) return false;  // psk_ke
  std::vector<NamedGroup> groups;
  std::ranges::copy_if(exchange.groups(), std::back_inserter(groups), [&](NamedGroup group) {
    return usable_in_tls13(exchange.algorithms, group);
  });
  if (groups.empty() || groups.front() == exchange.selected_group) return false;
  const Writer::Scope list = body.scope16();
  for (const NamedGroup group : groups) body.put(group);
  return true;
}

}  // namespace

//  struct { NamedGroup named_group_list<2..2^16-1>; } NamedGroupList;
Result<bool> write_supported_groups(Exchange& exchange, In message, Writer& body) {
  if (message == In::encrypted_extensions) return write_preferred_groups(exchange, body);
  if (message != In::client_hello) return false;
  const bool tls12 = exchange.allows(ProtocolVersion::tls1_2);
  const bool finite_field = uses_finite_field(exchange);
  std::vector<NamedGroup> groups;
  std::ranges::copy_if(exchange.groups(), std::back_inserter(groups), [&](NamedGroup group) {
    const bool known =
        usable_in_tls13(exchange.algorithms, group)
            ? exchange.allows(ProtocolVersion::tls1_3) || find_group(group) != nullptr
            : tls12 && find_group(group) != nullptr;
    return known && (finite_field || !is_ffdhe(group));
  });
  const bool without13 = std::ranges::none_of(
      groups, [&](NamedGroup group) { return usable_in_tls13(exchange.algorithms, group); });
  if (without13 && exchange.allows(ProtocolVersion::tls1_3)) {
    return Error{Reason::no_suitable_groups, AlertDescription::internal_error};
  }
  if (groups.empty()) return false;
  const Writer::Scope list = body.scope16();
  for (const NamedGroup group : groups) body.put(group);
  return true;
}

Result<void> parse_supported_groups(Exchange& exchange, In message, Reader body) {
  // Old load balancers send it in ServerHello, whatever is in it: it says nothing there.
  if (message == In::server_hello12) return {};
  Reader list = TRY(body.reader16());
  TRY(body.finish());
  if (list.empty()) return body.malformed();
  std::vector<NamedGroup> groups;
  while (!list.empty()) groups.push_back(static_cast<NamedGroup>(TRY(list.u16())));
  // RFC 8446 §4.2.7: "Clients MUST NOT act upon any information found in "supported_groups" prior
  // to successful completion of the handshake": ours never does.
  if (message == In::client_hello) {
    exchange.offered.supported_groups_present = true;
    exchange.peer_groups = known_groups(exchange.algorithms, groups);
    exchange.negotiated.peer_groups = std::move(groups);
  }
  return {};
}

}  // namespace ciao::tls
