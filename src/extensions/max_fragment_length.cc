#include "extensions/max_fragment_length.h"

#include "extensions/registry.h"

namespace ciao::tls {
namespace {

// RFC 6066 §4: "If a server receives a maximum fragment length negotiation request for a value
// other than the allowed values, it MUST abort the handshake with an "illegal_parameter" alert."
constexpr Error kWrongValue{Reason::ssl3_ext_invalid_max_fragment_length,
                            AlertDescription::illegal_parameter};

}  // namespace

Result<bool> write_max_fragment_length(Exchange& exchange, In message, Writer& body) {
  std::uint8_t value = exchange.config->max_fragment_length;
  if (message != In::client_hello) {
    // RFC 8446 §4.2: nobody is answered who did not ask, though a resumed session's length holds.
    value = exchange.offered.max_fragment_length != 0 ? exchange.negotiated.max_fragment_length : 0;
  }
  if (!is_max_fragment_length(value)) return false;
  body.u8(value);
  return true;
}

Result<void> parse_max_fragment_length(Exchange& exchange, In message, Reader body) {
  const std::uint8_t value = TRY(body.u8());
  TRY(body.finish());
  if (!is_max_fragment_length(value)) return kWrongValue;
  if (message == In::client_hello) {
    exchange.offered.max_fragment_length = value;
    return {};
  }
  // RFC 6066 §4: "if a client receives a maximum fragment length negotiation response that differs
  // from the length it requested, it MUST also abort the handshake with an "illegal_parameter"
  // alert."
  if (value != exchange.config->max_fragment_length) return kWrongValue;
  exchange.negotiated.max_fragment_length = value;
  return {};
}

void settle_max_fragment_length(Exchange& exchange, const Session* resumed) {
  // "The negotiated length applies for the duration of the session including session resumptions":
  // a client that asks for another one sees the old one in the answer.
  std::uint8_t value = exchange.offered.max_fragment_length;
  if (resumed != nullptr) value = resumed->max_fragment_length;
  exchange.negotiated.max_fragment_length = is_max_fragment_length(value) ? value : 0;
}

}  // namespace ciao::tls
