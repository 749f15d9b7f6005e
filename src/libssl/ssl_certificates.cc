#include "libssl/ssl_certificates.h"

#include <openssl/engine.h>
#include <openssl/err.h>

#include <algorithm>

#include "config/defaults.h"
#include "crypto/rsa_premaster.h"
#include "libssl/credential_slots.h"
#include "libssl/entry.h"
#include "libssl/security_policy.h"
#include "libssl/suite_config.h"

namespace ciao::tls {
namespace {

constexpr Error kInternal{Reason::internal_error, AlertDescription::internal_error};

// Whether one of our certificates can answer what the peer said it can check.
bool has_fitting_credential(const SSL& ssl) {
  const Credentials& credentials = *config_of(&ssl).credentials;
  const auto schemes = known_schemes(ssl.connection.negotiated().peer_schemes);
  return std::ranges::any_of(schemes, [&](SignatureScheme scheme) {
    const SchemeInfo* info = find_scheme(scheme);
    if (info == nullptr || !info->tls13) return false;
    const Credential& slot = credentials.slot(info->key);
    return slot.usable() && key_fits_scheme(slot.key.get(), *info);
  });
}

Result<void> append_der(std::vector<Bytes>& list, const X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) return kInternal;
  Bytes& der = list.emplace_back(static_cast<std::size_t>(size));
  unsigned char* cursor = der.data();
  if (i2d_X509(certificate, &cursor) != size) return kInternal;
  return {};
}

// Each certificate is put to the security policy before it is sent, as in OpenSSL.
Result<void> append_chain(std::vector<Bytes>& list, const SSL& ssl,
                          const STACK_OF(X509) * certificates) {
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    X509* certificate = sk_X509_value(certificates, i);
    const CertificateUse use = list.empty() ? CertificateUse::own_leaf : CertificateUse::own_ca;
    const Reason reason = check_certificate_security(&ssl, nullptr, certificate, use);
    if (reason != Reason::none) return Error{reason, AlertDescription::internal_error};
    TRY(append_der(list, certificate));
  }
  return {};
}

// As much of the chain as the store knows. That it may be incomplete is no error: the root is
// usually left out.
Result<std::vector<Bytes>> built_chain(const SSL& ssl, const Credential& credential) {
  const Algorithms& algorithms = *ssl.ctx->algorithms;
  const StoreContextPtr context(
      X509_STORE_CTX_new_ex(algorithms.libctx(), algorithms.properties()));
  X509_STORE* store =
      ssl.identity->chain_store ? ssl.identity->chain_store.get() : ssl.ctx->cert_store;
  if (!context || X509_STORE_CTX_init(context.get(), store, credential.leaf.get(), nullptr) != 1) {
    return Error{Reason::err_x509_lib, AlertDescription::internal_error};
  }
  ERR_set_mark();
  X509_verify_cert(context.get());
  ERR_pop_to_mark();
  std::vector<Bytes> list;
  TRY(append_chain(list, ssl, X509_STORE_CTX_get0_chain(context.get())));
  return list;
}

}  // namespace

Result<Answer> SslCertificates::certificate_wanted() {
  const bool server = is_server(&ssl_);
  // Held while it runs: the callback may replace it.
  const Ref<Identity> identity = ssl_.identity;
  if (identity->certificate && !client_callback_asked_) {
    const int result = identity->certificate.invoke(&ssl_);
    if (result < 0) {
      ssl_.rwstate = SSL_X509_LOOKUP;
      return Answer::pending;
    }
    ssl_.rwstate = SSL_NOTHING;
    if (result == 0) {
      const Reason reason = server ? Reason::cert_cb_error : Reason::callback_failed;
      return Error{reason, AlertDescription::internal_error};
    }
    TRY(apply_security_policy(&ssl_));
  }
  if (server || (!client_callback_asked_ && has_fitting_credential(ssl_))) return Answer::ready;
  return ask_client_callback();
}

// As OpenSSL judges: with any of these callbacks there may be more than can be seen now.
bool SslCertificates::fits_tls13() {
  if (ssl_.ctx->servername || ssl_.session_ctx->servername || ssl_.identity->certificate ||
      ssl_.settings->psk_server != nullptr || ssl_.settings->psk_find_session != nullptr) {
    return true;
  }
  const Credentials& credentials = *config_of(&ssl_).credentials;
  for (const KeyKind kind : {KeyKind::rsa, KeyKind::rsa_pss, KeyKind::ed25519, KeyKind::ed448}) {
    if (credentials.slot(kind).usable()) return true;
  }
  const Credential& ecdsa = credentials.slot(KeyKind::ecdsa);
  const auto serves = [&](SignatureScheme scheme) {
    const SchemeInfo* info = find_scheme(scheme);
    return info != nullptr && info->tls13 && key_fits_scheme(ecdsa.key.get(), *info);
  };
  const std::vector<std::uint16_t>& own = ssl_.identity->schemes;
  const auto serves_by_number = [&](std::uint16_t id) {
    return serves(static_cast<SignatureScheme>(id));
  };
  return ecdsa.usable() && (own.empty() ? std::ranges::any_of(kDefaultSchemes, serves)
                                        : std::ranges::any_of(own, serves_by_number));
}

// SSL_CTX_set_client_cert_cb: asked only when no certificate of ours will do.
Result<Answer> SslCertificates::ask_client_callback() {
  X509* certificate = nullptr;
  EVP_PKEY* key = nullptr;
  int found = 0;
  if (ssl_.ctx->client_cert_engine != nullptr) {
    const STACK_OF(X509_NAME)* names = SSL_get_client_CA_list(&ssl_);
    found = ENGINE_load_ssl_client_cert(ssl_.ctx->client_cert_engine, &ssl_,
                                        const_cast<STACK_OF(X509_NAME)*>(names), &certificate, &key,
                                        nullptr, nullptr, nullptr);
  }
  if (found == 0 && ssl_.ctx->client_cert_callback != nullptr) {
    found = ssl_.ctx->client_cert_callback(&ssl_, &certificate, &key);
  }
  const X509Ptr own_certificate(certificate);
  const EvpPkeyPtr own_key(key);
  client_callback_asked_ = found < 0;
  if (found < 0) {
    ssl_.rwstate = SSL_X509_LOOKUP;
    return Answer::pending;
  }
  ssl_.rwstate = SSL_NOTHING;
  if (found != 1) return Answer::ready;
  // From here on a mistake means going on without a certificate.
  if (certificate == nullptr || key == nullptr) {
    raise(Reason::bad_data_returned_by_callback);
    return Answer::ready;
  }
  Result<void> used = use_certificate(&ssl_, certificate);
  if (used) used = use_private_key(&ssl_, key);
  if (!used && used.error().reason != Reason::none) raise(used.error());
  return Answer::ready;
}

const Credential* SslCertificates::credential(KeyKind kind) {
  // Kept alive for the pointer that goes out, whatever the application sets meanwhile.
  in_use_ = config_of(&ssl_).credentials;
  const Credential& slot = in_use_->slot(kind);
  return slot.usable() ? &slot : nullptr;
}

Result<std::vector<Bytes>> SslCertificates::certificate_list(const Credential& credential) {
  const STACK_OF(X509)* chain =
      credential.chain ? credential.chain.get() : ssl_.ctx->extra_certs.get();
  if (chain == nullptr && !config_of(&ssl_).has_mode(mode::kNoAutoChain)) {
    return built_chain(ssl_, credential);
  }
  std::vector<Bytes> list;
  const Reason reason =
      check_certificate_security(&ssl_, nullptr, credential.leaf.get(), CertificateUse::own_leaf);
  if (reason != Reason::none) return Error{reason, AlertDescription::internal_error};
  TRY(append_der(list, credential.leaf.get()));
  TRY(append_chain(list, ssl_, chain));
  return list;
}

Result<Answer> SslCertificates::sign(const Credential& credential, SignatureScheme scheme,
                                     ByteView content, Bytes& signature) {
  TRY(sign_with_key(*ssl_.ctx->algorithms, credential.key.get(), scheme, content, signature));
  return Answer::ready;
}

Result<SecretBytes> SslCertificates::decrypt_premaster(const Credential& credential,
                                                       ProtocolVersion client_version,
                                                       ByteView encrypted) {
  return decrypt_rsa_premaster(*ssl_.ctx->algorithms, credential.key.get(), client_version,
                               encrypted);
}

}  // namespace ciao::tls
