// The numbers of the TLS registries, under the names that the RFCs give them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace ciao::tls {

// RFC 8446 §5.1
enum class ContentType : std::uint8_t {
  invalid = 0,
  change_cipher_spec = 20,
  alert = 21,
  handshake = 22,
  application_data = 23,
};

// RFC 8446 §4, RFC 5246 §7.4, RFC 6066 §8
enum class HandshakeType : std::uint8_t {
  hello_request = 0,
  client_hello = 1,
  server_hello = 2,
  hello_verify_request = 3,
  new_session_ticket = 4,
  end_of_early_data = 5,
  encrypted_extensions = 8,
  certificate = 11,
  server_key_exchange = 12,
  certificate_request = 13,
  server_hello_done = 14,
  certificate_verify = 15,
  client_key_exchange = 16,
  finished = 20,
  certificate_url = 21,
  certificate_status = 22,
  key_update = 24,
  next_proto = 67,
  message_hash = 254,
};

// Cipher suites that are none, and signal something in their place.
constexpr std::uint16_t kEmptyRenegotiationInfoScsv = 0x00ff;  // RFC 5746 §3.3
constexpr std::uint16_t kFallbackScsv = 0x5600;                // RFC 7507 §2

enum class ProtocolVersion : std::uint16_t {
  unset = 0,
  ssl3 = 0x0300,
  tls1_0 = 0x0301,
  tls1_1 = 0x0302,
  tls1_2 = 0x0303,
  tls1_3 = 0x0304,
};

// RFC 8446 §6
enum class AlertLevel : std::uint8_t { warning = 1, fatal = 2 };

// RFC 8446 §6, with the values that older versions still send
enum class AlertDescription : std::uint8_t {
  close_notify = 0,
  unexpected_message = 10,
  bad_record_mac = 20,
  decryption_failed = 21,
  record_overflow = 22,
  decompression_failure = 30,
  handshake_failure = 40,
  no_certificate = 41,
  bad_certificate = 42,
  unsupported_certificate = 43,
  certificate_revoked = 44,
  certificate_expired = 45,
  certificate_unknown = 46,
  illegal_parameter = 47,
  unknown_ca = 48,
  access_denied = 49,
  decode_error = 50,
  decrypt_error = 51,
  export_restriction = 60,
  protocol_version = 70,
  insufficient_security = 71,
  internal_error = 80,
  inappropriate_fallback = 86,
  user_canceled = 90,
  no_renegotiation = 100,
  missing_extension = 109,
  unsupported_extension = 110,
  certificate_unobtainable = 111,
  unrecognized_name = 112,
  bad_certificate_status_response = 113,
  bad_certificate_hash_value = 114,
  unknown_psk_identity = 115,
  certificate_required = 116,
  no_application_protocol = 120,
};
static_assert(internal_error().alert == AlertDescription::internal_error);

// RFC 8446 §4.2 and the IANA registry
enum class ExtensionType : std::uint16_t {
  server_name = 0,
  max_fragment_length = 1,
  status_request = 5,
  supported_groups = 10,
  ec_point_formats = 11,
  srp = 12,
  signature_algorithms = 13,
  use_srtp = 14,
  application_layer_protocol_negotiation = 16,
  signed_certificate_timestamp = 18,
  padding = 21,
  encrypt_then_mac = 22,
  extended_master_secret = 23,
  session_ticket = 35,
  pre_shared_key = 41,
  early_data = 42,
  supported_versions = 43,
  cookie = 44,
  psk_key_exchange_modes = 45,
  certificate_authorities = 47,
  post_handshake_auth = 49,
  signature_algorithms_cert = 50,
  key_share = 51,
  next_protocol_negotiation = 13172,
  renegotiation_info = 0xff01,
};

// RFC 8446 §4.2.7
enum class NamedGroup : std::uint16_t {
  none = 0,
  sect163k1 = 1,
  sect163r1 = 2,
  sect163r2 = 3,
  sect193r1 = 4,
  sect193r2 = 5,
  sect233k1 = 6,
  sect233r1 = 7,
  sect239k1 = 8,
  sect283k1 = 9,
  sect283r1 = 10,
  sect409k1 = 11,
  sect409r1 = 12,
  sect571k1 = 13,
  sect571r1 = 14,
  secp160k1 = 15,
  secp160r1 = 16,
  secp160r2 = 17,
  secp192k1 = 18,
  secp192r1 = 19,
  secp224k1 = 20,
  secp224r1 = 21,
  secp256k1 = 22,
  secp256r1 = 23,
  secp384r1 = 24,
  secp521r1 = 25,
  brainpoolP256r1 = 26,
  brainpoolP384r1 = 27,
  brainpoolP512r1 = 28,
  x25519 = 29,
  x448 = 30,
  ffdhe2048 = 256,
  ffdhe3072 = 257,
  ffdhe4096 = 258,
  ffdhe6144 = 259,
  ffdhe8192 = 260,
};

// RFC 8446 §4.2.3, with the TLS 1.2 pairs of RFC 5246 §7.4.1.4.1
enum class SignatureScheme : std::uint16_t {
  none = 0,
  rsa_pkcs1_sha1 = 0x0201,
  dsa_sha1 = 0x0202,
  ecdsa_sha1 = 0x0203,
  rsa_pkcs1_sha224 = 0x0301,
  dsa_sha224 = 0x0302,
  ecdsa_sha224 = 0x0303,
  rsa_pkcs1_sha256 = 0x0401,
  dsa_sha256 = 0x0402,
  ecdsa_secp256r1_sha256 = 0x0403,
  rsa_pkcs1_sha384 = 0x0501,
  dsa_sha384 = 0x0502,
  ecdsa_secp384r1_sha384 = 0x0503,
  rsa_pkcs1_sha512 = 0x0601,
  dsa_sha512 = 0x0602,
  ecdsa_secp521r1_sha512 = 0x0603,
  rsa_pss_rsae_sha256 = 0x0804,
  rsa_pss_rsae_sha384 = 0x0805,
  rsa_pss_rsae_sha512 = 0x0806,
  ed25519 = 0x0807,
  ed448 = 0x0808,
  rsa_pss_pss_sha256 = 0x0809,
  rsa_pss_pss_sha384 = 0x080a,
  rsa_pss_pss_sha512 = 0x080b,
};

// RFC 8446 §4.2.9
enum class PskKeyExchangeMode : std::uint8_t { psk_ke = 0, psk_dhe_ke = 1 };

// RFC 8446 §4.6.3
enum class KeyUpdateRequest : std::uint8_t { update_not_requested = 0, update_requested = 1 };

enum class Role : std::uint8_t { client, server };

constexpr Role peer_of(Role role) { return role == Role::client ? Role::server : Role::client; }

template <class Enum>
constexpr auto code(Enum value) {
  return static_cast<std::underlying_type_t<Enum>>(value);
}

// Names for people: "TLSv1.3", "x25519", "close notify", in OpenSSL's words where it has them
// ("unexpected_message" among them). String literals; empty for a value without a name.
std::string_view version_name(ProtocolVersion version);
std::string_view group_name(NamedGroup group);
std::string_view scheme_name(SignatureScheme scheme);
std::string_view alert_name(AlertDescription alert);

}  // namespace ciao::tls
