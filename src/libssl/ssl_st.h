// SSL: the engine's Connection with what the C interface adds. One per connection, so it is kept
// small: what most connections never use is in ColdState, made when first needed.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <memory>

#include "base/copy_on_write.h"
#include "connection/connection.h"
#include "libssl/async.h"
#include "libssl/ct_check.h"
#include "libssl/early_data.h"
#include "libssl/round_trip.h"
#include "libssl/ssl_application.h"
#include "libssl/ssl_certificates.h"
#include "libssl/ssl_ctx_st.h"
#include "libssl/ssl_observer.h"
#include "libssl/ssl_session_store.h"
#include "libssl/ssl_verifier.h"
#include "libssl/write_retry.h"

namespace ciao::tls {

struct ColdState {
  // Stacks and views that getters lend out until the connection ends.
  STACK_OF(SSL_CIPHER) * client_ciphers = nullptr;
  Bytes raw_ciphers;                    // SSL_get0_raw_cipherlist
  X509NameStackPtr ca_names;            // SSL_set0_CA_list; null: the context's
  X509NameStackPtr client_ca_names;     // SSL_set_client_CA_list; null: the context's
  X509NameStackPtr peer_ca_names;       // made of the names that the peer sent
  SrtpProfilesPtr srtp_profiles;        // SSL_set_tlsext_use_srtp; null: the context's
  X509StackPtr peer_chain;              // server: the chain without the client's own certificate
  Ref<PeerCertificates> peer_chain_of;  // the chain that this is of
  SctListPtr peer_scts;                 // SSL_get0_peer_scts
  std::string peer_host;                // SSL_get_servername's answer
  // OCSP: what the server's callback set, or the client read.
  OpensslPtr<unsigned char> ocsp_response;
  long ocsp_response_size = 0;
  Bytes status_request;  // server: the client's; the stacks are made of it when they are asked for
  STACK_OF(OCSP_RESPID) * ocsp_ids = nullptr;
  STACK_OF(X509_EXTENSION) * ocsp_extensions = nullptr;
  Callback<void (*)(SSL*, int, int, const unsigned char*, int, void*)> extension_debug;
  // SSL_new_session_ticket while a record is on its way: the next write asks for them.
  std::size_t tickets_behind_write = 0;

  std::unique_ptr<DaneRecords> dane;  // null: SSL_dane_enable was not called
  std::unique_ptr<AsyncState> async;  // null: no call has run as a job

  // Drops what a handshake left behind, and keeps what the application configured.
  void forget_handshake();

  ColdState() = default;
  ~ColdState();
  ColdState(const ColdState&) = delete;
  ColdState& operator=(const ColdState&) = delete;
};

}  // namespace ciao::tls

struct ssl_st {
  // Counts up `context`. The caller has checked that its configuration is complete.
  ssl_st(SSL_CTX& context, ciao::tls::Ref<ciao::tls::VerifyParam> verify_param);
  ~ssl_st();
  ssl_st(const ssl_st&) = delete;
  ssl_st& operator=(const ssl_st&) = delete;

  std::atomic<int> references{1};
  // SSL_want(3): SSL_NOTHING, SSL_READING, ... Set by the pump and by waits of the handshake.
  int rwstate = SSL_NOTHING;

  SSL_CTX* ctx;          // what it is configured by: SSL_set_SSL_CTX changes it
  SSL_CTX* session_ctx;  // where its sessions are kept: the context it was made from
  const SSL_METHOD* method;
  ciao::tls::Ref<ciao::tls::Settings> settings;
  ciao::tls::Ref<ciao::tls::Identity> identity;
  ciao::tls::Ref<ciao::tls::VerifyParam> param;
  // Null without a list of its own: the context's holds, as it is when asked for.
  ciao::tls::Ref<const ciao::tls::CipherList> ciphers;

  // The engine's ways out, each knowing this object. Before `connection`, which borrows them.
  ciao::tls::SslApplication application{*this};
  ciao::tls::SslCertificates certificates{*this};
  ciao::tls::SslVerifier verifier{*this};
  ciao::tls::SslObserver observer{*this};
  ciao::tls::SslSessionStore sessions{*this};
  ciao::tls::Connection connection;

  BIO* rbio = nullptr;
  BIO* wbio = nullptr;
  ciao::tls::WriteRetry write_retry;
  ciao::tls::RoundTrip round_trip;
  int transport_errno = 0;      // of the BIO read or write that failed for good
  std::uint32_t trace_number;   // which connection of the process this is
  bool flight_pending = false;  // a flight of the handshake has not wholly left
  ciao::tls::EarlyCalls early = ciao::tls::EarlyCalls::none;

  ciao::tls::InfoFn info_callback = nullptr;  // null: the context's
  std::unique_ptr<ciao::tls::ColdState> cold;

  CRYPTO_EX_DATA ex_data{};

  // The ColdState, made if there is none. May throw std::bad_alloc.
  ciao::tls::ColdState& cold_state();
};

namespace ciao::tls {

inline const Config& config_of(const SSL* ssl) { return *ssl->connection.config(); }

// Whether it acts as a server; before a role is chosen, what the method says.
inline bool is_server(const SSL* ssl) {
  if (ssl->connection.phase() != Phase::no_role) return ssl->connection.role() == Role::server;
  return ssl->method->use != SSL_METHOD::Use::client;
}

// The cipher list in force: the connection's own or its context's.
inline const Ref<const CipherList>& ciphers_of(const SSL* ssl) {
  return ssl->ciphers ? ssl->ciphers : ssl->ctx->ciphers;
}

}  // namespace ciao::tls
