// NewSessionTicket of TLS 1.2 (RFC 5077 §3.3).
#pragma once

#include "messages/handshake_message.h"

namespace ciao::tls {

//  struct {
//      uint32 ticket_lifetime_hint;
//      opaque ticket<0..2^16-1>;
//  } NewSessionTicket;
struct NewSessionTicket12 {
  std::uint32_t ticket_lifetime_hint = 0;
  ByteView ticket;  // empty: the server has none after all

  static Result<NewSessionTicket12> parse(ByteView body) {
    Reader reader(body, Reason::length_mismatch);
    NewSessionTicket12 message;
    message.ticket_lifetime_hint = TRY(reader.u32());
    message.ticket = TRY(reader.vector16());
    TRY(reader.finish());
    return message;
  }
  void write(Writer& body) const {
    body.u32(ticket_lifetime_hint);
    body.vector16(ticket);
  }
};

}  // namespace ciao::tls
