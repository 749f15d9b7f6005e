// The functions that an application has registered for extensions of its own.
#pragma once

#include <openssl/ssl.h>

#include <variant>

#include "config/custom_extension.h"

namespace ciao::tls {

// As SSL_CTX_add_custom_ext registers them.
struct ExtensionFunctions {
  SSL_custom_ext_add_cb_ex add = nullptr;
  SSL_custom_ext_free_cb_ex free = nullptr;
  void* add_arg = nullptr;
  SSL_custom_ext_parse_cb_ex parse = nullptr;
  void* parse_arg = nullptr;
};

// As SSL_CTX_add_client_custom_ext and SSL_CTX_add_server_custom_ext do.
struct PlainExtensionFunctions {
  custom_ext_add_cb add = nullptr;
  custom_ext_free_cb free = nullptr;
  void* add_arg = nullptr;
  custom_ext_parse_cb parse = nullptr;
  void* parse_arg = nullptr;
};

struct RegisteredExtension {
  CustomExtension extension;
  std::variant<ExtensionFunctions, PlainExtensionFunctions> functions;
};

// Whether there is one of this type for the role; none stands for both roles.
bool has_registered_extension(const SSL_CTX* ctx, unsigned type, std::optional<Role> role);
// What SSL_EXT_ bits say, as the engine has it.
CustomExtension custom_extension(unsigned type, unsigned context, std::optional<Role> role);

Result<std::optional<Bytes>> write_registered_extension(SSL* ssl, const CustomExtension& extension,
                                                        In message, CertificatePlace place);
Result<void> read_registered_extension(SSL* ssl, const CustomExtension& extension, In message,
                                       ByteView content, CertificatePlace place);

}  // namespace ciao::tls
