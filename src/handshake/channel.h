// What a handshake machine sees of the connection: messages in and out, and the keys they travel
// under.
#pragma once

#include "crypto/suites.h"
#include "messages/handshake_message.h"
#include "record/protector.h"

namespace ciao::tls {

// RFC 8446 §7: whose secrets protect the records.
enum class Level : std::uint8_t { initial, early, handshake, application };

enum class Incoming : std::uint8_t {
  message,
  input_wanted,
  closed,
  data,                // application data, where allow_data() lets it come
  change_cipher_spec,  // TLS 1.2: where await_change_cipher_spec() lets it come
};

class Channel {
 public:
  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  virtual ~Channel() = default;

  // The next handshake message; the previous one is forgotten and its views end.
  virtual Result<Incoming> next_message(HandshakeMessage& message) = 0;
  // Queues a complete message at the current write level.
  virtual Result<void> send(ByteView message) = 0;
  // All that was queued has been handed to the transport.
  virtual bool flight_left() const = 0;
  // RFC 8446 §D.4: the record that makes a handshake look like a resumed TLS 1.2 one.
  virtual Result<void> send_change_cipher_spec() = 0;
  // The same, due before our first protected record: an alert that comes first takes it along.
  virtual void owe_change_cipher_spec() = 0;
  // Refuses when more than the messages taken so far is here: the peer has to wait for an answer.
  virtual Result<void> check_record_boundary() const = 0;
  // Keys for what arrives from here on. Refuses while bytes of the old level are undelivered (RFC
  // 8446 §5.1: "Handshake messages MUST NOT span key changes").
  virtual Result<void> install_read(Level level, const Suite& suite, ByteView traffic_secret) = 0;
  // Keys for what is sent from here on; what was queued before goes out under the old ones.
  virtual Result<void> install_write(Level level, const Suite& suite, ByteView traffic_secret) = 0;

  // The keys of early data go: a HelloRetryRequest is answered without protection.
  virtual Result<void> remove_write_protection() = 0;

  // --- TLS 1.2 ---
  // The version is decided: change_cipher_spec is a message from here on, and the level of an alert
  // counts.
  virtual Result<void> begin_tls12() = 0;
  // Waits for the peer's ChangeCipherSpec; anything else in its place is unexpected_message.
  virtual Result<Incoming> next_change_cipher_spec() = 0;
  // It may come in place of the next message.
  virtual void await_change_cipher_spec(bool awaited) = 0;
  virtual Result<void> install_read(const Suite& suite, const RecordKeys12& keys) = 0;
  virtual Result<void> install_write(const Suite& suite, const RecordKeys12& keys) = 0;
  // Client: a HelloRequest is skipped, as it asks for what is under way.
  virtual void ignore_hello_requests(bool ignored) = 0;
  // A warning that changes nothing (unrecognized_name, no_renegotiation).
  virtual Result<void> send_warning(AlertDescription description) = 0;

  // --- rules for what may arrive ---
  // The first ClientHello is over: change_cipher_spec may appear from now until the peer's
  // Finished.
  virtual void allow_change_cipher_spec(bool allowed) = 0;
  // A client may fail before it has keys, and says so without protection.
  virtual void allow_plain_alerts(bool allowed) = 0;
  // RFC 6066 §4: the most plaintext that a record of either side may have.
  virtual void limit_fragments(std::size_t size) = 0;
  // The same for our side alone: early data goes by what a session's server agreed to then.
  virtual void limit_sent_fragments(std::size_t size) = 0;
  // Refused early data is dropped unread.
  virtual void skip_early_data() = 0;
};

}  // namespace ciao::tls
