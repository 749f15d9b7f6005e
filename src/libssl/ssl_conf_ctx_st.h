// SSL_CONF_CTX: what a run of configuration commands is applied to.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <optional>
#include <string>

#include "crypto/signature.h"
#include "libssl/handles.h"

struct ssl_conf_ctx_st {
  unsigned int flags = 0;  // SSL_CONF_FLAG_*
  std::optional<std::string> prefix;
  // At most one of them is set; without either, commands are only checked.
  SSL* ssl = nullptr;
  SSL_CTX* ctx = nullptr;
  // SSL_CONF_FLAG_REQUIRE_PRIVATE: where each slot's certificate came from, to look for its key.
  std::array<std::string, ciao::tls::kKeyKindCount> certificate_files;
  ciao::tls::X509NameStackPtr ca_names;  // put in place by SSL_CONF_CTX_finish

  bool has(unsigned int flag) const { return (flags & flag) != 0; }
};
