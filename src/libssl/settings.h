// What SSL_new copies from a context to a connection and only the C interface reads. What the
// engine reads is in config/config.h; what goes with the certificates is in libssl/identity.h.
#pragma once

#include <openssl/ssl.h>

#include <algorithm>
#include <vector>

#include "base/ref.h"
#include "libssl/callback.h"
#include "libssl/cipher_list.h"
#include "session/session.h"

namespace ciao::tls {

using MessageCallbackFn = void (*)(int write_p, int version, int content_type, const void* bytes,
                                   std::size_t size, SSL* ssl, void* arg);
using RecordPaddingFn = std::size_t (*)(SSL* ssl, int type, std::size_t size, void* arg);
using NotResumableFn = int (*)(SSL* ssl, int is_forward_secure);

// SSL_get_tlsext_status_type: no staple was asked for.
constexpr int kNoStatusType = -1;

// Immutable while shared: changed through edit() of base/copy_on_write.h only.
struct Settings : RefCounted<Settings> {
  // The bounds that the application gave, to be read back as given. Config holds what they come to
  // together with the method's own version.
  int min_version = 0;
  int max_version = 0;

  int verify_mode = SSL_VERIFY_NONE;
  SSL_verify_cb verify_callback = nullptr;
  Callback<pem_password_cb*> password;

  // As configured, available or not; the cipher list begins with those that are.
  std::vector<const SSL_CIPHER*> ciphersuites13;
  // As configured, among them those that only TLS 1.2 can use; empty: the defaults.
  std::vector<std::uint16_t> groups;

  ShortBytes<kMaxSessionContextSize> session_id_context;
  GEN_SESSION_CB generate_session_id = nullptr;
  NotResumableFn not_resumable = nullptr;
  Callback<SSL_allow_early_data_cb_fn> allow_early_data;

  SSL_psk_client_cb_func psk_client = nullptr;
  SSL_psk_server_cb_func psk_server = nullptr;
  SSL_psk_use_session_cb_func psk_use_session = nullptr;
  SSL_psk_find_session_cb_func psk_find_session = nullptr;

  // EAP-FAST; SSL_set_session_ticket_ext_cb, SSL_set_session_secret_cb.
  Callback<tls_session_ticket_ext_cb_fn> session_ticket_ext;
  Callback<tls_session_secret_cb_fn> session_secret;

  Callback<MessageCallbackFn> message;
  Callback<RecordPaddingFn> record_padding;
  // SSL_CTX_set_block_padding, of application data and of the rest; 0: none
  std::size_t block_padding = 0;
  std::size_t handshake_block_padding = 0;
  Callback<ssl_ct_validation_cb> ct_validation;
  Callback<SSL_async_callback_fn> async_callback;

  int status_type = kNoStatusType;
  std::size_t split_send_fragment = SSL3_RT_MAX_PLAIN_LENGTH;
  std::size_t max_pipelines = 0;
  std::size_t read_buffer_length = 0;
  bool read_ahead = false;
  int quiet_shutdown = 0;  // as given: any value but 0 means on
};

// What RecordReader::set_read_ahead() is to be given. SSL_CTX_set_split_send_fragment(3): "the
// default size of the internal read buffer is multiplied by the number of pipelines", and the
// length of SSL_CTX_set_default_read_buffer_len counts "if it is greater".
inline std::size_t read_ahead_size(const Settings& settings) {
  if (!settings.read_ahead) return 0;
  constexpr std::size_t kRecord =
      SSL3_RT_HEADER_LENGTH + SSL3_RT_MAX_PLAIN_LENGTH + SSL3_RT_MAX_ENCRYPTED_OVERHEAD;
  return std::max(settings.read_buffer_length,
                  kRecord * std::max<std::size_t>(settings.max_pipelines, 1));
}

}  // namespace ciao::tls
