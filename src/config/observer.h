// Those who watch a connection: message and info callbacks, key log, trace.
#pragma once

#include <string_view>

#include "config/hooks.h"
#include "wire/codepoints.h"

namespace ciao::tls {

enum class Flow : std::uint8_t { received, sent };

// What the peers did to the handshake.
enum class Progress : std::uint8_t {
  started,
  moved,
  done,
  paused,  // for early data: it goes on with `resumed`
  resumed,
  restarted,  // a renegotiation, or at a server a request for one
  asked,      // client: to renegotiate, which it will not
  idle,       // there is no handshake after all: refused, or merely asked for
  left,       // the peer's message that came after the handshake is dealt with
};

class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  // A whole handshake message or alert, or a ChangeCipherSpec of ours; `bytes` is its content
  // without the record header.
  virtual void message(Flow flow, ContentType type, ByteView bytes) = 0;
  // A record header as on the wire, and the inner content type of a protected TLS 1.3 record.
  virtual void record(Flow flow, ByteView header) = 0;
  virtual void inner_content_type(Flow flow, ContentType type) = 0;
  virtual void alert(Flow flow, AlertLevel level, AlertDescription description) = 0;
  virtual void handshake(Progress progress) = 0;
  // NSS key log format: label and secret; asked only when wants_keys().
  virtual bool wants_keys() const = 0;
  virtual void key_log(std::string_view label, ByteView client_random, ByteView secret) = 0;
  // Each extension block of the peer's, for debugging.
  virtual void extension(ExtensionType type, ByteView content) = 0;
};

}  // namespace ciao::tls
