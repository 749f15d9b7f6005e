#include "handshake/resumption.h"

#include "base/clock.h"
#include "extensions/pre_shared_key.h"
#include "session/session_store.h"

namespace ciao::tls {
namespace {

// The binder for `secret` over the transcript and the ClientHello up to its binders.
Result<HashSecret> binder(const HandshakeContext& context, HashId hash, ByteView secret,
                          ByteView truncated_hello) {
  const Digest transcript =
      TRY(context.transcript.hash_with(context.algorithms, hash, truncated_hello));
  const EarlySecrets early = TRY(EarlySecrets::create(context.algorithms, hash, secret));
  return early.resumption_binder(context.algorithms, transcript.view());
}

// A session resumes only in the surroundings it was made in.
bool resumable_here(const HandshakeContext& context, const Session& session, const Suite& suite) {
  const Suite* own = find_suite13(session.suite);
  if (session.version != ProtocolVersion::tls1_3 || own == nullptr || own->hash != suite.hash)
    return false;
  if (session.not_resumable || session.expired(wall_clock_ms() / 1000)) return false;
  if (!equal(session.id_context.view(), context.session_context.view())) return false;
  // A ticket made under one host's policy must not open another's (CVE-2025-23419 in nginx).
  if (session.host_name != as_text(context.exchange.offered.server_name)) return false;
  // Whoever made it may have gone without a certificate that is demanded now.
  const bool lacks_peer = !session.peer || session.peer->empty();
  return !lacks_peer || !context.config->asks_in_handshake(ProtocolVersion::tls1_3) ||
         context.config->peer_authentication != PeerAuthentication::required;
}

}  // namespace

Result<void> fill_in_binder(HandshakeContext& context, Bytes& client_hello) {
  const Session& session = *context.exchange.offered_session;
  const HashId hash = context.exchange.offered_hash;
  const std::size_t room = binders_size(context.exchange);
  const ByteView truncated = ByteView(client_hello).first(client_hello.size() - room);
  const HashSecret value = TRY(binder(context, hash, session.secret.view(), truncated));
  copy_bytes(client_hello.data() + client_hello.size() - value.size(), value.view());
  return {};
}

Result<void> select_psk(HandshakeContext& context, const Suite& suite, ByteView client_hello) {
  Exchange& exchange = context.exchange;
  exchange.psk_selected = false;
  if (exchange.offered.psk_identities.empty()) return {};
  context.negotiated.session_offered = true;
  // RFC 8446 §4.2.9: "If clients offer "pre_shared_key" without a "psk_key_exchange_modes"
  // extension, servers MUST abort".
  if (!exchange.offered.psk_modes_present) {
    return Error{Reason::missing_psk_kex_modes_extension, AlertDescription::missing_extension};
  }
  if (!exchange.offered.psk_dhe_ke) return {};
  for (std::size_t i = 0; i < exchange.offered.psk_identities.size(); ++i) {
    const PskIdentity& identity = exchange.offered.psk_identities[i];
    const TicketLookup found = TRY(context.hooks.sessions->find_ticket(identity.identity));
    context.outcome.issue_tickets = found.issue_new;
    if (!found.session) continue;
    if (!resumable_here(context, *found.session, suite)) {
      context.outcome.issue_tickets = true;
      continue;
    }
    // A server that verifies its peers must say which sessions are its own
    // (SSL_CTX_set_session_id_context).
    if (context.config->peer_authentication != PeerAuthentication::none &&
        context.session_context.view().empty()) {
      context.session = found.session;  // ends with the handshake
      return Error{Reason::session_id_context_uninitialized, AlertDescription::internal_error};
    }
    const ByteView truncated =
        client_hello.first(client_hello.size() - exchange.offered.binders_size);
    const HashSecret expected =
        TRY(binder(context, suite.hash, found.session->secret.view(), truncated));
    // "If this value is not present or does not validate, the server MUST abort the handshake."
    if (!constant_time_equal(expected.view(), identity.binder)) {
      return Error{Reason::binder_does_not_verify, AlertDescription::decrypt_error};
    }
    context.session = found.session;
    exchange.offered_session = found.session;
    exchange.psk_selected = true;
    exchange.selected_identity = static_cast<std::uint16_t>(i);
    context.hooks.sessions->resumed(found.session);
    return {};
  }
  return {};
}

}  // namespace ciao::tls
