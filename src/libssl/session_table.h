// What SSL_CTX_sessions gives out. ciao's cache is not a hash table of libcrypto's, so this is a
// picture of it: it does not change, and lives until the next call or the context's end.
#pragma once

#include <openssl/lhash.h>
#include <openssl/ssl.h>

#include <memory>

#include "session/session_cache.h"

namespace ciao::tls {

class SessionTable {
 public:
  // Null without memory.
  static std::shared_ptr<SessionTable> make(SessionCache::Sessions sessions);
  ~SessionTable();
  SessionTable(const SessionTable&) = delete;
  SessionTable& operator=(const SessionTable&) = delete;

  OPENSSL_LHASH* table() const { return table_; }

 private:
  explicit SessionTable(SessionCache::Sessions sessions);

  SessionCache::Sessions sessions_;  // the table's entries have no count of their own
  OPENSSL_LHASH* table_;
};

}  // namespace ciao::tls
