#include "extensions/custom.h"

namespace ciao::tls {
namespace {

bool contains(const std::vector<ExtensionType>& types, ExtensionType type) {
  return std::ranges::find(types, type) != types.end();
}

bool has(std::uint8_t messages, In message) { return (messages & code(message)) != 0; }

// Only these two tell the roles apart.
bool takes_part(const CustomExtension& extension, Role role, In message) {
  return !has(In::client_hello | In::server_hello12, message) || !extension.role ||
         extension.role == role;
}

// What decides whether an extension means anything in a message.
struct Scene {
  Role role;
  bool tls13;    // negotiated
  bool resumed;  // as far as it is known
};

Scene scene_of(const Exchange& exchange, In message) {
  const bool open = message == In::client_hello && exchange.role == Role::client;
  const bool hello = has(In::client_hello | In::server_hello12, message);
  return {exchange.role,
          !open && (!hello || exchange.negotiated.version == ProtocolVersion::tls1_3),
          !open && (exchange.negotiated.resumed || exchange.psk_selected())};
}

// A ClientHello speaks for every version that is offered.
bool relevant(const CustomExtension& extension, In message, const Scene& scene) {
  const bool open = message == In::client_hello && scene.role == Role::client;
  if (scene.tls13 && extension.tls12_only) return false;
  if (!scene.tls13 && !open && extension.tls13_only) return false;
  return !scene.resumed || !extension.ignored_on_resumption;
}

Result<bool> write_one(const Hooks& hooks, const CustomExtension& extension, In message,
                       CertificatePlace place, Writer& writer) {
  const std::optional<Bytes> content =
      TRY(hooks.application->write_extension(extension, message, place));
  if (!content) return false;
  writer.put(extension.type);
  writer.vector16(*content);
  return true;
}

// RFC 8446 §4.2: "Implementations MUST NOT send extension responses if the remote endpoint did not
// send the corresponding extension requests".
constexpr std::uint8_t kAnswers = In::server_hello12 | In::server_hello | In::encrypted_extensions |
                                  In::certificate | In::hello_retry_request;

// RFC 8446 §4.2: "Upon receiving such an extension, an endpoint MUST abort the handshake with an
// "unsupported_extension" alert." As in OpenSSL not in Certificate and HelloRetryRequest, where an
// application may expect what it did not ask for.
constexpr std::uint8_t kCheckedAnswers =
    In::server_hello12 | In::server_hello | In::encrypted_extensions;

}  // namespace

const CustomExtension* find_custom_extension(std::span<const CustomExtension> extensions,
                                             ExtensionType type, Role role, In message) {
  for (const CustomExtension& extension : extensions) {
    if (extension.type == type && takes_part(extension, role, message)) return &extension;
  }
  return nullptr;
}

Result<void> write_custom_extensions(Exchange& exchange, In message, CertificatePlace place,
                                     Writer& writer) {
  if (message == In::client_hello) exchange.custom_sent.clear();
  const Scene scene = scene_of(exchange, message);
  for (const CustomExtension& extension : exchange.hooks.application->custom_extensions()) {
    if (!has(extension.messages, message) || !takes_part(extension, exchange.role, message) ||
        !relevant(extension, message, scene)) {
      continue;
    }
    if (message == In::client_hello && extension.tls13_only &&
        !exchange.allows(ProtocolVersion::tls1_3)) {
      continue;
    }
    if (has(kAnswers, message) && !contains(exchange.custom_received, extension.type)) continue;
    if (!TRY(write_one(exchange.hooks, extension, message, place, writer))) continue;
    if (message == In::client_hello) exchange.custom_sent.push_back(extension.type);
    if (message == In::client_hello || message == In::certificate_request) {
      exchange.sent.push_back(extension.type);
    }
  }
  return {};
}

Result<void> read_custom_extensions(Exchange& exchange, In message, const ExtensionList& extensions,
                                    CertificatePlace place, CustomPart part) {
  const Scene scene = scene_of(exchange, message);
  for (const CustomExtension& extension : exchange.hooks.application->custom_extensions()) {
    const ExtensionView* received = extensions.find(extension.type);
    if (received == nullptr || !has(extension.messages, message) ||
        !takes_part(extension, exchange.role, message) || !relevant(extension, message, scene)) {
      continue;
    }
    if (part != CustomPart::all &&
        (part == CustomPart::waiting) != extension.ignored_on_resumption) {
      continue;
    }
    if (has(kCheckedAnswers, message) && !contains(exchange.custom_sent, extension.type)) {
      return Error{Reason::bad_extension, AlertDescription::unsupported_extension};
    }
    if (message == In::client_hello || message == In::certificate_request) {
      exchange.custom_received.push_back(extension.type);
    }
    TRY(exchange.hooks.application->read_extension(extension, message, received->content, place));
  }
  return {};
}

Result<void> write_custom_ticket_extensions(const Hooks& hooks, bool resumed, Writer& writer) {
  const Scene scene{Role::server, true, resumed};
  for (const CustomExtension& extension : hooks.application->custom_extensions()) {
    if (!has(extension.messages, In::new_session_ticket) ||
        !relevant(extension, In::new_session_ticket, scene)) {
      continue;
    }
    TRY(write_one(hooks, extension, In::new_session_ticket, {}, writer));
  }
  return {};
}

Result<void> read_custom_ticket_extensions(const Hooks& hooks, bool resumed,
                                           const ExtensionList& extensions) {
  const Scene scene{Role::client, true, resumed};
  for (const CustomExtension& extension : hooks.application->custom_extensions()) {
    const ExtensionView* received = extensions.find(extension.type);
    if (received == nullptr) continue;
    // "which it recognizes and which is not specified for the message in which it appears"
    if (!has(extension.messages, In::new_session_ticket) || extension.datagram_only) {
      return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
    }
    if (!relevant(extension, In::new_session_ticket, scene)) continue;
    TRY(hooks.application->read_extension(extension, In::new_session_ticket, received->content,
                                          {}));
  }
  return {};
}

}  // namespace ciao::tls
