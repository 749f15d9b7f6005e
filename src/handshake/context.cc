#include "handshake/context.h"

namespace ciao::tls {

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

Result<std::optional<Step>> next_message(HandshakeContext& context, HandshakeMessage& message) {
  const Incoming incoming = TRY(context.channel.next_message(message));
  if (incoming == Incoming::change_cipher_spec) return unexpected_message();
  return stop_for(incoming);
}

}  // namespace ciao::tls
