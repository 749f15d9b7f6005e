// Pre-shared keys of TLS 1.3, as the application's callbacks give them:
// SSL_CTX_set_psk_use_session_callback(3), SSL_CTX_set_psk_find_session_callback(3), and the two of
// TLS 1.2.
#include <ctime>

#include "libssl/ssl_session_st.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

// RFC 8446 §4.2.11: a key without a hash of its own goes with SHA-256. The suite stands for it.
constexpr std::uint16_t kSuiteOfPlainKeys = 0x1301;  // TLS_AES_128_GCM_SHA256

Ref<Session> session_of(SecretBytes key) {
  const Ref<SSL_SESSION> session = make_session_handle();
  session->version = ProtocolVersion::tls1_3;
  session->suite = kSuiteOfPlainKeys;
  session->secret = std::move(key);
  return session;
}

}  // namespace

Result<ExternalPsk> SslApplication::offer_psk(std::optional<HashId> hash) {
  ExternalPsk psk;
  if (const SSL_psk_use_session_cb_func use = ssl_.settings->psk_use_session; use != nullptr) {
    const EVP_MD* digest = hash ? ssl_.ctx->algorithms->digest(*hash) : nullptr;
    const unsigned char* identity = nullptr;
    std::size_t size = 0;
    SSL_SESSION* session = nullptr;
    const int answer = use(&ssl_, digest, &identity, &size, &session);
    psk.session = Ref<SSL_SESSION>::adopt(session);
    if (answer == 0) return Error{Reason::bad_psk, AlertDescription::internal_error};
    if (session != nullptr && identity != nullptr) psk.identity = to_bytes({identity, size});
  }
  if (psk.session || ssl_.settings->psk_client == nullptr) return psk;
  PreSharedKey plain = TRY(client_psk(nullptr));
  // TLS 1.2 knows an identity of no bytes, TLS 1.3 does not.
  if (plain.key.empty() || plain.identity.empty()) return psk;
  psk.identity = to_bytes(as_bytes(plain.identity));
  psk.session = session_of(std::move(plain.key));
  return psk;
}

Result<Ref<Session>> SslApplication::find_psk(ByteView identity) {
  Ref<Session> session;
  if (const SSL_psk_find_session_cb_func find = ssl_.settings->psk_find_session; find != nullptr) {
    SSL_SESSION* found = nullptr;
    const int answer = find(&ssl_, identity.data(), identity.size(), &found);
    session = Ref<SSL_SESSION>::adopt(found);
    if (answer == 0) return Error{Reason::bad_extension, AlertDescription::internal_error};
  }
  const bool asks_plain =
      ssl_.settings->psk_server != nullptr && identity.size() <= PSK_MAX_IDENTITY_LEN;
  if (!session && asks_plain) {
    SecretBytes key = TRY(server_psk(std::string(as_text(identity))));
    if (!key.empty()) session = session_of(std::move(key));
  }
  if (session && session->expired(time(nullptr))) {
    ssl_.session_ctx->statistics.timeouts.fetch_add(1, std::memory_order_relaxed);
  }
  return session;
}

}  // namespace ciao::tls
