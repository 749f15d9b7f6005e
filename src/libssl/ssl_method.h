// SSL_METHOD: which versions and roles a context is for.
#pragma once

#include <openssl/ssl.h>

struct ssl_method_st {
  enum class Use : unsigned char { both, client, server };

  int version;  // TLS_ANY_VERSION, DTLS_ANY_VERSION or the one version
  bool datagram;
  Use use;

  bool any_version() const { return version == TLS_ANY_VERSION || version == DTLS_ANY_VERSION; }
};
