// key_share (RFC 8446 §4.2.8).
#include "extensions/registry.h"
#include "record/limits.h"

namespace ciao::tls {
namespace {

constexpr Error kBadShare{Reason::bad_key_share, AlertDescription::illegal_parameter};

//  struct {
//      NamedGroup group;
//      opaque key_exchange<1..2^16-1>;
//  } KeyShareEntry;
Result<KeyShareEntry> parse_entry(Reader& reader) {
  KeyShareEntry entry;
  entry.group = static_cast<NamedGroup>(TRY(reader.u16()));
  entry.key_exchange = TRY(reader.vector16());
  if (entry.key_exchange.empty()) return reader.malformed();
  return entry;
}

bool contains(std::span<const NamedGroup> groups, NamedGroup group) {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

// One share, for our first group: a second one would cost as much as a HelloRetryRequest would cost
// the few peers that need it.
Result<void> make_share(Exchange& exchange) {
  NamedGroup group = exchange.retry_group;
  if (group == NamedGroup::none) {
    if (!exchange.key_shares.empty())
      return {};  // a HelloRetryRequest that asked for something else
    for (const NamedGroup candidate : exchange.groups()) {
      if (usable_in_tls13(exchange.algorithms, candidate)) {
        group = candidate;
        break;
      }
    }
  } else if (!exchange.key_shares.empty() && exchange.key_shares.front().group() == group) {
    return {};
  }
  if (group == NamedGroup::none)
    return Error{Reason::no_suitable_key_share, AlertDescription::internal_error};
  exchange.key_shares.clear();
  exchange.key_shares.push_back(TRY(KeyShare::generate(exchange.algorithms, group)));
  return {};
}

Result<void> parse_client_shares(Exchange& exchange, Reader body) {
  Reader list = TRY(body.reader16());
  TRY(body.finish());
  exchange.offered.key_share_present = true;
  exchange.offered.key_shares.clear();
  while (!list.empty()) {
    const KeyShareEntry entry = TRY(parse_entry(list));
    // RFC 8446 §4.2.8: "Clients MUST NOT offer multiple KeyShareEntry values for the same group."
    for (const KeyShareEntry& earlier : exchange.offered.key_shares) {
      if (earlier.group == entry.group) return kBadShare;
    }
    // RFC 8446 §4.2.8: "Clients MUST NOT offer any KeyShareEntry values for groups not listed in
    // the client's "supported_groups" extension."
    if (!contains(exchange.negotiated.peer_groups, entry.group)) return kBadShare;
    exchange.offered.key_shares.push_back(entry);
    if (exchange.offered.key_shares.size() > limits::kMaxKeyShares) return kBadShare;
  }
  // After a HelloRetryRequest: "replacing the original "key_share" extension with one containing
  // only a new KeyShareEntry for the group indicated".
  if (exchange.retry && exchange.selected_group != NamedGroup::none &&
      (exchange.offered.key_shares.size() != 1 ||
       exchange.offered.key_shares[0].group != exchange.selected_group)) {
    return kBadShare;
  }
  return {};
}

Result<void> parse_retry_group(Exchange& exchange, Reader body) {
  const NamedGroup group = static_cast<NamedGroup>(TRY(body.u16()));
  TRY(body.finish());
  // "the selected_group field corresponds to a group which was provided in the "supported_groups"
  // extension ... and ... does not correspond to a group which was provided in the "key_share"
  // extension in the original ClientHello"
  if (!contains(exchange.groups(), group) || !usable_in_tls13(exchange.algorithms, group)) {
    return kBadShare;
  }
  for (const KeyShare& share : exchange.key_shares) {
    if (share.group() == group) return kBadShare;
  }
  exchange.retry_group = group;
  return {};
}

Result<void> parse_server_share(Exchange& exchange, Reader body) {
  const KeyShareEntry entry = TRY(parse_entry(body));
  TRY(body.finish());
  // RFC 8446 §4.2.8: "servers MUST NOT send a KeyShareEntry for any group not indicated in the
  // client's "supported_groups"", and it must be one that we hold the private half of.
  if (exchange.key_shares.empty() || exchange.key_shares.front().group() != entry.group)
    return kBadShare;
  exchange.psk_alone = false;
  exchange.negotiated.group = entry.group;
  exchange.peer_key_exchange = to_bytes(entry.key_exchange);
  return {};
}

}  // namespace

Result<bool> write_key_share(Exchange& exchange, In message, Writer& body) {
  if (message == In::hello_retry_request) {
    if (exchange.selected_group == NamedGroup::none) return false;
    body.put(exchange.selected_group);
    return true;
  }
  if (message == In::server_hello) {
    if (exchange.key_shares.empty()) return false;
    body.put(exchange.key_shares.front().group());
    body.vector16(exchange.key_shares.front().public_value());
    return true;
  }
  TRY(make_share(exchange));
  const Writer::Scope list = body.scope16();
  for (const KeyShare& share : exchange.key_shares) {
    body.put(share.group());
    body.vector16(share.public_value());
  }
  return true;
}

Result<void> parse_key_share(Exchange& exchange, In message, Reader body) {
  switch (message) {
    case In::client_hello: return parse_client_shares(exchange, body);
    case In::hello_retry_request: return parse_retry_group(exchange, body);
    default: return parse_server_share(exchange, body);
  }
}

Result<void> missing_key_share(Exchange& exchange, In message) {
  if (message == In::client_hello) {
    exchange.offered.key_shares.clear();
  } else if (message == In::server_hello) {
    // Allowed with a PSK, which is looked for when all extensions are read.
    exchange.psk_alone = true;
  }
  return {};
}

}  // namespace ciao::tls
