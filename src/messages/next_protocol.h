// NextProtocol of TLS 1.2 (draft-agl-tls-nextprotoneg-04 §3).
#pragma once

#include "messages/handshake_message.h"

namespace ciao::tls {

//  struct {
//      opaque selected_protocol<0..255>;
//      opaque padding<0..255>;
//  } NextProtocol;
struct NextProtocol {
  static constexpr std::size_t kMaxSize = 2 * (1 + 255);

  ByteView selected_protocol;

  static Result<NextProtocol> parse(ByteView body) {
    Reader reader(body, Reason::length_mismatch);
    NextProtocol message;
    message.selected_protocol = TRY(reader.vector8());
    TRY(reader.vector8());
    TRY(reader.finish());
    return message;
  }

  // The padding hides from the record's length which protocol it is.
  static void write(Writer& body, ByteView selected_protocol) {
    body.vector8(selected_protocol);
    const Writer::Scope padding = body.scope8();
    body.zeros(32 - (selected_protocol.size() + 2) % 32);
  }
};

}  // namespace ciao::tls
