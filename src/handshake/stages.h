// Where a connection's handshake stands, and what those who watch are told of it.
#pragma once

#include "config/hooks.h"
#include "config/observer.h"
#include "handshake/step.h"
#include "messages/handshake_message.h"

namespace ciao::tls {

// To those who watch, a message after the handshake is a small handshake of its own, as in OpenSSL:
// an exchange.
class Stages {
 public:
  // `hooks` are the connection's.
  explicit Stages(const Hooks& hooks) : hooks_(hooks) {}

  HandshakeStage now() const { return now_; }
  bool in_exchange() const { return in_exchange_; }

  void tell(Progress progress) const { hooks_.observer->handshake(progress); }
  // The application hears of a move while the stage before it is still in force.
  void move_to(HandshakeStage next) {
    tell(Progress::moved);
    now_ = next;
  }
  // The stage of a message that came where it may, of which the application hears with that stage
  // in force. As in OpenSSL it never hears of any other.
  void read(HandshakeStage next, const HandshakeMessage& message) {
    now_ = next;
    hooks_.observer->message(Flow::received, ContentType::handshake, message.raw);
  }
  // ChangeCipherSpec's: OpenSSL tells nobody that one came.
  void read_change_cipher_spec(HandshakeStage next) { now_ = next; }
  void begin_exchange() { in_exchange_ = true; }
  void end_exchange(HandshakeStage stage = HandshakeStage::ok) {
    now_ = stage;
    in_exchange_ = false;
  }

 private:
  const Hooks& hooks_;
  HandshakeStage now_ = HandshakeStage::before;
  bool in_exchange_ = false;
};

}  // namespace ciao::tls
