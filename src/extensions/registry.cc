#include "extensions/registry.h"

#include "config/observer.h"

namespace ciao::tls {
namespace {

// In the order in which extensions are written and processed. pre_shared_key is last (RFC 8446
// §4.2.11).
constexpr ExtensionHandler kRegistry[] = {
    {ExtensionType::supported_versions,
     In::client_hello | In::server_hello | In::hello_retry_request, write_supported_versions,
     parse_supported_versions, missing_supported_versions},
    {ExtensionType::server_name, In::client_hello | In::encrypted_extensions, write_server_name,
     parse_server_name, missing_server_name},
    {ExtensionType::supported_groups, In::client_hello | In::encrypted_extensions,
     write_supported_groups, parse_supported_groups, nullptr},
    {ExtensionType::signature_algorithms, In::client_hello | In::certificate_request,
     write_signature_algorithms, parse_signature_algorithms, missing_signature_algorithms},
    {ExtensionType::signature_algorithms_cert, In::client_hello | In::certificate_request,
     write_signature_algorithms_cert, parse_signature_algorithms_cert, nullptr},
    {ExtensionType::status_request, In::client_hello | In::certificate | In::certificate_request,
     write_status_request, parse_status_request, nullptr},
    {ExtensionType::application_layer_protocol_negotiation,
     In::client_hello | In::encrypted_extensions, write_alpn, parse_alpn, nullptr},
    {ExtensionType::signed_certificate_timestamp,
     In::client_hello | In::certificate | In::certificate_request, write_sct, parse_sct, nullptr},
    {ExtensionType::cookie, In::client_hello | In::hello_retry_request, write_cookie, parse_cookie,
     nullptr},
    {ExtensionType::psk_key_exchange_modes, static_cast<std::uint8_t>(In::client_hello),
     write_psk_modes, parse_psk_modes, nullptr},
    {ExtensionType::certificate_authorities, In::client_hello | In::certificate_request,
     write_certificate_authorities, parse_certificate_authorities, nullptr},
    {ExtensionType::post_handshake_auth, static_cast<std::uint8_t>(In::client_hello),
     write_post_handshake_auth, parse_post_handshake_auth, nullptr},
    {ExtensionType::key_share, In::client_hello | In::server_hello | In::hello_retry_request,
     write_key_share, parse_key_share, missing_key_share},
    {ExtensionType::early_data,
     In::client_hello | In::encrypted_extensions | In::new_session_ticket, write_early_data,
     parse_early_data, nullptr},
    {ExtensionType::pre_shared_key, In::client_hello | In::server_hello, write_pre_shared_key,
     parse_pre_shared_key, nullptr},
};

// Extensions that a request does not have to name before an answer may use them.
bool needs_no_request(ExtensionType type, In message) {
  // RFC 8446 §4.2: "with the exception of the "cookie" extension in the HelloRetryRequest";
  // requests are not answers.
  return message == In::client_hello || message == In::certificate_request ||
         message == In::new_session_ticket ||
         (message == In::hello_retry_request && type == ExtensionType::cookie);
}

const ExtensionHandler* find_handler(ExtensionType type) {
  for (const ExtensionHandler& handler : kRegistry) {
    if (handler.type == type) return &handler;
  }
  return nullptr;
}

Result<void> check_legal(const Exchange& exchange, In message, const ExtensionView& extension) {
  if (!needs_no_request(extension.type, message) && !exchange.has_sent(extension.type)) {
    return Error{Reason::unsolicited_extension, AlertDescription::unsupported_extension};
  }
  const ExtensionHandler* handler = find_handler(extension.type);
  // "If an implementation receives an extension which it recognizes and which is not specified for
  // the message in which it appears, it MUST abort the handshake with an "illegal_parameter"
  // alert."
  if (handler != nullptr && (handler->messages & code(message)) == 0) {
    return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
  }
  return {};
}

}  // namespace

Result<void> write_extensions(Exchange& exchange, In message, Writer& writer) {
  const bool asks = message == In::client_hello || message == In::certificate_request;
  if (asks) exchange.sent.clear();
  const Writer::Scope block = writer.scope16();
  for (const ExtensionHandler& handler : kRegistry) {
    if ((handler.messages & code(message)) == 0) continue;
    Bytes content;
    Writer body(content);
    if (!TRY(handler.write(exchange, message, body))) continue;
    TRY(body.finish());
    writer.put(handler.type);
    writer.vector16(content);
    if (asks) exchange.sent.push_back(handler.type);
  }
  return {};
}

Result<void> parse_extensions(Exchange& exchange, In message, const ExtensionList& extensions) {
  for (const ExtensionView& extension : extensions.entries) {
    TRY(check_legal(exchange, message, extension));
    exchange.hooks.observer->extension(extension.type, extension.content);
  }
  for (const ExtensionHandler& handler : kRegistry) {
    if ((handler.messages & code(message)) == 0) continue;
    if (const ExtensionView* extension = extensions.find(handler.type)) {
      TRY(handler.parse(exchange, message, Reader(extension->content, Reason::bad_extension)));
    } else if (handler.if_missing != nullptr) {
      TRY(handler.if_missing(exchange, message));
    }
  }
  return {};
}

}  // namespace ciao::tls
