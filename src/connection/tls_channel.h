// The channel over TLS records: both record halves, the messages inside them, and the alerts
// between them.
#pragma once

#include "config/config.h"
#include "config/hooks.h"
#include "connection/close_state.h"
#include "connection/message_reader.h"
#include "handshake/channel.h"
#include "messages/alert.h"
#include "record/record_reader.h"
#include "record/record_writer.h"

namespace ciao::tls {

// What a record turned out to be.
enum class Arrival : std::uint8_t {
  input_wanted,
  handshake,           // appended to messages()
  data,                // application data: data() has it
  change_cipher_spec,  // TLS 1.2
  close_notify,
  warning,  // an alert that changes nothing
};

class TlsChannel final : public Channel {
 public:
  TlsChannel(const Algorithms& algorithms, const ConfigRef& config, const Hooks& hooks,
             CloseState& close)
      : algorithms_(algorithms), config_(config), hooks_(hooks), close_(close) {}

  // --- for the handshake ---
  Result<Incoming> next_message(HandshakeMessage& message) override;
  Result<void> send(ByteView message) override;
  Result<void> send_change_cipher_spec() override;
  void owe_change_cipher_spec() override { ccs_owed_ = true; }
  bool flight_left() const override { return flight_.empty() && writer_.output().empty(); }
  Result<void> check_record_boundary() const override;
  Result<void> install_read(Level level, const Suite& suite, ByteView traffic_secret) override;
  Result<void> install_write(Level level, const Suite& suite, ByteView traffic_secret) override;
  Result<void> remove_write_protection() override;
  Result<void> begin_tls12() override;
  Result<Incoming> next_change_cipher_spec() override;
  void await_change_cipher_spec(bool awaited) override { ccs_awaited_ = awaited; }
  Result<void> install_read(const Suite& suite, const RecordKeys12& keys) override;
  Result<void> install_write(const Suite& suite, const RecordKeys12& keys) override;
  void ignore_hello_requests(bool ignored) override { ignores_hello_requests_ = ignored; }
  Result<void> send_warning(AlertDescription description) override;
  void allow_change_cipher_spec(bool allowed) override { reader_.set_ccs_allowed(allowed); }
  void allow_plain_alerts(bool allowed) override { reader_.set_plain_alerts_allowed(allowed); }
  void limit_fragments(std::size_t size) override;
  void limit_sent_fragments(std::size_t size) override;
  void skip_early_data() override;

  // --- for the connection ---
  // Opens one record. After `data` the content stays in data() until release_data().
  Result<Arrival> receive();
  MutableBytes data() const { return data_; }
  void release_data();
  // The next post-handshake message that is complete; false when there is none.
  Result<bool> post_handshake_message(HandshakeMessage& message);
  // Seals the messages queued by send(); call when a flight is complete.
  Result<void> flush_flight();
  // Seals one record of application data.
  Result<void> write_data(ByteView data);
  // Bytes of plaintext in a record of ours.
  std::size_t max_fragment() const;
  // Seals or queues an alert.
  Result<void> write_alert(AlertLevel level, AlertDescription description);
  // Application data may come before the peer has answered our ClientHello: next_message() then
  // stops, and the content is in data().
  void allow_data(bool on) { data_allowed_ = on; }
  // Drops messages of ours that were not sealed yet.
  void drop_flight() { flight_.release(); }

  RecordReader& reader() { return reader_; }
  const RecordReader& reader() const { return reader_; }
  RecordWriter& writer() { return writer_; }
  const RecordWriter& writer() const { return writer_; }
  const MessageReader& messages() const { return messages_; }
  // The fatal alert that receive() failed with.
  AlertDescription peer_alert() const { return peer_alert_; }
  // The version of the record that was received last, unless it was one of handshake messages.
  ProtocolVersion version_of_stray_record() const;

 private:
  Result<bool> skips(const HandshakeMessage& message);
  Error data_in_handshake() const;
  Result<void> check_interleaving(ContentType type) const;
  Error out_of_place(Error error) const;
  Result<Arrival> receive_alert(ByteView content);
  Result<Arrival> receive_warning(AlertDescription description);
  Result<void> seal(ContentType type, ByteView content);
  std::size_t padding_for(ContentType type, std::size_t size) const;

  const Algorithms& algorithms_;
  const ConfigRef& config_;
  const Hooks& hooks_;
  CloseState& close_;
  RecordReader reader_;
  RecordWriter writer_;
  MessageReader messages_;
  Buffer flight_;  // messages of ours that share the next records
  MutableBytes data_;
  AlertDescription peer_alert_{};
  std::uint16_t fragment_limit_ = limits::kMaxPlaintext;
  std::uint8_t warnings_ = 0;  // in a row
  std::uint8_t hello_requests_ = 0;
  bool ignores_hello_requests_ = false;
  bool tls12_ = false;
  bool ccs_owed_ = false;
  bool ccs_awaited_ = false;
  bool data_allowed_ = false;
};

}  // namespace ciao::tls
