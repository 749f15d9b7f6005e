// Where our own identity comes from.
#pragma once

#include "base/secret.h"
#include "config/hooks.h"
#include "x509/credential.h"

namespace ciao::tls {

class CertificateSource {
 public:
  CertificateSource() = default;
  CertificateSource(const CertificateSource&) = delete;
  CertificateSource& operator=(const CertificateSource&) = delete;
  virtual ~CertificateSource() = default;

  // A certificate is about to be chosen: the last moment to set one (cert_cb, client_cert_cb).
  virtual Result<Answer> certificate_wanted() = 0;
  // Server: whether what there is, or what a callback may still bring, can be good for TLS 1.3:
  // ECDSA is there bound to curves (RFC 8446 §4.2.3), and a certificate of another serves TLS 1.2
  // alone.
  virtual bool fits_tls13() { return true; }
  // The credential for this kind of key, with certificate and key, or null.
  virtual const Credential* credential(KeyKind kind) = 0;
  // The certificates to send with it, DER, leaf first.
  virtual Result<std::vector<Bytes>> certificate_list(const Credential& credential) = 0;
  // Signs with its key, wherever that lives; replaces the content of `signature`. After `pending`
  // it is called again with the same arguments.
  virtual Result<Answer> sign(const Credential& credential, SignatureScheme scheme,
                              ByteView content, Bytes& signature) = 0;
  // Server, TLS 1.2: the premaster secret that a client encrypted for this key, or a random one
  // (decrypt_rsa_premaster): the outcome tells nothing about `encrypted`.
  virtual Result<SecretBytes> decrypt_premaster(const Credential& credential,
                                                ProtocolVersion client_version,
                                                ByteView encrypted) = 0;
};

}  // namespace ciao::tls
