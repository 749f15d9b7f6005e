// SSL_CTX_set_num_tickets(3), SSL_CTX_set_session_ticket_cb(3),
// SSL_CTX_set_tlsext_ticket_key_cb(3).
#include <openssl/ssl.h>

#include <limits>

#include "libssl/entry.h"
#include "libssl/owner.h"

using namespace ciao::tls;

namespace ciao::tls {
namespace {

// Nobody sends more than the counter holds.
template <class Owner>
int set_ticket_count(Owner* owner, std::size_t count) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  return guard(0, [&] {
    edit_config(owner).num_tickets = static_cast<std::uint32_t>(std::min(count, kMost));
    return 1;
  });
}

}  // namespace
}  // namespace ciao::tls

extern "C" {

size_t SSL_CTX_get_num_tickets(const SSL_CTX* ctx) { return config_of(ctx).num_tickets; }

size_t SSL_get_num_tickets(const SSL* s) { return config_of(s).num_tickets; }

int SSL_CTX_set_num_tickets(SSL_CTX* ctx, size_t num_tickets) {
  return set_ticket_count(ctx, num_tickets);
}

int SSL_set_num_tickets(SSL* s, size_t num_tickets) { return set_ticket_count(s, num_tickets); }

// Sent by the next SSL_do_handshake or SSL_write; while a record is on its way, by the next
// SSL_write behind it.
int SSL_new_session_ticket(SSL* s) {
  // Not behind a message that is on its way, as in OpenSSL.
  if (!s->connection.may_request_ticket() || s->flight_pending) return 0;
  if (s->connection.output().empty()) return s->connection.request_ticket() ? 1 : 0;
  return guard(0, [&] {
    ++s->cold_state().tickets_behind_write;
    return 1;
  });
}

int SSL_CTX_set_session_ticket_cb(SSL_CTX* ctx, SSL_CTX_generate_session_ticket_fn gen_cb,
                                  SSL_CTX_decrypt_session_ticket_fn dec_cb, void* arg) {
  ctx->ticket_callbacks = {gen_cb, dec_cb, arg};
  return 1;
}

int SSL_CTX_set_tlsext_ticket_key_evp_cb(SSL_CTX* ctx,
                                         int (*fp)(SSL*, unsigned char*, unsigned char*,
                                                   EVP_CIPHER_CTX*, EVP_MAC_CTX*, int)) {
  ctx->ticket_key_evp = fp;
  return 1;
}

}  // extern "C"
