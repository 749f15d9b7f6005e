// Without a cache and ticket keys nothing is issued and nothing is found: every handshake is a full
// one, which RFC 8446 §2.2 allows at any time.
#include "libssl/ssl_session_store.h"

#include "libssl/ssl_st.h"

namespace ciao::tls {

Ref<Session> SslSessionStore::make_session() { return make_ref<Session>(); }

Result<Bytes> SslSessionStore::issue_ticket(Session&) { return Bytes(); }

Result<TicketLookup> SslSessionStore::find_ticket(ByteView) { return TicketLookup(); }

void SslSessionStore::add(const Ref<Session>&) {}

void SslSessionStore::remove(const Ref<Session>&) {}

}  // namespace ciao::tls
