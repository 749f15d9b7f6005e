#include "handshake/post_handshake13.h"

#include "base/clock.h"
#include "crypto/random.h"
#include "extensions/custom.h"
#include "extensions/registry.h"
#include "messages/new_session_ticket.h"
#include "session/session_store.h"

namespace ciao::tls {

Result<Ref<Session>> send_new_session_ticket(const PostHandshake& facts, Channel& channel,
                                             const Session& current, std::uint64_t number) {
  SessionStore& store = *facts.hooks.sessions;
  Ref<Session> session = store.make_session();
  session->copy_from(current);
  session->time = wall_clock_ms() / 1000;
  // A resumed connection has negotiated these itself.
  session->suite = facts.negotiated.suite->id;
  session->alpn = facts.negotiated.alpn;
  session->max_early_data = facts.max_early_data;
  const auto lifetime = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(session->timeout, 0, Session::kMaxTicketLifetime));
  std::uint8_t age_add[4];
  TRY(random_bytes(facts.algorithms, age_add));
  session->ticket_age_add = static_cast<std::uint32_t>(age_add[0]) << 24 |
                            static_cast<std::uint32_t>(age_add[1]) << 16 |
                            static_cast<std::uint32_t>(age_add[2]) << 8 | age_add[3];
  // "a value that is unique across all tickets issued on this connection"
  std::uint8_t nonce[8];
  for (std::size_t i = 0; i < sizeof nonce; ++i)
    nonce[i] = static_cast<std::uint8_t>(number >> (8 * (7 - i)));
  session->ticket_nonce = to_bytes(nonce);
  const HashSecret psk = TRY(
      ticket_psk(facts.algorithms, facts.negotiated.suite->hash, facts.resumption_master, nonce));
  session->secret = SecretBytes(psk.view());

  const Bytes ticket = TRY(store.issue_ticket(*session));
  if (ticket.empty()) return Ref<Session>();
  Bytes out;
  MessageBuilder message(out, HandshakeType::new_session_ticket);
  message.body().u32(lifetime);
  message.body().u32(session->ticket_age_add);
  message.body().vector8(nonce);
  message.body().vector16(ticket);
  {
    const Writer::Scope block = message.body().scope16();
    TRY(write_custom_ticket_extensions(facts.hooks, facts.negotiated.resumed, message.body()));
    if (session->max_early_data > 0) {
      message.body().put(ExtensionType::early_data);
      const Writer::Scope content = message.body().scope16();
      message.body().u32(session->max_early_data);
    }
  }
  const ByteView written = TRY(message.finish());
  // As in OpenSSL the application has the session before it hears of the message.
  store.add(session);
  TRY(channel.send(written));
  return session;
}

Result<Ref<Session>> read_new_session_ticket(const PostHandshake& facts, ByteView body,
                                             const Session& current) {
  const NewSessionTicket message = TRY(NewSessionTicket::parse(body));
  TRY(check_ticket_extensions(message.extensions));
  TRY(read_custom_ticket_extensions(facts.hooks, facts.negotiated.resumed, message.extensions));
  SessionStore& store = *facts.hooks.sessions;
  Ref<Session> session = store.make_session();
  session->copy_from(current);
  session->max_early_data = 0;
  // A resumed connection has negotiated these itself.
  session->suite = facts.negotiated.suite->id;
  session->alpn = facts.negotiated.alpn;
  for (const ExtensionView& extension : message.extensions.entries) {
    // Unknown extensions are ignored (RFC 8446 §4.6.1); early_data is the only one that says
    // anything.
    if (extension.type != ExtensionType::early_data) continue;
    Reader reader(extension.content, Reason::invalid_max_early_data);
    session->max_early_data = TRY(reader.u32());
    TRY(reader.finish());
  }
  session->received_at_ms = wall_clock_ms();
  session->time = session->received_at_ms / 1000;
  session->ticket = to_bytes(message.ticket);
  session->ticket_lifetime_hint = std::min(message.ticket_lifetime, Session::kMaxTicketLifetime);
  session->ticket_age_add = message.ticket_age_add;
  session->ticket_nonce = to_bytes(message.ticket_nonce);
  if (facts.negotiated.max_fragment_length != 0) {
    session->max_fragment_length = facts.negotiated.max_fragment_length;
  }
  const HashSecret psk = TRY(ticket_psk(facts.algorithms, facts.negotiated.suite->hash,
                                        facts.resumption_master, message.ticket_nonce));
  session->secret = SecretBytes(psk.view());
  // Caches need an id, and a ticket has none: its hash serves, as in OpenSSL.
  const Digest id = TRY(hash_of(facts.algorithms, HashId::sha256, {message.ticket}));
  session->id.assign(id.view());
  // "The value of zero indicates that the ticket should be discarded immediately."
  if (message.ticket_lifetime == 0) return Ref<Session>();
  return session;
}

Result<void> send_key_update(Channel& channel, KeyUpdateRequest request) {
  Bytes out;
  MessageBuilder message(out, HandshakeType::key_update);
  message.body().put(request);
  return channel.send(TRY(message.finish()));
}

}  // namespace ciao::tls
