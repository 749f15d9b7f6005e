// The two closures of a connection (RFC 8446 §6.1): each direction closes by itself.
#pragma once

#include <cstdint>

namespace ciao::tls {

// Knows nothing of buffers or transports: it is told what happened and answers what may be done.
//
// The flags are the integer of SSL_get_shutdown and SSL_set_shutdown: a report that the application
// may overwrite with any value. The sides are what really happened, which no call can undo.
class CloseState {
 public:
  static constexpr int kSentShutdown = 1;
  static constexpr int kReceivedShutdown = 2;

  enum class ReadSide : std::uint8_t {
    open,
    close_notify,  // an authenticated close_notify was processed
    assumed,       // end of file taken for one, because the application said so
    truncated,     // end of file without one
    peer_alert,    // the peer sent a fatal alert
    failed,        // a record of the peer's could not be accepted
  };
  enum class WriteSide : std::uint8_t {
    open,
    queued,   // close_notify is wanted; not a byte of it has left
    partial,  // some bytes of its record have left
    sent,     // all of them
    aborted,  // a fatal alert of ours took its place
  };

  // Who said close_notify first.
  enum class First : std::uint8_t { nobody, us, peer };

  First first() const { return first_; }
  ReadSide read_side() const { return read_; }
  WriteSide write_side() const { return write_; }
  int flags() const { return flags_; }
  int quiet() const { return quiet_; }
  bool sent_flag() const { return (flags_ & kSentShutdown) != 0; }
  bool received_flag() const { return (flags_ & kReceivedShutdown) != 0; }

  // --- what the application does ---
  void set_flags(int flags) { flags_ = flags; }
  void set_quiet(int quiet) { quiet_ = quiet; }
  // SSL_shutdown in quiet mode: both closures are declared, nothing is sent.
  void declare_closed() { flags_ = kSentShutdown | kReceivedShutdown; }
  // A new handshake begins on this object.
  void handshake_started() { flags_ = 0; }
  void reset() {
    flags_ = 0;
    read_ = ReadSide::open;
    write_ = WriteSide::open;
    first_ = First::nobody;
  }

  // --- what happens to our close_notify ---
  void want_close_notify() {
    flags_ |= kSentShutdown;
    if (write_ == WriteSide::open) write_ = WriteSide::queued;
  }
  void close_notify_begun() {
    if (write_ == WriteSide::queued) write_ = WriteSide::partial;
    if (first_ == First::nobody) first_ = First::us;
  }
  void close_notify_sent() {
    write_ = WriteSide::sent;
    if (first_ == First::nobody) first_ = First::us;
  }
  // The application took back (SSL_set_shutdown) a close_notify of which nothing has left.
  bool withdraw_close_notify() {
    if (write_ != WriteSide::queued || sent_flag()) return false;
    write_ = WriteSide::open;
    return true;
  }
  void aborted() {
    if (write_ == WriteSide::open || write_ == WriteSide::queued) write_ = WriteSide::aborted;
  }

  // --- what the peer does ---
  void close_notify_received() {
    flags_ |= kReceivedShutdown;
    read_ = ReadSide::close_notify;
    if (first_ == First::nobody) first_ = First::peer;
  }
  void end_of_file_assumed_closed() {
    flags_ |= kReceivedShutdown;
    read_ = ReadSide::assumed;
  }
  void truncated() { read_ = ReadSide::truncated; }
  void peer_alert_received() {
    flags_ |= kReceivedShutdown;
    read_ = ReadSide::peer_alert;
  }
  void failed() {
    if (read_ == ReadSide::open) read_ = ReadSide::failed;
  }

  // --- what may be done ---
  // RFC 8446 §6.1: "Each party MUST send a "close_notify" alert before closing its write side":
  // after it, or after the application declared the side closed, no record may follow.
  bool may_write() const { return !sent_flag() && !close_notify_begun_or_sent(); }
  // Post-handshake messages and alerts obey the same rule.
  bool may_send_control() const { return may_write() && write_ == WriteSide::open; }
  bool may_read() const { return !received_flag(); }
  bool close_notify_begun_or_sent() const {
    return write_ == WriteSide::partial || write_ == WriteSide::sent;
  }
  // A close_notify is wanted and not yet wholly with the transport.
  bool close_notify_pending() const {
    return write_ == WriteSide::queued || write_ == WriteSide::partial;
  }
  bool both_flags() const { return flags_ == (kSentShutdown | kReceivedShutdown); }

 private:
  int flags_ = 0;
  int quiet_ = 0;
  ReadSide read_ = ReadSide::open;
  WriteSide write_ = WriteSide::open;
  First first_ = First::nobody;
};

}  // namespace ciao::tls
