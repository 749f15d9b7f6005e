// Extensions of the application's (SSL_CTX_add_custom_ext(3)): which of them a message has a place
// for, and which of the peer's are given to it.
#pragma once

#include "config/custom_extension.h"
#include "extensions/exchange.h"
#include "wire/writer.h"

namespace ciao::tls {

// The one of this type that takes part in such a message; null: none.
const CustomExtension* find_custom_extension(std::span<const CustomExtension> extensions,
                                             ExtensionType type, Role role, In message);

// Before those that ciao writes by itself, as in OpenSSL.
Result<void> write_custom_extensions(Exchange& exchange, In message, CertificatePlace place,
                                     Writer& writer);

// A TLS 1.3 server reads ClientHello before it knows whether it resumes: extensions that are
// ignored on resumption have to wait.
enum class CustomPart : std::uint8_t { all, without_waiting, waiting };

Result<void> read_custom_extensions(Exchange& exchange, In message, const ExtensionList& extensions,
                                    CertificatePlace place, CustomPart part = CustomPart::all);

// NewSessionTicket, when the handshake and its Exchange are gone.
Result<void> write_custom_ticket_extensions(const Hooks& hooks, bool resumed, Writer& writer);
Result<void> read_custom_ticket_extensions(const Hooks& hooks, bool resumed,
                                           const ExtensionList& extensions);

}  // namespace ciao::tls
