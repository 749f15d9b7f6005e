// Every extension that ciao knows, in one table: where it may stand, how it is written and read,
// what its absence means.
#pragma once

#include "config/custom_extension.h"
#include "extensions/exchange.h"
#include "messages/extension_list.h"
#include "wire/writer.h"

namespace ciao::tls {

// The versions that an extension means something to.
enum class ForVersion : std::uint8_t { any, tls12, tls13 };

struct ExtensionHandler {
  ExtensionType type;
  ForVersion version;
  std::uint8_t messages;  // In bits: RFC 8446 §4.2
  // Writes the content; false leaves the extension out.
  Result<bool> (*write)(Exchange& exchange, In message, Writer& body);
  Result<void> (*parse)(Exchange& exchange, In message, Reader body);
  // Called when a message in which it may stand came without it. May be null.
  Result<void> (*if_missing)(Exchange& exchange, In message);
};

// Writes `Extension extensions<..2^16-1>` for this message; in Certificate, for one entry of it.
Result<void> write_extensions(Exchange& exchange, In message, Writer& writer,
                              CertificatePlace place = {});

// Processes the extensions of a received message in the order of the table. Refuses those that may
// not stand there (illegal_parameter) and answers to nothing that was asked
// (unsupported_extension). The application's come last; those of a ClientHello are left to
// read_custom_extensions, as they may depend on whether a session is resumed.
Result<void> parse_extensions(Exchange& exchange, In message, const ExtensionList& extensions,
                              CertificatePlace place = {});

// Those that have no place in a NewSessionTicket (RFC 8446 §4.2: an illegal_parameter).
Result<void> check_ticket_extensions(const ExtensionList& extensions);

// --- the handlers, one file each ---
#define CIAO_EXTENSION(name)                                               \
  Result<bool> write_##name(Exchange& exchange, In message, Writer& body); \
  Result<void> parse_##name(Exchange& exchange, In message, Reader body)
CIAO_EXTENSION(server_name);
CIAO_EXTENSION(alpn);
CIAO_EXTENSION(next_protocol);
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
CIAO_EXTENSION(renegotiation_info);
CIAO_EXTENSION(ec_point_formats);
CIAO_EXTENSION(session_ticket);
CIAO_EXTENSION(encrypt_then_mac);
CIAO_EXTENSION(extended_master_secret);
CIAO_EXTENSION(max_fragment_length);
CIAO_EXTENSION(use_srtp);
CIAO_EXTENSION(padding);
#undef CIAO_EXTENSION

Result<void> missing_server_name(Exchange& exchange, In message);
Result<void> missing_supported_versions(Exchange& exchange, In message);
Result<void> missing_key_share(Exchange& exchange, In message);
Result<void> missing_renegotiation_info(Exchange& exchange, In message);
Result<void> missing_encrypt_then_mac(Exchange& exchange, In message);
Result<void> missing_extended_master_secret(Exchange& exchange, In message);
Result<void> missing_signature_algorithms(Exchange& exchange, In message);

}  // namespace ciao::tls
