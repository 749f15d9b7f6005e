// NewSessionTicket (RFC 8446 §4.6.1).
#pragma once

#include "messages/extension_list.h"
#include "messages/handshake_message.h"

namespace ciao::tls {

//  struct {
//      uint32 ticket_lifetime;
//      uint32 ticket_age_add;
//      opaque ticket_nonce<0..255>;
//      opaque ticket<1..2^16-1>;
//      Extension extensions<0..2^16-2>;
//  } NewSessionTicket;
struct NewSessionTicket {
  std::uint32_t ticket_lifetime = 0;
  std::uint32_t ticket_age_add = 0;
  ByteView ticket_nonce;
  ByteView ticket;
  ExtensionList extensions;

  static Result<NewSessionTicket> parse(ByteView body) {
    Reader reader(body, Reason::length_mismatch);
    NewSessionTicket message;
    message.ticket_lifetime = TRY(reader.u32());
    message.ticket_age_add = TRY(reader.u32());
    message.ticket_nonce = TRY(reader.vector8());
    message.ticket = TRY(reader.vector16());
    if (message.ticket.empty()) return reader.malformed();
    message.extensions = TRY(ExtensionList::parse(reader));
    TRY(reader.finish());
    return message;
  }
};

}  // namespace ciao::tls
