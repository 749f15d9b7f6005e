// What goes with the certificates: SSL_set_SSL_CTX takes all of it, and Config's credentials and
// signature schemes, from the new context.
#pragma once

#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ref.h"
#include "libssl/callback.h"
#include "libssl/handles.h"
#include "libssl/registered_extensions.h"

namespace ciao::tls {

using SecurityFn = int (*)(const SSL* ssl, const SSL_CTX* ctx, int op, int bits, int nid,
                           void* other, void* ex);
using CertificateFn = int (*)(SSL* ssl, void* arg);
using TmpDhFn = DH* (*)(SSL* ssl, int is_export, int key_length);

// OpenSSL 3.0 as Debian builds it: -DOPENSSL_TLS_SECURITY_LEVEL=2.
constexpr int kDefaultSecurityLevel = 2;

// Immutable while shared: changed through edit() of base/copy_on_write.h only.
struct Identity : RefCounted<Identity> {
  Callback<CertificateFn> certificate;
  // SSL_CTX_set_cert_flags: SSL_CERT_FLAG_*.
  std::uint32_t flags = 0;
  StoreRef chain_store;     // for building our own chain
  StoreRef verify_store;    // for verifying the peer's
  Bytes certificate_types;  // SSL_CTX_set1_client_certificate_types

  int security_level = kDefaultSecurityLevel;
  Callback<SecurityFn> security;  // none: OpenSSL's default policy

  // As configured; empty: the defaults.
  std::vector<std::uint16_t> schemes;
  std::vector<std::uint16_t> client_schemes;

  KeyRef tmp_dh;
  TmpDhFn tmp_dh_callback = nullptr;
  int tmp_dh_auto = 0;
  std::string psk_identity_hint;  // empty: none
  std::vector<RegisteredExtension> custom_extensions;
};

}  // namespace ciao::tls
