// Where sessions are kept between connections. Implemented above: a context's cache and ticket
// keys.
#pragma once

#include <optional>

#include "session/session.h"

namespace ciao::tls {

struct TicketLookup {
  Ref<Session> session;   // null: not ours, expired, or not to be used: a full handshake follows
  bool issue_new = true;  // whether this connection issues tickets; without: the client keeps its
};

// Called in the middle of a handshake; no lock of ciao's is held. Application callbacks may run
// inside.
class SessionStore {
 public:
  SessionStore() = default;
  SessionStore(const SessionStore&) = delete;
  SessionStore& operator=(const SessionStore&) = delete;
  virtual ~SessionStore() = default;

  // An empty session of the kind that this store holds.
  virtual Ref<Session> make_session() = 0;
  // Server: the `ticket` field of NewSessionTicket for a complete session (RFC 8446 §4.6.1): sealed
  // state, or the key of a cache entry. May set session.id. An empty result means that no ticket is
  // to be sent.
  virtual Result<Bytes> issue_ticket(Session& session) = 0;
  // Server: what an identity of pre_shared_key stands for, or a ticket of TLS 1.2, where an empty
  // one asks for the first. What is unknown is not an error.
  virtual Result<TicketLookup> find_ticket(ByteView identity) = 0;
  // Server, TLS 1.2: gives the session the id that ServerHello names; leaves it empty when there is
  // no cache to find it in.
  virtual Result<void> assign_id(Session& session) = 0;
  // Server, TLS 1.2: the session that a ClientHello's session_id stands for; null: none.
  virtual Ref<Session> find_id(ByteView id) = 0;
  // Server: seals what a HelloRetryRequest's cookie says, and opens it; nothing when it was not
  // sealed here.
  virtual Result<Bytes> seal_cookie(ByteView state) = 0;
  virtual Result<std::optional<Bytes>> open_cookie(ByteView cookie) = 0;
  // A session became resumable: a client read a ticket, a server sent one.
  virtual void add(const Ref<Session>& session) = 0;
  // The connection failed or was dropped without being closed: its session is not to be resumed.
  virtual void remove(const Ref<Session>& session) = 0;

  // What became of a handshake; of interest to those who count.
  // What a full handshake has negotiated is known, and tickets or an id for its session are about
  // to be issued. The store may mark it as not resumable: then none are.
  virtual void completed(Session&) {}
  // Server: `session` was chosen for resumption. Client: the resumption is complete.
  virtual void resumed(const Ref<Session>&) {}
  // Client: the server did not take the session that was offered.
  virtual void refused(const Ref<Session>&) {}
};

}  // namespace ciao::tls
