// EncryptedExtensions (RFC 8446 §4.3.1).
#pragma once

#include "messages/extension_list.h"
#include "messages/handshake_message.h"

namespace ciao::tls {

//  struct {
//      Extension extensions<0..2^16-1>;
//  } EncryptedExtensions;
struct EncryptedExtensions {
  ExtensionList extensions;

  static Result<EncryptedExtensions> parse(ByteView body) {
    Reader reader(body, Reason::length_mismatch);
    EncryptedExtensions message;
    message.extensions = TRY(ExtensionList::parse(reader));
    TRY(reader.finish());
    return message;
  }
};

}  // namespace ciao::tls
