// SSL_CTX_set_options(3).
#include <openssl/ssl.h>

#include "libssl/entry.h"
#include "libssl/ssl_st.h"

using namespace ciao::tls;

static_assert(option::kNoExtendedMasterSecret == SSL_OP_NO_EXTENDED_MASTER_SECRET);
static_assert(option::kCleansePlaintext == SSL_OP_CLEANSE_PLAINTEXT);
static_assert(option::kLegacyServerConnect == SSL_OP_LEGACY_SERVER_CONNECT);
static_assert(option::kTlsextPadding == SSL_OP_TLSEXT_PADDING);
static_assert(option::kIgnoreUnexpectedEof == SSL_OP_IGNORE_UNEXPECTED_EOF);
static_assert(option::kAllowClientRenegotiation == SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
static_assert(option::kDisableTlsextCaNames == SSL_OP_DISABLE_TLSEXT_CA_NAMES);
static_assert(option::kAllowNoDheKex == SSL_OP_ALLOW_NO_DHE_KEX);
static_assert(option::kNoTicket == SSL_OP_NO_TICKET);
static_assert(option::kNoResumptionOnRenegotiation ==
              SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
static_assert(option::kAllowUnsafeLegacyRenegotiation == SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
static_assert(option::kNoEncryptThenMac == SSL_OP_NO_ENCRYPT_THEN_MAC);
static_assert(option::kEnableMiddleboxCompat == SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
static_assert(option::kPrioritizeChaCha == SSL_OP_PRIORITIZE_CHACHA);
static_assert(option::kCipherServerPreference == SSL_OP_CIPHER_SERVER_PREFERENCE);
static_assert(option::kNoAntiReplay == SSL_OP_NO_ANTI_REPLAY);
static_assert(option::kNoTls12 == SSL_OP_NO_TLSv1_2);
static_assert(option::kNoTls13 == SSL_OP_NO_TLSv1_3);
static_assert(option::kNoRenegotiation == SSL_OP_NO_RENEGOTIATION);
static_assert(mode::kEnablePartialWrite == SSL_MODE_ENABLE_PARTIAL_WRITE);
static_assert(mode::kAcceptMovingWriteBuffer == SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
static_assert(mode::kAutoRetry == SSL_MODE_AUTO_RETRY);
static_assert(mode::kNoAutoChain == SSL_MODE_NO_AUTO_CHAIN);
static_assert(mode::kReleaseBuffers == SSL_MODE_RELEASE_BUFFERS);
static_assert(mode::kSendClientHelloTime == SSL_MODE_SEND_CLIENTHELLO_TIME);
static_assert(mode::kSendServerHelloTime == SSL_MODE_SEND_SERVERHELLO_TIME);
static_assert(mode::kSendFallbackScsv == SSL_MODE_SEND_FALLBACK_SCSV);
static_assert(mode::kAsync == SSL_MODE_ASYNC);

extern "C" {

uint64_t SSL_CTX_get_options(const SSL_CTX* ctx) { return ctx->config->options; }

uint64_t SSL_get_options(const SSL* s) { return config_of(s).options; }

uint64_t SSL_CTX_set_options(SSL_CTX* ctx, uint64_t op) {
  return guard(ctx->config->options, [&] { return edit(ctx->config).options |= op; });
}

uint64_t SSL_set_options(SSL* s, uint64_t op) {
  return guard(config_of(s).options, [&] { return s->connection.edit_config().options |= op; });
}

uint64_t SSL_CTX_clear_options(SSL_CTX* ctx, uint64_t op) {
  return guard(ctx->config->options, [&] { return edit(ctx->config).options &= ~op; });
}

uint64_t SSL_clear_options(SSL* s, uint64_t op) {
  return guard(config_of(s).options, [&] { return s->connection.edit_config().options &= ~op; });
}

}  // extern "C"
