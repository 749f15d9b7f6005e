#include "libssl/ticket_callbacks.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/evp_ptr.h"
#include "libssl/ssl_st.h"
#include "session/ticket.h"

namespace ciao::tls {
namespace {

// What the callback returned (SSL_CTX_set_tlsext_ticket_key_evp_cb(3), RETURN VALUES).
constexpr int kNoTicket = 0;
constexpr int kRenew = 2;

// The MAC behind both kinds of callback: the one with an EVP_MAC_CTX goes first, as in OpenSSL.
class Mac {
 public:
  explicit Mac(SSL& ssl) : ssl_(ssl) {
    const SSL_CTX& ctx = *ssl.session_ctx;
    if (ctx.ticket_key_evp == nullptr) {
      hmac_ = HMAC_CTX_new();
      return;
    }
    EVP_MAC* mac = EVP_MAC_fetch(ctx.algorithms->libctx(), "HMAC", ctx.algorithms->properties());
    evp_ = mac != nullptr ? EVP_MAC_CTX_new(mac) : nullptr;
    EVP_MAC_free(mac);
  }
  ~Mac() {
    HMAC_CTX_free(hmac_);
    EVP_MAC_CTX_free(evp_);
  }
  Mac(const Mac&) = delete;
  Mac& operator=(const Mac&) = delete;

  bool valid() const { return hmac_ != nullptr || evp_ != nullptr; }
  int ask(std::uint8_t* name, std::uint8_t* iv, EVP_CIPHER_CTX* cipher, bool encrypt) {
    const SSL_CTX& ctx = *ssl_.session_ctx;
    return evp_ != nullptr ? ctx.ticket_key_evp(&ssl_, name, iv, cipher, evp_, encrypt ? 1 : 0)
                           : ctx.ticket_key(&ssl_, name, iv, cipher, hmac_, encrypt ? 1 : 0);
  }
  std::size_t size() const {
    return evp_ != nullptr ? EVP_MAC_CTX_get_mac_size(evp_) : HMAC_size(hmac_);
  }
  // `out` has size() bytes.
  bool compute(ByteView bytes, MutableBytes out) {
    if (evp_ != nullptr) {
      std::size_t size = 0;
      return EVP_MAC_update(evp_, bytes.data(), bytes.size()) == 1 &&
             EVP_MAC_final(evp_, out.data(), &size, out.size()) == 1 && size == out.size();
    }
    unsigned int size = 0;
    return HMAC_Update(hmac_, bytes.data(), bytes.size()) == 1 &&
           HMAC_Final(hmac_, out.data(), &size) == 1 && size == out.size();
  }

 private:
  SSL& ssl_;
  HMAC_CTX* hmac_ = nullptr;
  EVP_MAC_CTX* evp_ = nullptr;
};

// Runs the cipher that the callback has set up over all of `in`. States fit 16 bits.
std::optional<Bytes> run_cipher(EVP_CIPHER_CTX* cipher, ByteView in) {
  Bytes out(in.size() + EVP_MAX_BLOCK_LENGTH);
  int updated = 0;
  int finished = 0;
  if (EVP_CipherUpdate(cipher, out.data(), &updated, in.data(), static_cast<int>(in.size())) != 1 ||
      EVP_CipherFinal_ex(cipher, out.data() + updated, &finished) != 1) {
    wipe(MutableBytes(out));
    return std::nullopt;
  }
  out.resize(static_cast<std::size_t>(updated) + static_cast<std::size_t>(finished));
  return out;
}

bool usable_iv_size(int size) { return size >= 0 && size <= EVP_MAX_IV_LENGTH; }

}  // namespace

bool has_ticket_key_callback(const SSL_CTX& ctx) {
  return ctx.ticket_key != nullptr || ctx.ticket_key_evp != nullptr;
}

Result<std::optional<Bytes>> seal_ticket_by_callback(SSL& ssl, ByteView state) {
  const EvpCipherContextPtr cipher(EVP_CIPHER_CTX_new());
  Mac mac(ssl);
  if (!cipher || !mac.valid()) return crypto_failure();
  std::uint8_t name[kTicketKeyNameSize] = {};
  std::uint8_t iv[EVP_MAX_IV_LENGTH] = {};
  const int answer = mac.ask(name, iv, cipher.get(), true);
  if (answer == kNoTicket) return std::optional<Bytes>();
  if (answer < 0) return Error{Reason::callback_failed, AlertDescription::internal_error};
  if (EVP_CIPHER_CTX_get0_cipher(cipher.get()) == nullptr) return crypto_failure();
  const int iv_size = EVP_CIPHER_CTX_get_iv_length(cipher.get());
  if (!usable_iv_size(iv_size) || mac.size() == 0) return crypto_failure();
  const std::optional<Bytes> encrypted = run_cipher(cipher.get(), state);
  if (!encrypted) return crypto_failure();
  Bytes ticket = to_bytes(name);
  ticket.insert(ticket.end(), iv, iv + iv_size);
  ticket.insert(ticket.end(), encrypted->begin(), encrypted->end());
  const std::size_t covered = ticket.size();
  ticket.resize(covered + mac.size());
  if (!mac.compute(ByteView(ticket).first(covered), MutableBytes(ticket).subspan(covered))) {
    return crypto_failure();
  }
  return std::optional<Bytes>(std::move(ticket));
}

Result<std::optional<CallbackTicket>> open_ticket_by_callback(SSL& ssl, ByteView ticket) {
  const std::optional<CallbackTicket> unknown;
  if (ticket.size() < kTicketKeyNameSize + EVP_MAX_IV_LENGTH) return unknown;
  const EvpCipherContextPtr cipher(EVP_CIPHER_CTX_new());
  Mac mac(ssl);
  if (!cipher || !mac.valid()) return crypto_failure();
  // Copies: the callback gets pointers that it could write through.
  std::uint8_t name[kTicketKeyNameSize];
  std::uint8_t iv[EVP_MAX_IV_LENGTH];
  copy_bytes(name, ticket.first(sizeof name));
  copy_bytes(iv, ticket.subspan(sizeof name, sizeof iv));
  const int answer = mac.ask(name, iv, cipher.get(), false);
  if (answer < 0) return crypto_failure();
  if (answer == kNoTicket) return unknown;
  if (EVP_CIPHER_CTX_get0_cipher(cipher.get()) == nullptr) return crypto_failure();
  const int iv_size = EVP_CIPHER_CTX_get_iv_length(cipher.get());
  const std::size_t mac_size = mac.size();
  if (!usable_iv_size(iv_size) || mac_size == 0 || mac_size > EVP_MAX_MD_SIZE) {
    return crypto_failure();
  }
  const std::size_t head = kTicketKeyNameSize + static_cast<std::size_t>(iv_size);
  if (ticket.size() <= head + mac_size) return unknown;
  const ByteView covered = ticket.first(ticket.size() - mac_size);
  std::uint8_t expected[EVP_MAX_MD_SIZE];
  if (!mac.compute(covered, MutableBytes(expected).first(mac_size))) return crypto_failure();
  if (!constant_time_equal(ByteView(expected).first(mac_size), ticket.last(mac_size))) {
    return unknown;
  }
  ERR_set_mark();
  std::optional<Bytes> state = run_cipher(cipher.get(), covered.subspan(head));
  ERR_pop_to_mark();
  if (!state) return unknown;
  return std::optional(CallbackTicket{std::move(*state), answer == kRenew});
}

}  // namespace ciao::tls
