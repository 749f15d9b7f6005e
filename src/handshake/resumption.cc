#include "handshake/resumption.h"

#include "base/clock.h"
#include "extensions/pre_shared_key.h"
#include "handshake/session_facts.h"
#include "session/session_store.h"

namespace ciao::tls {
namespace {

// The binder for `psk` over the transcript and the ClientHello up to its binders.
Result<HashSecret> binder(const HandshakeContext& context, const Psk& psk,
                          ByteView truncated_hello) {
  const Digest transcript =
      TRY(context.transcript.hash_with(context.algorithms, psk.hash, truncated_hello));
  const EarlySecrets early =
      TRY(EarlySecrets::create(context.algorithms, psk.hash, psk.session->secret.view()));
  return early.binder(context.algorithms, psk.origin, transcript.view());
}

// A session resumes only in the surroundings it was made in.
bool resumable_here(const HandshakeContext& context, const Session& session) {
  if (session.not_resumable) return false;
  if (!equal(session.id_context.view(), context.session_context.view())) return false;
  // A ticket made under one host's policy must not open another's (CVE-2025-23419 in nginx).
  return !made_for_another_name(context, session);
}

// Whoever made the session may have gone without a certificate that is demanded now. A key that the
// application knows takes the place of one.
bool lacks_peer(const HandshakeContext& context, const Psk& psk) {
  const Session& session = *psk.session;
  const bool has_peer = (session.peer && !session.peer->empty()) || session.from_external_psk;
  return psk.origin != PskOrigin::external && !has_peer &&
         context.config->asks_in_handshake(ProtocolVersion::tls1_3) &&
         context.config->peer_authentication == PeerAuthentication::required;
}

bool usable_here(const HandshakeContext& context, const Psk& psk) {
  const Session& session = *psk.session;
  if (session.version != ProtocolVersion::tls1_3 || session.secret.empty() ||
      session.expired(wall_clock_ms() / 1000)) {
    return false;
  }
  return psk.origin == PskOrigin::external || resumable_here(context, session);
}

// The application's session as this connection's own: it belongs to the surroundings that it is
// used in, and so will its tickets.
Result<Ref<Session>> find_external_psk(HandshakeContext& context, ByteView identity) {
  const Ref<Session> known = TRY(context.hooks.application->find_psk(identity));
  if (!known) return Ref<Session>();
  Ref<Session> own = context.hooks.sessions->make_session();
  own->copy_from(*known);
  own->id_context.assign(context.session_context.view());
  own->host_name = name_in_session(context);
  own->max_fragment_length = context.exchange.offered.max_fragment_length;
  own->from_external_psk = true;
  return own;
}

// What an identity stands for, if its hash is that of the suite: a key of the application's, or a
// ticket. Says whether tickets are to be issued.
Result<Psk> look_up(HandshakeContext& context, const Suite& suite, const PskIdentity& offered) {
  bool& issue_tickets = context.outcome.issue_tickets;
  Psk psk;
  psk.session = TRY(find_external_psk(context, offered.identity));
  if (psk.session) {
    psk.origin = PskOrigin::external;
    issue_tickets = true;
  } else {
    TicketLookup found = TRY(context.hooks.sessions->find_ticket(offered.identity));
    issue_tickets = found.issue_new;
    psk.session = std::move(found.session);
  }
  if (!psk.session) return psk;
  const Suite* own = find_suite13(psk.session->suite);
  if (own == nullptr || own->hash != suite.hash) {
    // As in OpenSSL: a client whose key does not go with the suite gets no tickets instead of it.
    issue_tickets = psk.origin == PskOrigin::ticket;
    return Psk();
  }
  psk.hash = suite.hash;
  return psk;
}

}  // namespace

Result<void> offer_external_psk(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  std::vector<Psk>& offered = exchange.offered_psks;
  std::erase_if(offered, [](const Psk& psk) { return psk.origin == PskOrigin::external; });
  if (!exchange.allows(ProtocolVersion::tls1_3)) return {};
  std::optional<HashId> demanded;
  if (exchange.retry) demanded = context.negotiated.suite->hash;
  ExternalPsk own = TRY(context.hooks.application->offer_psk(demanded));
  if (!own.session) return {};
  const Suite* suite = find_suite13(own.session->suite);
  if (own.session->version != ProtocolVersion::tls1_3 || own.session->secret.empty() ||
      suite == nullptr || suite->hash != demanded.value_or(suite->hash)) {
    return Error{Reason::bad_psk, AlertDescription::internal_error};
  }
  //  opaque identity<1..2^16-1>;
  if (own.identity.empty()) return internal_error();
  offered.push_back(
      {PskOrigin::external, suite->hash, std::move(own.identity), std::move(own.session)});
  return {};
}

Result<void> fill_in_binders(HandshakeContext& context, Bytes& client_hello) {
  const std::size_t room = binders_size(context.exchange);
  const ByteView truncated = ByteView(client_hello).first(client_hello.size() - room);
  std::uint8_t* at = client_hello.data() + truncated.size() + 2;
  for (const Psk& psk : context.exchange.offered_psks) {
    const HashSecret value = TRY(binder(context, psk, truncated));
    copy_bytes(at + 1, value.view());
    at += 1 + value.size();
  }
  return {};
}

Result<void> select_psk(HandshakeContext& context, const Suite& suite, ByteView client_hello) {
  Exchange& exchange = context.exchange;
  exchange.psk = {};
  if (exchange.offered.psk_identities.empty()) return {};
  context.negotiated.session_offered = true;
  // RFC 8446 §4.2.9: "If clients offer "pre_shared_key" without a "psk_key_exchange_modes"
  // extension, servers MUST abort".
  if (!exchange.offered.psk_modes_present) {
    return Error{Reason::missing_psk_kex_modes_extension, AlertDescription::missing_extension};
  }
  if (!exchange.offered.psk_dhe_ke && !exchange.offered.psk_ke) return {};
  for (std::size_t i = 0; i < exchange.offered.psk_identities.size(); ++i) {
    const PskIdentity& identity = exchange.offered.psk_identities[i];
    Psk psk = TRY(look_up(context, suite, identity));
    if (!psk.session) continue;
    if (!usable_here(context, psk)) {
      context.outcome.issue_tickets = true;
      continue;
    }
    const ByteView truncated =
        client_hello.first(client_hello.size() - exchange.offered.binders_size);
    const HashSecret expected = TRY(binder(context, psk, truncated));
    // RFC 8446 §4.2.11: "If this value is not present or does not validate, the server MUST abort
    // the handshake."
    if (!constant_time_equal(expected.view(), identity.binder)) {
      return Error{Reason::binder_does_not_verify, AlertDescription::decrypt_error};
    }
    // A server that verifies its peers must say which sessions are its own
    // (SSL_CTX_set_session_id_context).
    if (context.config->peer_authentication != PeerAuthentication::none &&
        context.session_context.view().empty()) {
      context.session = psk.session;  // ends with the handshake
      return Error{Reason::session_id_context_uninitialized, AlertDescription::internal_error};
    }
    if (lacks_peer(context, psk)) {
      context.outcome.issue_tickets = true;
      continue;
    }
    context.session = psk.session;
    exchange.psk = std::move(psk);
    exchange.selected_identity = static_cast<std::uint16_t>(i);
    context.hooks.sessions->resumed(context.session);
    return {};
  }
  return {};
}

}  // namespace ciao::tls
