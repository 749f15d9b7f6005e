#include "extensions/registry.h"

#include "config/observer.h"
#include "extensions/custom.h"

namespace ciao::tls {
namespace {

// In the order in which extensions are written and processed: OpenSSL's, by which a ClientHello is
// told from another library's. pre_shared_key is last (RFC 8446 §4.2.11).
constexpr ExtensionHandler kRegistry[] = {
    {ExtensionType::renegotiation_info, ForVersion::tls12, In::client_hello | In::server_hello12,
     write_renegotiation_info, parse_renegotiation_info, missing_renegotiation_info},
    {ExtensionType::server_name, ForVersion::any,
     In::client_hello | In::server_hello12 | In::encrypted_extensions, write_server_name,
     parse_server_name, missing_server_name},
    {ExtensionType::max_fragment_length, ForVersion::any,
     In::client_hello | In::server_hello12 | In::encrypted_extensions, write_max_fragment_length,
     parse_max_fragment_length, nullptr},
    {ExtensionType::ec_point_formats, ForVersion::tls12, In::client_hello | In::server_hello12,
     write_ec_point_formats, parse_ec_point_formats, nullptr},
    {ExtensionType::supported_groups, ForVersion::any,
     In::client_hello | In::server_hello12 | In::encrypted_extensions, write_supported_groups,
     parse_supported_groups, nullptr},
    {ExtensionType::session_ticket, ForVersion::tls12, In::client_hello | In::server_hello12,
     write_session_ticket, parse_session_ticket, nullptr},
    {ExtensionType::status_request, ForVersion::any,
     In::client_hello | In::server_hello12 | In::certificate | In::certificate_request,
     write_status_request, parse_status_request, nullptr},
    {ExtensionType::next_protocol_negotiation, ForVersion::tls12,
     In::client_hello | In::server_hello12, write_next_protocol, parse_next_protocol, nullptr},
    {ExtensionType::application_layer_protocol_negotiation, ForVersion::any,
     In::client_hello | In::server_hello12 | In::encrypted_extensions, write_alpn, parse_alpn,
     nullptr},
    {ExtensionType::use_srtp, ForVersion::any, static_cast<std::uint8_t>(In::client_hello),
     write_use_srtp, parse_use_srtp, nullptr},
    {ExtensionType::encrypt_then_mac, ForVersion::tls12, In::client_hello | In::server_hello12,
     write_encrypt_then_mac, parse_encrypt_then_mac, missing_encrypt_then_mac},
    {ExtensionType::signed_certificate_timestamp, ForVersion::any,
     In::client_hello | In::server_hello12 | In::certificate | In::certificate_request, write_sct,
     parse_sct, nullptr},
    {ExtensionType::extended_master_secret, ForVersion::tls12,
     In::client_hello | In::server_hello12, write_extended_master_secret,
     parse_extended_master_secret, missing_extended_master_secret},
    {ExtensionType::signature_algorithms_cert, ForVersion::any,
     In::client_hello | In::certificate_request, write_signature_algorithms_cert,
     parse_signature_algorithms_cert, nullptr},
    {ExtensionType::post_handshake_auth, ForVersion::tls13,
     static_cast<std::uint8_t>(In::client_hello), write_post_handshake_auth,
     parse_post_handshake_auth, nullptr},
    {ExtensionType::signature_algorithms, ForVersion::any,
     In::client_hello | In::certificate_request, write_signature_algorithms,
     parse_signature_algorithms, missing_signature_algorithms},
    {ExtensionType::supported_versions, ForVersion::any,
     In::client_hello | In::server_hello | In::hello_retry_request, write_supported_versions,
     parse_supported_versions, missing_supported_versions},
    {ExtensionType::psk_key_exchange_modes, ForVersion::tls13,
     static_cast<std::uint8_t>(In::client_hello), write_psk_modes, parse_psk_modes, nullptr},
    {ExtensionType::key_share, ForVersion::tls13,
     In::client_hello | In::server_hello | In::hello_retry_request, write_key_share,
     parse_key_share, missing_key_share},
    {ExtensionType::cookie, ForVersion::tls13, In::client_hello | In::hello_retry_request,
     write_cookie, parse_cookie, nullptr},
    {ExtensionType::early_data, ForVersion::tls13, In::client_hello | In::encrypted_extensions,
     write_early_data, parse_early_data, nullptr},
    {ExtensionType::certificate_authorities, ForVersion::tls13,
     In::client_hello | In::certificate_request, write_certificate_authorities,
     parse_certificate_authorities, nullptr},
    {ExtensionType::padding, ForVersion::any, static_cast<std::uint8_t>(In::client_hello),
     write_padding, parse_padding, nullptr},
    {ExtensionType::pre_shared_key, ForVersion::tls13, In::client_hello | In::server_hello,
     write_pre_shared_key, parse_pre_shared_key, nullptr},
};

// A ClientHello speaks for every version that is offered; a server reads it for the one it
// selected.
bool concerns(const Exchange& exchange, const ExtensionHandler& handler, In message) {
  if (handler.version == ForVersion::any || message != In::client_hello) return true;
  const ProtocolVersion version =
      handler.version == ForVersion::tls13 ? ProtocolVersion::tls1_3 : ProtocolVersion::tls1_2;
  if (exchange.role == Role::client) return exchange.allows(version);
  return exchange.selected_version == version;
}

// Extensions that a request does not have to name before an answer may use them.
bool needs_no_request(ExtensionType type, In message) {
  // RFC 8446 §4.2: "with the exception of the "cookie" extension in the HelloRetryRequest";
  // requests are not answers.
  return message == In::client_hello || message == In::certificate_request ||
         message == In::new_session_ticket ||
         (message == In::hello_retry_request && type == ExtensionType::cookie) ||
         // RFC 5746 §3.4: it may answer TLS_EMPTY_RENEGOTIATION_INFO_SCSV.
         type == ExtensionType::renegotiation_info;
}

const ExtensionHandler* find_handler(ExtensionType type) {
  for (const ExtensionHandler& handler : kRegistry) {
    if (handler.type == type) return &handler;
  }
  return nullptr;
}

// Timestamps are the one extension that an application may handle in our place.
bool left_to_application(const Exchange& exchange, std::span<const CustomExtension> customs,
                         ExtensionType type, In message) {
  return type == ExtensionType::signed_certificate_timestamp && !exchange.config->request_sct &&
         find_custom_extension(customs, type, exchange.role, message) != nullptr;
}

Result<void> check_legal(const Exchange& exchange, std::span<const CustomExtension> customs,
                         In message, const ExtensionView& extension) {
  const ExtensionHandler* handler = find_handler(extension.type);
  const CustomExtension* custom =
      find_custom_extension(customs, extension.type, exchange.role, message);
  // Whether it was asked for is checked when the application's own are read.
  if (custom == nullptr && !needs_no_request(extension.type, message) &&
      !exchange.has_sent(extension.type)) {
    return Error{Reason::unsolicited_extension, AlertDescription::unsupported_extension};
  }
  // RFC 8446 §4.2: "If an implementation receives an extension which it recognizes and which is not
  // specified for the message in which it appears, it MUST abort the handshake with an
  // "illegal_parameter" alert."
  const bool misplaced =
      handler != nullptr
          ? (handler->messages & code(message)) == 0
          : custom != nullptr && (custom->datagram_only || (custom->messages & code(message)) == 0);
  if (misplaced) return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
  return {};
}

// RFC 8446 §4.4.2.1: what concerns the end-entity certificate stands in its entry. Staples for the
// certificates above it are allowed and of no use to us.
bool is_ours(In message, CertificatePlace place) {
  return message != In::certificate || place.position == 0;
}

}  // namespace

Result<void> write_extensions(Exchange& exchange, In message, Writer& writer,
                              CertificatePlace place) {
  const bool asks = message == In::client_hello || message == In::certificate_request;
  if (asks) exchange.sent.clear();
  const Writer::Scope block = writer.scope16();
  TRY(write_custom_extensions(exchange, message, place, writer));
  // A client has nothing to say about its certificates.
  if (!is_ours(message, place) || (message == In::certificate && exchange.role == Role::client)) {
    return {};
  }
  for (const ExtensionHandler& handler : kRegistry) {
    if ((handler.messages & code(message)) == 0 || !concerns(exchange, handler, message)) continue;
    Bytes content;
    Writer body(content);
    exchange.written = writer.size();
    if (!TRY(handler.write(exchange, message, body))) continue;
    TRY(body.finish());
    writer.put(handler.type);
    writer.vector16(content);
    if (asks) exchange.sent.push_back(handler.type);
  }
  return {};
}

Result<void> parse_extensions(Exchange& exchange, In message, const ExtensionList& extensions,
                              CertificatePlace place) {
  const std::vector<CustomExtension> customs = exchange.hooks.application->custom_extensions();
  for (const ExtensionView& extension : extensions.entries) {
    TRY(check_legal(exchange, customs, message, extension));
    exchange.hooks.observer->extension(extension.type, extension.content);
  }
  for (const ExtensionHandler& handler : kRegistry) {
    if ((handler.messages & code(message)) == 0 || !concerns(exchange, handler, message) ||
        !is_ours(message, place) || left_to_application(exchange, customs, handler.type, message)) {
      continue;
    }
    if (const ExtensionView* extension = extensions.find(handler.type)) {
      TRY(handler.parse(exchange, message, Reader(extension->content, Reason::bad_extension)));
    } else if (handler.if_missing != nullptr) {
      TRY(handler.if_missing(exchange, message));
    }
  }
  if (message == In::client_hello) return {};
  return read_custom_extensions(exchange, message, extensions, place);
}

Result<void> check_ticket_extensions(const ExtensionList& extensions) {
  for (const ExtensionView& extension : extensions.entries) {
    if (extension.type != ExtensionType::early_data && find_handler(extension.type) != nullptr) {
      return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
    }
  }
  return {};
}

}  // namespace ciao::tls
