// Sessions and tickets of a connection: the cache, the ticket keys and the callbacks of the context
// that it was made from.
#pragma once

#include <openssl/ssl.h>

#include "session/session_store.h"

namespace ciao::tls {

class SslSessionStore final : public SessionStore {
 public:
  explicit SslSessionStore(SSL& ssl) : ssl_(ssl) {}

  Ref<Session> make_session() override;
  Result<Bytes> issue_ticket(Session& session) override;
  Result<TicketLookup> find_ticket(ByteView identity) override;
  void add(const Ref<Session>& session) override;
  void remove(const Ref<Session>& session) override;

 private:
  SSL& ssl_;
};

}  // namespace ciao::tls
