#include "libssl/ssl_observer.h"

#include <string>

#include "libssl/connection_trace.h"
#include "libssl/context_sessions.h"
#include "libssl/ssl_st.h"
#include "libssl/status_request.h"

namespace ciao::tls {
namespace {

void append_hex(std::string& text, ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
}

int alert_value(AlertLevel level, AlertDescription description) {
  return code(level) << 8 | code(description);
}

}  // namespace

void SslObserver::message(Flow flow, ContentType type, ByteView bytes) {
  report(flow, code(type), bytes);
}

void SslObserver::record(Flow flow, ByteView header) {
  const Callback<MessageCallbackFn> callback = ssl_.settings->message;
  // OpenSSL has no version to tell with a header: it is in there.
  if (callback) {
    callback.invoke(flow == Flow::sent ? 1 : 0, 0, SSL3_RT_HEADER, header.data(), header.size(),
                    &ssl_);
  }
}

void SslObserver::inner_content_type(Flow flow, ContentType type) {
  const Callback<MessageCallbackFn> callback = ssl_.settings->message;
  if (!callback) return;
  const std::uint8_t byte = code(type);
  // For what is sent OpenSSL tells the version in the record's header.
  if (flow == Flow::sent) {
    callback.invoke(1, TLS1_2_VERSION, SSL3_RT_INNER_CONTENT_TYPE, &byte, sizeof byte, &ssl_);
  } else {
    report(flow, SSL3_RT_INNER_CONTENT_TYPE, {&byte, 1});
  }
}

void SslObserver::alert(Flow flow, AlertLevel level, AlertDescription description) {
  info(flow == Flow::sent ? SSL_CB_WRITE_ALERT : SSL_CB_READ_ALERT,
       alert_value(level, description));
}

void SslObserver::handshake(Progress progress) {
  switch (progress) {
    case Progress::started:
      count_handshake_start(ssl_);
      ssl_.certificates.start_over();
      info(SSL_CB_HANDSHAKE_START, 1);
      break;
    case Progress::moved:
      info(is_server(&ssl_) ? SSL_CB_ACCEPT_LOOP : SSL_CB_CONNECT_LOOP, 1);
      break;
    case Progress::done:
      count_handshake_done(ssl_);
      if (tracing()) trace_hello(&ssl_);
      info(SSL_CB_HANDSHAKE_DONE, 1);
      break;
    case Progress::paused: info(SSL_CB_HANDSHAKE_DONE, 1); break;
    case Progress::resumed: info(SSL_CB_HANDSHAKE_START, 1); break;
    case Progress::restarted:
      count_renegotiation(ssl_);
      info(SSL_CB_HANDSHAKE_START, 1);
      break;
    case Progress::asked: info(SSL_CB_HANDSHAKE_START, 1); break;
    case Progress::idle: info(SSL_CB_HANDSHAKE_DONE, 1); break;
    case Progress::left: handshake_exit(info_callback(), 1); break;
  }
}

void SslObserver::handshake_exit(InfoFn callback, int result) {
  if (callback == nullptr) return;
  callback(&ssl_, is_server(&ssl_) ? SSL_CB_ACCEPT_EXIT : SSL_CB_CONNECT_EXIT, result);
}

bool SslObserver::wants_keys() const { return ssl_.ctx->keylog_callback != nullptr; }

void SslObserver::key_log(std::string_view label, ByteView client_random, ByteView secret) {
  std::string line;
  // One allocation, so that the secret is in one place and can be wiped.
  line.reserve(label.size() + 2 + 2 * (client_random.size() + secret.size()));
  line.append(label);
  line.push_back(' ');
  append_hex(line, client_random);
  line.push_back(' ');
  append_hex(line, secret);
  ssl_.ctx->keylog_callback(&ssl_, line.c_str());
  wipe(line.data(), line.size());
}

void SslObserver::extension(ExtensionType type, ByteView content) {
  if (type == ExtensionType::status_request && is_server(&ssl_))
    take_status_request(&ssl_, content);
  if (!ssl_.cold || !ssl_.cold->extension_debug) return;
  // The second argument says whose extension it is: 1 for the server's.
  ssl_.cold->extension_debug.invoke(&ssl_, is_server(&ssl_) ? 0 : 1, static_cast<int>(code(type)),
                                    content.data(), static_cast<int>(content.size()));
}

void SslObserver::info(int type, int value) {
  const InfoFn callback = info_callback();
  if (callback != nullptr) callback(&ssl_, type, value);
}

InfoFn SslObserver::info_callback() const {
  return ssl_.info_callback != nullptr ? ssl_.info_callback : ssl_.ctx->info_callback;
}

void SslObserver::report(Flow flow, int type, ByteView bytes) {
  const Callback<MessageCallbackFn> callback = ssl_.settings->message;
  if (callback) {
    callback.invoke(flow == Flow::sent ? 1 : 0, SSL_version(&ssl_), type, bytes.data(),
                    bytes.size(), &ssl_);
  }
}

}  // namespace ciao::tls
