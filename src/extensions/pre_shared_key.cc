#include "extensions/pre_shared_key.h"

#include "base/clock.h"
#include "extensions/registry.h"
#include "record/limits.h"

namespace ciao::tls {
namespace {

//  struct { opaque identity<1..2^16-1>; uint32 obfuscated_ticket_age; } PskIdentity;
//  opaque PskBinderEntry<32..255>;
//  struct { PskIdentity identities<7..2^16-1>; PskBinderEntry binders<33..2^16-1>; } OfferedPsks;
Result<void> parse_offered_psks(Exchange& exchange, Reader body) {
  std::vector<PskIdentity>& offered = exchange.offered.psk_identities;
  offered.clear();
  Reader identities = TRY(body.reader16());
  exchange.offered.binders_size = body.remaining();
  Reader binders = TRY(body.reader16());
  TRY(body.finish());
  if (identities.empty()) return body.malformed();
  while (!identities.empty()) {
    PskIdentity entry;
    entry.identity = TRY(identities.vector16());
    if (entry.identity.empty()) return body.malformed();
    entry.obfuscated_ticket_age = TRY(identities.u32());
    // Each identity has its binder: a list that is too short or too long is refused whatever is
    // looked at later.
    entry.binder = TRY(binders.vector8());
    if (entry.binder.size() < 32) return body.malformed();
    if (offered.size() < limits::kMaxPskIdentities) offered.push_back(entry);
  }
  return binders.finish();
}

}  // namespace

bool ticket_offerable(const Exchange& exchange, const Session& session) {
  if (session.version != ProtocolVersion::tls1_3 || session.ticket.empty() ||
      session.secret.empty())
    return false;
  if (session.not_resumable || !exchange.allows(ProtocolVersion::tls1_3)) return false;
  const std::int64_t now = wall_clock_ms() / 1000;
  // RFC 8446 §4.2.11.1: "Clients MUST NOT attempt to use tickets which have ages greater than the
  // "ticket_lifetime" value".
  const std::int64_t lifetime =
      std::min<std::int64_t>(session.ticket_lifetime_hint, Session::kMaxTicketLifetime);
  if (session.expired(now) || now - session.time > lifetime) return false;
  const Suite* own = find_suite13(session.suite);
  if (own == nullptr) return false;
  const auto same_hash = [&](std::uint16_t id) {
    const Suite* suite = find_suite13(id);
    return suite != nullptr && suite->hash == own->hash;
  };
  const auto& suites = exchange.config->suites13;
  return std::any_of(suites.begin(), suites.end(), same_hash);
}

bool offers_ticket(const Exchange& exchange) {
  const auto& psks = exchange.offered_psks;
  return !psks.empty() && psks.front().origin == PskOrigin::ticket;
}

std::size_t binders_size(const Exchange& exchange) {
  std::size_t size = 2;
  for (const Psk& psk : exchange.offered_psks) size += 1 + hash_size(psk.hash);
  return size;
}

std::uint32_t obfuscated_ticket_age(const Session& session, std::int64_t now_ms) {
  // What is known in whole seconds may have been made at the end of its second. A server that
  // counts milliseconds takes an age below the truth for time on the wire, and one above it for a
  // replay.
  const std::int64_t made =
      session.received_at_ms != 0 ? session.received_at_ms : session.time * 1000 + 999;
  const std::int64_t age = std::max<std::int64_t>(now_ms - made, 0);
  return static_cast<std::uint32_t>(age) + session.ticket_age_add;
}

Result<bool> write_pre_shared_key(Exchange& exchange, In message, Writer& body) {
  if (message == In::server_hello) {
    if (!exchange.psk_selected()) return false;
    body.u16(exchange.selected_identity);
    return true;
  }
  if (exchange.offered_psks.empty()) return false;
  {
    const Writer::Scope identities = body.scope16();
    for (const Psk& psk : exchange.offered_psks) {
      body.vector16(psk.identity);
      // RFC 8446 §4.2.11: "For identities established externally, an obfuscated_ticket_age of 0
      // SHOULD be used".
      body.u32(psk.origin == PskOrigin::external
                   ? 0
                   : obfuscated_ticket_age(*psk.session, wall_clock_ms()));
    }
  }
  // The binders are computed over everything before them; their room is filled in by
  // handshake/resumption.
  const Writer::Scope binders = body.scope16();
  for (const Psk& psk : exchange.offered_psks) {
    const Writer::Scope binder = body.scope8();
    body.zeros(hash_size(psk.hash));
  }
  return true;
}

Result<void> parse_pre_shared_key(Exchange& exchange, In message, Reader body) {
  if (message == In::client_hello) return parse_offered_psks(exchange, body);
  // RFC 8446 §4.2.11: "Clients MUST verify that the server's selected_identity is within the range
  // supplied by the client".
  const std::uint16_t selected = TRY(body.u16());
  TRY(body.finish());
  if (selected >= exchange.offered_psks.size()) {
    return Error{Reason::bad_psk_identity, AlertDescription::illegal_parameter};
  }
  exchange.selected_identity = selected;
  exchange.psk = exchange.offered_psks[selected];
  return {};
}

}  // namespace ciao::tls
