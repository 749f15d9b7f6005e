#include "handshake/context.h"

#include "config/observer.h"

namespace ciao::tls {
namespace {

// OpenSSL tells of the end of a flight, too, as of a change of the stage.
void turn_to_reading(HandshakeContext& context) {
  if (std::exchange(context.writing, false)) context.hooks.observer->handshake(Progress::moved);
}

void tell_of_message(HandshakeContext& context) {
  turn_to_reading(context);
  context.hooks.observer->handshake(Progress::moved);
}

}  // namespace

std::optional<Step> stop_for(Incoming incoming) {
  switch (incoming) {
    case Incoming::input_wanted: return Step::stop(Wait::input);
    case Incoming::closed: return Step::stop(Wait::closed);
    case Incoming::data: return Step::stop(Wait::data);
    case Incoming::message:
    case Incoming::change_cipher_spec: break;
  }
  return std::nullopt;
}

void HandshakeContext::writes(HandshakeStage next) {
  if (stages.now() == next) return;  // tried again
  stages.move_to(next);
  writing = true;
}

Result<SecretBytes> shared_secret(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  if (exchange.psk_alone) return SecretBytes();
  if (exchange.key_shares.empty()) return internal_error();
  context.negotiated.own_key_share = to_bytes(exchange.key_shares.front().public_value());
  return exchange.key_shares.front().derive(context.algorithms, exchange.peer_key_exchange);
}

Result<Incoming> receive(HandshakeContext& context, HandshakeMessage& message) {
  if (context.channel.flight_left()) turn_to_reading(context);
  const Incoming incoming = TRY(context.channel.next_message(message));
  if (!stop_for(incoming)) tell_of_message(context);
  return incoming;
}

Result<std::optional<Step>> next_message(HandshakeContext& context, HandshakeMessage& message) {
  const Incoming incoming = TRY(receive(context, message));
  if (incoming == Incoming::change_cipher_spec) return unexpected_message();
  return stop_for(incoming);
}

Result<std::optional<Step>> next_change_cipher_spec(HandshakeContext& context) {
  if (context.channel.flight_left()) turn_to_reading(context);
  const std::optional<Step> stop = stop_for(TRY(context.channel.next_change_cipher_spec()));
  if (!stop) tell_of_message(context);
  return stop;
}

}  // namespace ciao::tls
