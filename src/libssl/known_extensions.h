// The extensions that OpenSSL 3.0 handles by itself.
#pragma once

#include "wire/codepoints.h"

namespace ciao::tls {

// A private number of CryptoPro's servers, which OpenSSL answers with a fixed block.
constexpr unsigned kCryptoProBug = 0xfde8;

constexpr bool is_known_extension(unsigned type) {
  if (type == kCryptoProBug) return true;
  if (type > 0xffff) return false;
  switch (static_cast<ExtensionType>(type)) {
    case ExtensionType::server_name:
    case ExtensionType::max_fragment_length:
    case ExtensionType::status_request:
    case ExtensionType::supported_groups:
    case ExtensionType::ec_point_formats:
    case ExtensionType::srp:
    case ExtensionType::signature_algorithms:
    case ExtensionType::use_srtp:
    case ExtensionType::application_layer_protocol_negotiation:
    case ExtensionType::signed_certificate_timestamp:
    case ExtensionType::padding:
    case ExtensionType::encrypt_then_mac:
    case ExtensionType::extended_master_secret:
    case ExtensionType::session_ticket:
    case ExtensionType::pre_shared_key:
    case ExtensionType::early_data:
    case ExtensionType::supported_versions:
    case ExtensionType::cookie:
    case ExtensionType::psk_key_exchange_modes:
    case ExtensionType::certificate_authorities:
    case ExtensionType::post_handshake_auth:
    case ExtensionType::signature_algorithms_cert:
    case ExtensionType::key_share:
    case ExtensionType::next_protocol_negotiation:
    case ExtensionType::renegotiation_info: return true;
  }
  return false;
}

}  // namespace ciao::tls
