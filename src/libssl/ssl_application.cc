#include "libssl/ssl_application.h"

#include <algorithm>

#include "libssl/context_sessions.h"
#include "libssl/ephemeral_dh.h"
#include "libssl/owner.h"
#include "libssl/suite_config.h"

namespace ciao::tls {
namespace {

constexpr AlertDescription alert_from(int value) { return static_cast<AlertDescription>(value); }

}  // namespace

Result<Answer> SslApplication::client_hello(const ClientHello& hello) {
  const Callback<SSL_client_hello_cb_fn> callback = ssl_.ctx->client_hello;
  if (!callback) return Answer::ready;
  int alert = SSL_AD_INTERNAL_ERROR;
  hello_ = &hello;
  const int result = callback.invoke(&ssl_, &alert);
  hello_ = nullptr;
  if (result == SSL_CLIENT_HELLO_SUCCESS) {
    TRY(apply_security_policy(&ssl_));
    return Answer::ready;
  }
  if (result == SSL_CLIENT_HELLO_RETRY) {
    ssl_.rwstate = SSL_CLIENT_HELLO_CB;
    return Answer::pending;
  }
  return Error{Reason::callback_failed, alert_from(alert)};
}

Result<Bytes> SslApplication::make_cookie() {
  const StatelessGenerateFn generate = ssl_.ctx->stateless_cookie_generate;
  if (generate == nullptr) {
    return Error{Reason::no_cookie_callback_set, AlertDescription::internal_error};
  }
  Bytes cookie(SSL_COOKIE_LENGTH);
  std::size_t size = 0;
  if (generate(&ssl_, cookie.data(), &size) == 0) {
    return Error{Reason::cookie_gen_callback_failure, AlertDescription::internal_error};
  }
  if (size == 0 || size > cookie.size()) {
    return Error{Reason::internal_error, AlertDescription::internal_error};
  }
  cookie.resize(size);
  return cookie;
}

bool SslApplication::checks_cookies() { return ssl_.ctx->stateless_cookie_verify != nullptr; }

bool SslApplication::check_cookie(ByteView cookie) {
  return ssl_.ctx->stateless_cookie_verify(&ssl_, cookie.data(), cookie.size()) != 0;
}

Result<NameAnswer> SslApplication::server_name(std::string_view name) {
  // None in a renegotiation is no name, either.
  if (is_server(&ssl_) && (ssl_.cold || !name.empty())) ssl_.cold_state().peer_host = name;
  const SSL_CTX* from = ssl_.ctx;
  const Result<NameAnswer> answer = server_name_answered();
  // Also where it refuses the name.
  move_handshake_start(ssl_, from);
  if (!answer) return answer;
  if (ssl_.ctx->servername || ssl_.session_ctx->servername) TRY(apply_security_policy(&ssl_));
  return answer;
}

Result<NameAnswer> SslApplication::server_name_answered() {
  // The context may have been switched since the connection was made: the new one's callback goes
  // first.
  const Callback<ServernameFn> callback =
      ssl_.ctx->servername ? ssl_.ctx->servername : ssl_.session_ctx->servername;
  if (!callback) return NameAnswer::ignored;
  int alert = SSL_AD_UNRECOGNIZED_NAME;
  switch (callback.invoke(&ssl_, &alert)) {
    case SSL_TLSEXT_ERR_ALERT_FATAL: return Error{Reason::callback_failed, alert_from(alert)};
    case SSL_TLSEXT_ERR_ALERT_WARNING: return NameAnswer::warning;
    case SSL_TLSEXT_ERR_NOACK: return NameAnswer::ignored;
    default: return NameAnswer::accepted;
  }
}

Result<Bytes> SslApplication::select_alpn(ByteView offered) {
  const Callback<SSL_CTX_alpn_select_cb_func> callback = ssl_.ctx->alpn_select;
  if (!callback) return Bytes();
  const unsigned char* selected = nullptr;
  unsigned char size = 0;
  const int result = callback.invoke(&ssl_, &selected, &size, offered.data(),
                                     static_cast<unsigned int>(offered.size()));
  if (result == SSL_TLSEXT_ERR_OK) {
    // RFC 7301 §3.1: a ProtocolName has 1 to 255 bytes. To say "none" there is
    // SSL_TLSEXT_ERR_NOACK.
    if (size == 0) return Error{Reason::internal_error, AlertDescription::internal_error};
    return Bytes(selected, selected + size);
  }
  if (result == SSL_TLSEXT_ERR_NOACK) return Bytes();
  return Error{Reason::no_application_protocol, AlertDescription::no_application_protocol};
}

bool SslApplication::speaks_next_protocol() { return static_cast<bool>(ssl_.ctx->npn_select); }

std::optional<Bytes> SslApplication::advertised_protocols() {
  const Callback<SSL_CTX_npn_advertised_cb_func> callback = ssl_.ctx->npn_advertised;
  const unsigned char* protocols = nullptr;
  unsigned int size = 0;
  if (!callback || callback.invoke(&ssl_, &protocols, &size) != SSL_TLSEXT_ERR_OK) return {};
  return Bytes(protocols, protocols + size);
}

Result<Bytes> SslApplication::select_next_protocol(ByteView advertised) {
  const Callback<SSL_CTX_npn_select_cb_func> callback = ssl_.ctx->npn_select;
  unsigned char* selected = nullptr;
  unsigned char size = 0;
  if (!callback ||
      callback.invoke(&ssl_, &selected, &size, advertised.data(),
                      static_cast<unsigned int>(advertised.size())) != SSL_TLSEXT_ERR_OK ||
      size == 0) {
    return Error{Reason::bad_extension, AlertDescription::handshake_failure};
  }
  return Bytes(selected, selected + size);
}

Result<Bytes> SslApplication::ocsp_response() {
  if (!ssl_.ctx->status) return Bytes();
  const int result = ssl_.ctx->status.invoke(&ssl_);
  if (result == SSL_TLSEXT_ERR_NOACK) return Bytes();
  if (result != SSL_TLSEXT_ERR_OK) {
    return Error{Reason::clienthello_tlsext, AlertDescription::internal_error};
  }
  if (!ssl_.cold || !ssl_.cold->ocsp_response) return Bytes();
  const unsigned char* response = ssl_.cold->ocsp_response.get();
  return Bytes(response, response + ssl_.cold->ocsp_response_size);
}

Result<Answer> SslApplication::check_ocsp_response(ByteView) {
  // The callback reads the response through SSL_get_tlsext_status_ocsp_resp.
  if (!ssl_.ctx->status) return Answer::ready;
  const int result = ssl_.ctx->status.invoke(&ssl_);
  if (result == 0) {
    return Error{Reason::invalid_status_response,
                 AlertDescription::bad_certificate_status_response};
  }
  if (result < 0) return Error{Reason::ocsp_callback_failure, AlertDescription::internal_error};
  return Answer::ready;
}

bool SslApplication::has_dh_group(const DhQuestion& question) {
  return has_ephemeral_dh(&ssl_, question);
}

Result<DhGroup> SslApplication::dh_group(const DhQuestion& question) {
  return ephemeral_dh(&ssl_, question);
}

Result<void> SslApplication::check_dh_group(const DhGroup& group) {
  return check_ephemeral_dh(&ssl_, group);
}

bool SslApplication::has_psk() {
  return is_server(&ssl_) ? ssl_.settings->psk_server != nullptr
                          : ssl_.settings->psk_client != nullptr;
}

Result<PreSharedKey> SslApplication::client_psk(const char* hint) {
  const SSL_psk_client_cb_func callback = ssl_.settings->psk_client;
  if (callback == nullptr) return Error{Reason::psk_no_client_cb, AlertDescription::internal_error};
  PreSharedKey psk{std::string(PSK_MAX_IDENTITY_LEN + 1, '\0'), SecretBytes(PSK_MAX_PSK_LEN)};
  const unsigned int size = callback(&ssl_, hint, psk.identity.data(), PSK_MAX_IDENTITY_LEN,
                                     psk.key.bytes().data(), PSK_MAX_PSK_LEN);
  if (size > PSK_MAX_PSK_LEN) {
    return Error{Reason::internal_error, AlertDescription::handshake_failure};
  }
  psk.key.shrink(size);
  psk.identity.resize(psk.identity.find('\0'));
  return psk;
}

Result<SecretBytes> SslApplication::server_psk(const std::string& identity) {
  const SSL_psk_server_cb_func callback = ssl_.settings->psk_server;
  if (callback == nullptr) return Error{Reason::psk_no_server_cb, AlertDescription::internal_error};
  SecretBytes key(PSK_MAX_PSK_LEN);
  const unsigned int size = callback(&ssl_, identity.c_str(), key.bytes().data(), PSK_MAX_PSK_LEN);
  if (size > PSK_MAX_PSK_LEN) {
    return Error{Reason::internal_error, AlertDescription::internal_error};
  }
  key.shrink(size);
  return key;
}

std::string SslApplication::psk_identity_hint() { return ssl_.identity->psk_identity_hint; }

std::vector<CustomExtension> SslApplication::custom_extensions() {
  std::vector<CustomExtension> extensions;
  for (const RegisteredExtension& registered : ssl_.identity->custom_extensions) {
    extensions.push_back(registered.extension);
  }
  return extensions;
}

Result<std::optional<Bytes>> SslApplication::write_extension(const CustomExtension& extension,
                                                             In message, CertificatePlace place) {
  return write_registered_extension(&ssl_, extension, message, place);
}

Result<void> SslApplication::read_extension(const CustomExtension& extension, In message,
                                            ByteView content, CertificatePlace place) {
  return read_registered_extension(&ssl_, extension, message, content, place);
}

Result<bool> SslApplication::allow_early_data() {
  const Callback<SSL_allow_early_data_cb_fn> callback = ssl_.settings->allow_early_data;
  return !callback || callback.invoke(&ssl_) != 0;
}

std::size_t SslApplication::record_padding(ContentType type, std::size_t size) {
  // As in OpenSSL the content type behind the plaintext counts, and a padded record is no longer
  // than a full one.
  const std::size_t length = size + 1;
  const std::size_t full = ssl_.connection.max_fragment();
  if (length >= full) return 0;
  const Callback<RecordPaddingFn> callback = ssl_.settings->record_padding;
  const std::size_t block = type == ContentType::application_data
                                ? ssl_.settings->block_padding
                                : ssl_.settings->handshake_block_padding;
  std::size_t padding = 0;
  if (callback) {
    padding = callback.invoke(&ssl_, code(type), length);
  } else if (block != 0 && length % block != 0) {
    padding = block - length % block;
  }
  return std::min(padding, full - length);
}

}  // namespace ciao::tls
