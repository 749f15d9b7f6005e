// SSL_CTX. Configuration is shared with connections copy-on-write; what OpenSSL reads through the
// context while a connection runs, and what belongs to the context alone, is held here.
//
// A context is configured by one thread, and then used by many: counters, the session cache and
// the ticket keys lock or count by themselves, everything else is only read.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <memory>

#include "config/config.h"
#include "crypto/algorithms.h"
#include "libssl/available_schemes.h"
#include "libssl/callback.h"
#include "libssl/cipher_list.h"
#include "libssl/dane_state.h"
#include "libssl/handles.h"
#include "libssl/identity.h"
#include "libssl/settings.h"
#include "libssl/ssl_method.h"
#include "libssl/verify_param.h"
#include "session/session_cache.h"
#include "session/ticket.h"

namespace ciao::tls {

class SessionTable;  // libssl/session_table.h

// In seconds; the same in OpenSSL for every TLS method.
constexpr long kDefaultSessionTimeout = 7200;

// SSL_CTX_sess_number(3). Relaxed: each is a plain count.
struct SessionStatistics {
  std::atomic<int> connect{0};
  std::atomic<int> connect_good{0};
  std::atomic<int> connect_renegotiate{0};
  std::atomic<int> accept{0};
  std::atomic<int> accept_good{0};
  std::atomic<int> accept_renegotiate{0};
  std::atomic<int> misses{0};
  std::atomic<int> timeouts{0};
  std::atomic<int> cache_full{0};
  std::atomic<int> hits{0};
  std::atomic<int> callback_hits{0};
};

using ServernameFn = int (*)(SSL* ssl, int* alert, void* arg);
using TicketKeyFn = int (*)(SSL* ssl, unsigned char* name, unsigned char* iv,
                            EVP_CIPHER_CTX* cipher, HMAC_CTX* hmac, int encrypt);
using TicketKeyEvpFn = int (*)(SSL* ssl, unsigned char* name, unsigned char* iv,
                               EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* hmac, int encrypt);
using StatusFn = int (*)(SSL* ssl, void* arg);
using InfoFn = void (*)(const SSL* ssl, int type, int value);
using NewSessionFn = int (*)(SSL* ssl, SSL_SESSION* session);
using RemoveSessionFn = void (*)(SSL_CTX* ctx, SSL_SESSION* session);
using FindSessionFn = SSL_SESSION* (*)(SSL* ssl, const unsigned char* id, int size, int* copy);
using VerifyAppFn = int (*)(X509_STORE_CTX* store_context, void* arg);
using ClientCertFn = int (*)(SSL* ssl, X509** certificate, EVP_PKEY** key);
using CookieGenerateFn = int (*)(SSL* ssl, unsigned char* cookie, unsigned int* size);
using CookieVerifyFn = int (*)(SSL* ssl, const unsigned char* cookie, unsigned int size);
using StatelessGenerateFn = int (*)(SSL* ssl, unsigned char* cookie, std::size_t* size);
using StatelessVerifyFn = int (*)(SSL* ssl, const unsigned char* cookie, std::size_t size);

struct TicketCallbacks {
  SSL_CTX_generate_session_ticket_fn generate = nullptr;
  SSL_CTX_decrypt_session_ticket_fn decrypt = nullptr;
  void* arg = nullptr;
};

}  // namespace ciao::tls

struct ssl_ctx_st {
  // Null ref-counted members mean that memory ran out: SSL_CTX_new_ex checks before it hands out.
  ssl_ctx_st(OSSL_LIB_CTX* libctx, const char* properties, const SSL_METHOD* ssl_method);
  ~ssl_ctx_st();
  ssl_ctx_st(const ssl_ctx_st&) = delete;
  ssl_ctx_st& operator=(const ssl_ctx_st&) = delete;

  std::atomic<int> references{1};
  const SSL_METHOD* method;
  const ciao::tls::Ref<ciao::tls::Algorithms> algorithms;
  const ciao::tls::CipherAvailability available_ciphers;
  const ciao::tls::AvailableSchemes available_schemes;

  // Taken over by SSL_new; changed here through edit() (base/copy_on_write.h).
  ciao::tls::ConfigRef config;
  ciao::tls::Ref<ciao::tls::Settings> settings;
  ciao::tls::Ref<ciao::tls::Identity> identity;
  ciao::tls::Ref<ciao::tls::VerifyParam> param;

  ciao::tls::Ref<const ciao::tls::CipherList> ciphers;
  // Read through the context whenever a connection needs them.
  X509_STORE* cert_store;                       // null only if the application says so
  ciao::tls::X509StackPtr extra_certs;          // null until one is added
  ciao::tls::X509NameStackPtr ca_names;         // SSL_CTX_set0_CA_list
  ciao::tls::X509NameStackPtr client_ca_names;  // SSL_CTX_set_client_CA_list
  ciao::tls::InfoFn info_callback = nullptr;
  SSL_CTX_keylog_cb_func keylog_callback = nullptr;
  ciao::tls::Callback<ciao::tls::VerifyAppFn> verify_app;
  ciao::tls::ClientCertFn client_cert_callback = nullptr;
  ENGINE* client_cert_engine = nullptr;  // a functional reference
  ciao::tls::Callback<SSL_client_hello_cb_fn> client_hello;
  ciao::tls::Callback<ciao::tls::ServernameFn> servername;
  ciao::tls::Callback<SSL_CTX_alpn_select_cb_func> alpn_select;
  ciao::tls::Callback<SSL_CTX_npn_advertised_cb_func> npn_advertised;
  ciao::tls::Callback<SSL_CTX_npn_select_cb_func> npn_select;
  ciao::tls::Callback<ciao::tls::StatusFn> status;
  ciao::tls::SrtpProfilesPtr srtp_profiles;  // null: none
  ciao::tls::CookieGenerateFn cookie_generate = nullptr;
  ciao::tls::CookieVerifyFn cookie_verify = nullptr;
  ciao::tls::StatelessGenerateFn stateless_cookie_generate = nullptr;
  ciao::tls::StatelessVerifyFn stateless_cookie_verify = nullptr;

  // Sessions: a connection reads these through its session_ctx, which SSL_set_SSL_CTX does not
  // change.
  std::uint32_t session_cache_mode = SSL_SESS_CACHE_SERVER;
  unsigned long session_cache_size = SSL_SESSION_CACHE_MAX_SIZE_DEFAULT;  // 0: unlimited
  long session_timeout = ciao::tls::kDefaultSessionTimeout;               // seconds
  ciao::tls::SessionCache session_cache;                   // bounded by `session_cache_size`
  std::shared_ptr<ciao::tls::SessionTable> session_table;  // what SSL_CTX_sessions gave out
  ciao::tls::SessionStatistics statistics;
  ciao::tls::NewSessionFn new_session = nullptr;
  ciao::tls::RemoveSessionFn remove_session = nullptr;
  ciao::tls::FindSessionFn find_session = nullptr;
  // Filled by SSL_CTX_new: processes that fork afterwards open each other's tickets.
  ciao::tls::TicketKeyRing ticket_keys;
  ciao::tls::TicketKeyFn ticket_key = nullptr;         // SSL_CTX_set_tlsext_ticket_key_cb
  ciao::tls::TicketKeyEvpFn ticket_key_evp = nullptr;  // SSL_CTX_set_tlsext_ticket_key_evp_cb
  ciao::tls::TicketCallbacks ticket_callbacks;

  std::unique_ptr<ciao::tls::DaneContext> dane;  // null: SSL_CTX_dane_enable was not called
  CTLOG_STORE* ctlog_store;

  CRYPTO_EX_DATA ex_data{};
};
