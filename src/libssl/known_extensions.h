// The extensions that OpenSSL 3.0 handles by itself.
#pragma once

namespace ciao::tls {

constexpr bool is_known_extension(unsigned type) {
  switch (type) {
    case 0:       // server_name
    case 1:       // max_fragment_length
    case 5:       // status_request
    case 10:      // supported_groups
    case 11:      // ec_point_formats
    case 12:      // srp
    case 13:      // signature_algorithms
    case 14:      // use_srtp
    case 16:      // application_layer_protocol_negotiation
    case 18:      // signed_certificate_timestamp
    case 21:      // padding
    case 22:      // encrypt_then_mac
    case 23:      // extended_master_secret
    case 35:      // session_ticket
    case 41:      // pre_shared_key
    case 42:      // early_data
    case 43:      // supported_versions
    case 44:      // cookie
    case 45:      // psk_key_exchange_modes
    case 47:      // certificate_authorities
    case 49:      // post_handshake_auth
    case 50:      // signature_algorithms_cert
    case 51:      // key_share
    case 13172:   // next_protocol_negotiation
    case 0xfde8:  // cryptopro_bug
    case 0xff01:  // renegotiation_info
      return true;
    default: return false;
  }
}

}  // namespace ciao::tls
