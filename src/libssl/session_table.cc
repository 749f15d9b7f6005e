#include "libssl/session_table.h"

#include <openssl/lhash.h>

#include "libssl/ssl_session_st.h"

namespace ciao::tls {
namespace {

// OPENSSL_LHASH knows its entries by untyped pointers.
const SSL_SESSION& session_of(const void* entry) { return *static_cast<const SSL_SESSION*>(entry); }

unsigned long hash_of_session(const void* entry) {
  const SSL_SESSION& session = session_of(entry);
  unsigned long hash = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    hash |= static_cast<unsigned long>(session.id.bytes[i]) << (8 * i);
  }
  return hash;
}

int compare_sessions(const void* first, const void* second) {
  const SSL_SESSION& a = session_of(first);
  const SSL_SESSION& b = session_of(second);
  return a.version == b.version && equal(a.id.view(), b.id.view()) ? 0 : 1;
}

}  // namespace

SessionTable::SessionTable(SessionCache::Sessions sessions)
    : sessions_(std::move(sessions)), table_(OPENSSL_LH_new(hash_of_session, compare_sessions)) {}

std::shared_ptr<SessionTable> SessionTable::make(SessionCache::Sessions sessions) {
  const std::shared_ptr<SessionTable> made(new SessionTable(std::move(sessions)));
  if (made->table_ == nullptr) return nullptr;
  for (const Ref<Session>& session : made->sessions_) {
    OPENSSL_LH_insert(made->table_, handle_of(session));
    if (OPENSSL_LH_error(made->table_) != 0) return nullptr;
  }
  return made;
}

SessionTable::~SessionTable() { OPENSSL_LH_free(table_); }

}  // namespace ciao::tls
