// Every extension that ciao knows, in one table: where it may stand, how it is written and read,
// what its absence means.
#pragma once

#include "extensions/exchange.h"
#include "messages/extension_list.h"
#include "wire/writer.h"

namespace ciao::tls {

struct ExtensionHandler {
  ExtensionType type;
  std::uint8_t messages;  // In bits: RFC 8446 §4.2
  // Writes the content; false leaves the extension out.
  Result<bool> (*write)(Exchange& exchange, In message, Writer& body);
  Result<void> (*parse)(Exchange& exchange, In message, Reader body);
  // Called when a message in which it may stand came without it. May be null.
  Result<void> (*if_missing)(Exchange& exchange, In message);
};

// Writes `Extension extensions<..2^16-1>` for this message.
Result<void> write_extensions(Exchange& exchange, In message, Writer& writer);

// Processes the extensions of a received message in the order of the table. Refuses those that may
// not stand there (illegal_parameter) and answers to nothing that was asked
// (unsupported_extension).
Result<void> parse_extensions(Exchange& exchange, In message, const ExtensionList& extensions);

// --- the handlers, one file each ---
#define CIAO_EXTENSION(name)                                               \
  Result<bool> write_##name(Exchange& exchange, In message, Writer& body); \
  Result<void> parse_##name(Exchange& exchange, In message, Reader body)
CIAO_EXTENSION(server_name);
CIAO_EXTENSION(alpn);
CIAO_EXTENSION(supported_versions);
CIAO_EXTENSION(supported_groups);
CIAO_EXTENSION(key_share);
CIAO_EXTENSION(signature_algorithms);
CIAO_EXTENSION(signature_algorithms_cert);
CIAO_EXTENSION(pre_shared_key);
CIAO_EXTENSION(psk_modes);
CIAO_EXTENSION(cookie);
CIAO_EXTENSION(early_data);
CIAO_EXTENSION(status_request);
CIAO_EXTENSION(sct);
CIAO_EXTENSION(certificate_authorities);
CIAO_EXTENSION(post_handshake_auth);
#undef CIAO_EXTENSION

Result<void> missing_server_name(Exchange& exchange, In message);
Result<void> missing_supported_versions(Exchange& exchange, In message);
Result<void> missing_key_share(Exchange& exchange, In message);
Result<void> missing_signature_algorithms(Exchange& exchange, In message);

}  // namespace ciao::tls
