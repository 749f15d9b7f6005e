#include "libssl/registered_extensions.h"

#include "libssl/owner.h"

namespace ciao::tls {
namespace {

struct Bit {
  unsigned context;
  In message;
};
constexpr Bit kBits[] = {
    {SSL_EXT_CLIENT_HELLO, In::client_hello},
    {SSL_EXT_TLS1_2_SERVER_HELLO, In::server_hello12},
    {SSL_EXT_TLS1_3_SERVER_HELLO, In::server_hello},
    {SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS, In::encrypted_extensions},
    {SSL_EXT_TLS1_3_HELLO_RETRY_REQUEST, In::hello_retry_request},
    {SSL_EXT_TLS1_3_CERTIFICATE, In::certificate},
    {SSL_EXT_TLS1_3_NEW_SESSION_TICKET, In::new_session_ticket},
    {SSL_EXT_TLS1_3_CERTIFICATE_REQUEST, In::certificate_request},
};

unsigned context_of(In message) {
  for (const Bit& bit : kBits) {
    if (bit.message == message) return bit.context;
  }
  return 0;
}

const RegisteredExtension* find(SSL* ssl, const CustomExtension& wanted) {
  for (const RegisteredExtension& registered : ssl->identity->custom_extensions) {
    const CustomExtension& extension = registered.extension;
    if (extension.type == wanted.type && extension.role == wanted.role) return &registered;
  }
  return nullptr;
}

// The certificate that a callback is shown; null outside of Certificate.
Result<X509Ptr> certificate_at(SSL* ssl, CertificatePlace place) {
  if (place.der.empty()) return X509Ptr();
  return decode_certificate(&ssl->connection.algorithms(), place.der);
}

constexpr AlertDescription alert_from(int value) { return static_cast<AlertDescription>(value); }

struct Call {
  SSL* ssl;
  unsigned type;
  unsigned context;
  X509* certificate;
  std::size_t position;
};

// The content that `add` gives, which `free` may then take back.
template <class Add, class Free>
Result<std::optional<Bytes>> collect(Add add, Free free) {
  const unsigned char* content = nullptr;
  std::size_t size = 0;
  int alert = SSL_AD_INTERNAL_ERROR;
  const int answer = add(&content, &size, &alert);
  if (answer < 0) return Error{Reason::callback_failed, alert_from(alert)};
  if (answer == 0) return std::optional<Bytes>();
  std::optional<Bytes> copy;
  copy.emplace(content, content + size);
  free(content);
  return copy;
}

Result<std::optional<Bytes>> add(const Call& call, const ExtensionFunctions& functions) {
  if (functions.add == nullptr) {
    // Only a ClientHello gets an empty one.
    if (call.context != SSL_EXT_CLIENT_HELLO) return std::optional<Bytes>();
    return std::optional<Bytes>(Bytes());
  }
  return collect(
      [&](const unsigned char** content, std::size_t* size, int* alert) {
        return functions.add(call.ssl, call.type, call.context, content, size, call.certificate,
                             call.position, alert, functions.add_arg);
      },
      [&](const unsigned char* content) {
        if (functions.free == nullptr) return;
        functions.free(call.ssl, call.type, call.context, content, functions.add_arg);
      });
}

Result<std::optional<Bytes>> add(const Call& call, const PlainExtensionFunctions& functions) {
  return collect(
      [&](const unsigned char** content, std::size_t* size, int* alert) {
        // Without a function it is empty, in whatever message.
        return functions.add == nullptr
                   ? 1
                   : functions.add(call.ssl, call.type, content, size, alert, functions.add_arg);
      },
      [&](const unsigned char* content) {
        if (functions.free == nullptr) return;
        functions.free(call.ssl, call.type, content, functions.add_arg);
      });
}

int parse(const Call& call, const ExtensionFunctions& functions, ByteView content, int* alert) {
  if (functions.parse == nullptr) return 1;
  return functions.parse(call.ssl, call.type, call.context, content.data(), content.size(),
                         call.certificate, call.position, alert, functions.parse_arg);
}

int parse(const Call& call, const PlainExtensionFunctions& functions, ByteView content,
          int* alert) {
  if (functions.parse == nullptr) return 1;
  return functions.parse(call.ssl, call.type, content.data(), content.size(), alert,
                         functions.parse_arg);
}

}  // namespace

bool has_registered_extension(const SSL_CTX* ctx, unsigned type, std::optional<Role> role) {
  for (const RegisteredExtension& registered : ctx->identity->custom_extensions) {
    const CustomExtension& extension = registered.extension;
    if (code(extension.type) == type && (!role || !extension.role || extension.role == role)) {
      return true;
    }
  }
  return false;
}

CustomExtension custom_extension(unsigned type, unsigned context, std::optional<Role> role) {
  CustomExtension extension;
  extension.type = static_cast<ExtensionType>(type);
  for (const Bit& bit : kBits) {
    if ((context & bit.context) != 0) extension.messages |= code(bit.message);
  }
  extension.role = role;
  extension.tls12_only = (context & SSL_EXT_TLS1_2_AND_BELOW_ONLY) != 0;
  extension.tls13_only = (context & SSL_EXT_TLS1_3_ONLY) != 0;
  extension.datagram_only = (context & SSL_EXT_DTLS_ONLY) != 0;
  extension.ignored_on_resumption = (context & SSL_EXT_IGNORE_ON_RESUMPTION) != 0;
  return extension;
}

Result<std::optional<Bytes>> write_registered_extension(SSL* ssl, const CustomExtension& extension,
                                                        In message, CertificatePlace place) {
  const RegisteredExtension* registered = find(ssl, extension);
  if (registered == nullptr) return std::optional<Bytes>();
  // The callback may switch the connection to another context.
  const auto functions = registered->functions;
  const X509Ptr certificate = TRY(certificate_at(ssl, place));
  const Call call{ssl, code(extension.type), context_of(message), certificate.get(),
                  place.position};
  return std::visit([&](const auto& form) { return add(call, form); }, functions);
}

Result<void> read_registered_extension(SSL* ssl, const CustomExtension& extension, In message,
                                       ByteView content, CertificatePlace place) {
  const RegisteredExtension* registered = find(ssl, extension);
  if (registered == nullptr) return {};
  const auto functions = registered->functions;
  const X509Ptr certificate = TRY(certificate_at(ssl, place));
  const Call call{ssl, code(extension.type), context_of(message), certificate.get(),
                  place.position};
  int alert = SSL_AD_DECODE_ERROR;
  const int answer =
      std::visit([&](const auto& form) { return parse(call, form, content, &alert); }, functions);
  if (answer <= 0) return Error{Reason::bad_extension, alert_from(alert)};
  return {};
}

}  // namespace ciao::tls
