// SSL_SESSION: the engine's Session with what the C interface adds. Every session that a connection
// of the C interface holds is one, since its store makes them (libssl/ssl_session_store.h).
#pragma once

#include <openssl/ssl.h>

#include "session/session.h"

struct ssl_session_st final : ciao::tls::Session {
  ssl_session_st();
  ~ssl_session_st() override;

  // Copies the application's data, too, as its CRYPTO_EX_dup functions say.
  void copy_from(const ciao::tls::Session& other) override;

  CRYPTO_EX_DATA ex_data{};
};

namespace ciao::tls {

// As a session lends itself to the application; null stays null.
inline SSL_SESSION* handle_of(Session* session) { return static_cast<SSL_SESSION*>(session); }
inline SSL_SESSION* handle_of(const Ref<Session>& session) { return handle_of(session.get()); }

// As SSL_SESSION_new makes it. May throw std::bad_alloc.
Ref<SSL_SESSION> make_session_handle();

}  // namespace ciao::tls
