#include "wire/codepoints.h"

namespace ciao::tls {

std::string_view version_name(ProtocolVersion version) {
  switch (version) {
    case ProtocolVersion::ssl3: return "SSLv3";
    case ProtocolVersion::tls1_0: return "TLSv1";
    case ProtocolVersion::tls1_1: return "TLSv1.1";
    case ProtocolVersion::tls1_2: return "TLSv1.2";
    case ProtocolVersion::tls1_3: return "TLSv1.3";
    case ProtocolVersion::unset: break;
  }
  return {};
}

std::string_view group_name(NamedGroup group) {
  switch (group) {
    case NamedGroup::sect163k1: return "sect163k1";
    case NamedGroup::sect163r1: return "sect163r1";
    case NamedGroup::sect163r2: return "sect163r2";
    case NamedGroup::sect193r1: return "sect193r1";
    case NamedGroup::sect193r2: return "sect193r2";
    case NamedGroup::sect233k1: return "sect233k1";
    case NamedGroup::sect233r1: return "sect233r1";
    case NamedGroup::sect239k1: return "sect239k1";
    case NamedGroup::sect283k1: return "sect283k1";
    case NamedGroup::sect283r1: return "sect283r1";
    case NamedGroup::sect409k1: return "sect409k1";
    case NamedGroup::sect409r1: return "sect409r1";
    case NamedGroup::sect571k1: return "sect571k1";
    case NamedGroup::sect571r1: return "sect571r1";
    case NamedGroup::secp160k1: return "secp160k1";
    case NamedGroup::secp160r1: return "secp160r1";
    case NamedGroup::secp160r2: return "secp160r2";
    case NamedGroup::secp192k1: return "secp192k1";
    case NamedGroup::secp192r1: return "secp192r1";
    case NamedGroup::secp224k1: return "secp224k1";
    case NamedGroup::secp224r1: return "secp224r1";
    case NamedGroup::secp256k1: return "secp256k1";
    case NamedGroup::secp256r1: return "secp256r1";
    case NamedGroup::secp384r1: return "secp384r1";
    case NamedGroup::secp521r1: return "secp521r1";
    case NamedGroup::brainpoolP256r1: return "brainpoolP256r1";
    case NamedGroup::brainpoolP384r1: return "brainpoolP384r1";
    case NamedGroup::brainpoolP512r1: return "brainpoolP512r1";
    case NamedGroup::x25519: return "x25519";
    case NamedGroup::x448: return "x448";
    case NamedGroup::ffdhe2048: return "ffdhe2048";
    case NamedGroup::ffdhe3072: return "ffdhe3072";
    case NamedGroup::ffdhe4096: return "ffdhe4096";
    case NamedGroup::ffdhe6144: return "ffdhe6144";
    case NamedGroup::ffdhe8192: return "ffdhe8192";
    case NamedGroup::none: break;
  }
  return {};
}

std::string_view scheme_name(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::rsa_pkcs1_sha1: return "rsa_pkcs1_sha1";
    case SignatureScheme::dsa_sha1: return "dsa_sha1";
    case SignatureScheme::ecdsa_sha1: return "ecdsa_sha1";
    case SignatureScheme::rsa_pkcs1_sha224: return "rsa_pkcs1_sha224";
    case SignatureScheme::dsa_sha224: return "dsa_sha224";
    case SignatureScheme::ecdsa_sha224: return "ecdsa_sha224";
    case SignatureScheme::rsa_pkcs1_sha256: return "rsa_pkcs1_sha256";
    case SignatureScheme::dsa_sha256: return "dsa_sha256";
    case SignatureScheme::ecdsa_secp256r1_sha256: return "ecdsa_secp256r1_sha256";
    case SignatureScheme::rsa_pkcs1_sha384: return "rsa_pkcs1_sha384";
    case SignatureScheme::dsa_sha384: return "dsa_sha384";
    case SignatureScheme::ecdsa_secp384r1_sha384: return "ecdsa_secp384r1_sha384";
    case SignatureScheme::rsa_pkcs1_sha512: return "rsa_pkcs1_sha512";
    case SignatureScheme::dsa_sha512: return "dsa_sha512";
    case SignatureScheme::ecdsa_secp521r1_sha512: return "ecdsa_secp521r1_sha512";
    case SignatureScheme::rsa_pss_rsae_sha256: return "rsa_pss_rsae_sha256";
    case SignatureScheme::rsa_pss_rsae_sha384: return "rsa_pss_rsae_sha384";
    case SignatureScheme::rsa_pss_rsae_sha512: return "rsa_pss_rsae_sha512";
    case SignatureScheme::ed25519: return "ed25519";
    case SignatureScheme::ed448: return "ed448";
    case SignatureScheme::rsa_pss_pss_sha256: return "rsa_pss_pss_sha256";
    case SignatureScheme::rsa_pss_pss_sha384: return "rsa_pss_pss_sha384";
    case SignatureScheme::rsa_pss_pss_sha512: return "rsa_pss_pss_sha512";
    case SignatureScheme::none: break;
  }
  return {};
}

std::string_view alert_name(AlertDescription alert) {
  switch (alert) {
    case AlertDescription::close_notify: return "close notify";
    case AlertDescription::unexpected_message: return "unexpected_message";
    case AlertDescription::bad_record_mac: return "bad record mac";
    case AlertDescription::decryption_failed: return "decryption failed";
    case AlertDescription::record_overflow: return "record overflow";
    case AlertDescription::decompression_failure: return "decompression failure";
    case AlertDescription::handshake_failure: return "handshake failure";
    case AlertDescription::no_certificate: return "no certificate";
    case AlertDescription::bad_certificate: return "bad certificate";
    case AlertDescription::unsupported_certificate: return "unsupported certificate";
    case AlertDescription::certificate_revoked: return "certificate revoked";
    case AlertDescription::certificate_expired: return "certificate expired";
    case AlertDescription::certificate_unknown: return "certificate unknown";
    case AlertDescription::illegal_parameter: return "illegal parameter";
    case AlertDescription::unknown_ca: return "unknown CA";
    case AlertDescription::access_denied: return "access denied";
    case AlertDescription::decode_error: return "decode error";
    case AlertDescription::decrypt_error: return "decrypt error";
    case AlertDescription::export_restriction: return "export restriction";
    case AlertDescription::protocol_version: return "protocol version";
    case AlertDescription::insufficient_security: return "insufficient security";
    case AlertDescription::internal_error: return "internal error";
    case AlertDescription::inappropriate_fallback: return "inappropriate fallback";
    case AlertDescription::user_canceled: return "user canceled";
    case AlertDescription::no_renegotiation: return "no renegotiation";
    case AlertDescription::missing_extension: return "missing extension";
    case AlertDescription::unsupported_extension: return "unsupported extension";
    case AlertDescription::certificate_unobtainable: return "certificate unobtainable";
    case AlertDescription::unrecognized_name: return "unrecognized name";
    case AlertDescription::bad_certificate_status_response:
      return "bad certificate status response";
    case AlertDescription::bad_certificate_hash_value: return "bad certificate hash value";
    case AlertDescription::unknown_psk_identity: return "unknown PSK identity";
    case AlertDescription::certificate_required: return "certificate required";
    case AlertDescription::no_application_protocol: return "no application protocol";
  }
  return {};
}

}  // namespace ciao::tls
