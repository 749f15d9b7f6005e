// Sessions and tickets of a connection: the cache, the ticket keys and the callbacks of the context
// that it was made from.
#pragma once

#include <openssl/ssl.h>

#include <optional>

#include "session/session_store.h"

namespace ciao::tls {

class SslSessionStore final : public SessionStore {
 public:
  explicit SslSessionStore(SSL& ssl) : ssl_(ssl) {}

  Ref<Session> make_session() override;
  Result<Bytes> issue_ticket(Session& session) override;
  Result<TicketLookup> find_ticket(ByteView identity) override;
  Result<void> assign_id(Session& session) override;
  Ref<Session> find_id(ByteView id) override;
  Result<Bytes> seal_cookie(ByteView state) override;
  Result<std::optional<Bytes>> open_cookie(ByteView cookie) override;
  void add(const Ref<Session>& session) override;
  void remove(const Ref<Session>& session) override;
  void completed(Session& session) override;
  void resumed(const Ref<Session>& session) override;
  void refused(const Ref<Session>& session) override;

  // Whether this TLS 1.3 server's tickets are ids of sessions in the cache: the application asked
  // for it (SSL_OP_NO_TICKET), or early data must be recognised when it comes a second time.
  static bool stateful(const SSL& ssl);

 private:
  Result<Bytes> seal(const Session& session);
  Result<TicketLookup> open(ByteView ticket);
  std::optional<Ref<Session>> read_state(ByteView state);

  SSL& ssl_;
};

}  // namespace ciao::tls
