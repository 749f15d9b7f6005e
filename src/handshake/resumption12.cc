#include "handshake/resumption12.h"

#include "base/clock.h"
#include "handshake/session_facts.h"
#include "keys/prf12.h"
#include "session/session_store.h"

namespace ciao::tls {
namespace {

bool lacks_peer(const HandshakeContext& context, const Session& session) {
  const bool has_none = !session.peer || session.peer->empty();
  return has_none && context.config->peer_authentication == PeerAuthentication::required;
}

bool takes_tickets(const HandshakeContext& context) {
  return context.exchange.offered.session_ticket_present && context.config->uses_tickets12();
}

// A session resumes only in the surroundings it was made in.
bool resumable_here12(const HandshakeContext& context, const Session& session) {
  const auto& suites = context.config->suites12;
  if (session.version != ProtocolVersion::tls1_2 || find_suite12(session.suite) == nullptr) {
    return false;
  }
  // A suite that was switched off since stays off.
  if (std::ranges::find(suites, session.suite) == suites.end()) return false;
  if (session.not_resumable || session.expired(wall_clock_ms() / 1000)) return false;
  if (!equal(session.id_context.view(), context.session_context.view())) return false;
  // RFC 6066 §3, and before the application answers to the name: of a session that is resumed it is
  // told the session's (SSL_get_servername(3)), and would choose another host's policy by it.
  if (!session.host_name.empty() &&
      session.host_name != as_text(context.exchange.offered.server_name)) {
    return false;
  }
  // RFC 7627 §5.3: "If the original session did not use the "extended_master_secret" extension but
  // the new ClientHello contains the extension, then the server MUST NOT perform the abbreviated
  // handshake."
  return session.extended_master_secret || !context.negotiated.extended_master_secret;
}

Result<Ref<Session>> find_session12(HandshakeContext& context, const ClientHello& hello) {
  const Offered& offered = context.exchange.offered;
  const bool tickets = takes_tickets(context);
  context.exchange.ticket_expected = tickets;
  if (context.negotiated.renegotiation.full &&
      context.config->has(option::kNoResumptionOnRenegotiation)) {
    return Ref<Session>();
  }
  const bool has_ticket = tickets && !offered.session_ticket.empty();
  if (has_ticket) {
    context.negotiated.session_offered = true;
    // What it is only the application knows, and a new one would have to come from it, too.
    if (context.hooks.application->has_external_secret()) {
      context.exchange.ticket_expected = false;
      return Ref<Session>();
    }
  }
  if (tickets) {
    TicketLookup found = TRY(context.hooks.sessions->find_ticket(offered.session_ticket));
    context.exchange.ticket_expected = found.issue_new;
    // A ticket that is to be ignored is like none: the id counts.
    if (found.session || (has_ticket && found.issue_new)) return std::move(found.session);
  }
  if (hello.legacy_session_id.empty()) return Ref<Session>();
  context.negotiated.session_offered = true;
  return context.hooks.sessions->find_id(hello.legacy_session_id);
}

}  // namespace

bool offerable12(const HandshakeContext& context, const Session& session) {
  const Config& config = *context.config;
  if (session.version != ProtocolVersion::tls1_2 || session.not_resumable ||
      !context.exchange.allows(ProtocolVersion::tls1_2) ||
      session.secret.view().size() != kMasterSecretSize) {
    return false;
  }
  if (session.id.view().empty() || session.expired(wall_clock_ms() / 1000)) return false;
  return std::ranges::find(config.suites12, session.suite) != config.suites12.end();
}

Result<Ref<Session>> session_with_ticket12(HandshakeContext& context, ByteView ticket,
                                           std::uint32_t lifetime_hint) {
  Ref<Session> session = context.own_session;
  if (context.negotiated.resumed) {
    session = context.hooks.sessions->make_session();
    session->copy_from(*context.exchange.offered_session12);
    session->time = wall_clock_ms() / 1000;
  }
  session->ticket = to_bytes(ticket);
  session->ticket_lifetime_hint = lifetime_hint;
  // Caches need an id, and so does the ServerHello that takes up a ticket (RFC 5077 §3.4): the
  // ticket's hash serves, as in OpenSSL.
  const Digest id = TRY(hash_of(context.algorithms, HashId::sha256, {ticket}));
  session->id.assign(id.view());
  return session;
}

Result<void> select_session12(HandshakeContext& context, const ClientHello& hello) {
  const Ref<Session> session = TRY(find_session12(context, hello));
  if (!session) return {};
  if (!resumable_here12(context, *session)) {
    if (takes_tickets(context)) context.exchange.ticket_expected = true;
    return {};
  }
  // A server that verifies its peers must say which sessions are its own
  // (SSL_CTX_set_session_id_context).
  if (context.config->peer_authentication != PeerAuthentication::none &&
      context.session_context.view().empty()) {
    return Error{Reason::session_id_context_uninitialized, AlertDescription::internal_error};
  }
  if (lacks_peer(context, *session)) {
    if (takes_tickets(context)) context.exchange.ticket_expected = true;
    return {};
  }
  // RFC 7627 §5.3: "If the original session used the "extended_master_secret" extension but the new
  // ClientHello does not contain it, the server MUST abort the abbreviated handshake."
  if (session->extended_master_secret && !context.negotiated.extended_master_secret) {
    return Error{Reason::inconsistent_extms, AlertDescription::handshake_failure};
  }
  // RFC 5246 §7.4.1.2: the cipher suite list of a resuming ClientHello "MUST include at least the
  // cipher_suite from that session".
  if (!hello.offers_suite(session->suite)) {
    return Error{Reason::required_cipher_missing, AlertDescription::illegal_parameter};
  }
  // What a ticket holds has no id: the one that the client has given it (RFC 5077 §3.4) is as good.
  if (session->id.view().empty()) session->id.assign(hello.legacy_session_id);
  context.session = session;
  context.exchange.offered_session12 = session;
  context.negotiated.suite = find_suite12(session->suite);
  context.negotiated.resumed = true;
  return {};
}

bool recheck_session12(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  const Session& session = *exchange.offered_session12;
  if (!lacks_peer(context, session) && !made_for_another_name(context, session)) return true;
  exchange.offered_session12 = nullptr;
  context.negotiated.suite = nullptr;
  context.negotiated.resumed = false;
  if (takes_tickets(context)) exchange.ticket_expected = true;
  begin_session(context);
  return false;
}

}  // namespace ciao::tls
