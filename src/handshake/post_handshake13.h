// Messages after the handshake (RFC 8446 §4.6).
#pragma once

#include "config/hooks.h"
#include "extensions/negotiated.h"
#include "handshake/channel.h"
#include "keys/key_schedule13.h"
#include "session/session.h"

namespace ciao::tls {

// What post-handshake messages are made from.
struct PostHandshake {
  const Algorithms& algorithms;
  const Hooks& hooks;
  const Negotiated& negotiated;
  ByteView resumption_master;
  std::uint32_t max_early_data = 0;  // server: what tickets allow
};

// Server: makes one ticket for a session like `current`, queues NewSessionTicket and hands the new
// session to the store, which may decide that there is to be none. `number` is the ticket's on this
// connection. Returns the session, null without one.
Result<Ref<Session>> send_new_session_ticket(const PostHandshake& facts, Channel& channel,
                                             const Session& current, std::uint64_t number);

// Client: the session that this NewSessionTicket makes of `current`; null when the server says not
// to keep it.
Result<Ref<Session>> read_new_session_ticket(const PostHandshake& facts, ByteView body,
                                             const Session& current);

// The KeyUpdate message.
Result<void> send_key_update(Channel& channel, KeyUpdateRequest request);

}  // namespace ciao::tls
