// KeyUpdate (RFC 8446 §4.6.3).
#pragma once

#include "messages/handshake_message.h"

namespace ciao::tls {

//  struct {
//      KeyUpdateRequest request_update;
//  } KeyUpdate;
struct KeyUpdate {
  KeyUpdateRequest request_update{};

  static Result<KeyUpdate> parse(ByteView body) {
    Reader reader(body, Reason::bad_key_update);
    const std::uint8_t value = TRY(reader.u8());
    TRY(reader.finish());
    // RFC 8446 §4.6.3: "If an implementation receives any other value, it MUST terminate the
    // connection with an "illegal_parameter" alert."
    if (value > 1) return Error{Reason::bad_key_update, AlertDescription::illegal_parameter};
    return KeyUpdate{static_cast<KeyUpdateRequest>(value)};
  }
};

}  // namespace ciao::tls
