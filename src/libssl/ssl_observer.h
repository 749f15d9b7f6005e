// Message, info and key log callbacks.
#pragma once

#include <openssl/ssl.h>

#include "config/observer.h"
#include "libssl/ssl_ctx_st.h"

namespace ciao::tls {

class SslObserver final : public Observer {
 public:
  explicit SslObserver(SSL& ssl) : ssl_(ssl) {}

  void message(Flow flow, ContentType type, ByteView bytes) override;
  void record(Flow flow, ByteView header) override;
  void inner_content_type(Flow flow, ContentType type) override;
  void alert(Flow flow, AlertLevel level, AlertDescription description) override;
  void handshake(Progress progress) override;
  bool wants_keys() const override;
  void key_log(std::string_view label, ByteView client_random, ByteView secret) override;
  void extension(ExtensionType type, ByteView content) override;

  // The connection's info callback, or else its context's.
  InfoFn info_callback() const;
  // For the functions that drive a handshake: SSL_CB_CONNECT_EXIT and SSL_CB_ACCEPT_EXIT. As in
  // OpenSSL they go to the callback that was there when the call began.
  void handshake_exit(InfoFn callback, int result);

 private:
  void info(int type, int value);
  void report(Flow flow, int type, ByteView bytes);

  SSL& ssl_;
};

}  // namespace ciao::tls
