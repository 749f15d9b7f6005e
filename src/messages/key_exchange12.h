// ServerKeyExchange and ClientKeyExchange of TLS 1.2 (RFC 5246 §7.4.3, §7.4.7; RFC 8422 §5.4, §5.7;
// RFC 4279; RFC 5489).
#pragma once

#include "crypto/suites.h"
#include "messages/handshake_message.h"

namespace ciao::tls {

//  struct {
//      opaque psk_identity_hint<0..2^16-1>;               /* PSK key exchanges */
//      select (KeyExchangeAlgorithm) {
//          case ec_diffie_hellman: ServerECDHParams;      /* named_curve(3), NamedCurve,
//          point<1..2^8-1> */ case diffie_hellman: ServerDHParams;           /* dh_p<1..2^16-1>,
//          dh_g, dh_Ys */
//      } params;
//      SignatureAndHashAlgorithm algorithm;               /* with a certificate */
//      opaque signature<0..2^16-1>;
//  } ServerKeyExchange;
struct ServerKeyExchange {
  ByteView psk_identity_hint;
  NamedGroup group = NamedGroup::none;
  ByteView dh_p;
  ByteView dh_g;
  ByteView public_value;  // the point, or dh_Ys
  ByteView params;        // what is signed, after the randoms
  SignatureScheme algorithm = SignatureScheme::none;
  ByteView signature;

  static Result<ServerKeyExchange> parse(ByteView body, const Suite& suite);
};

//  struct {
//      opaque psk_identity<0..2^16-1>;                    /* PSK key exchanges */
//      select (KeyExchangeAlgorithm) {
//          case ec_diffie_hellman: opaque point<1..2^8-1>;
//          case diffie_hellman: opaque dh_Yc<1..2^16-1>;
//          case rsa: opaque encrypted_premaster<0..2^16-1>;
//      } exchange_keys;
//  } ClientKeyExchange;
struct ClientKeyExchange {
  ByteView psk_identity;
  ByteView exchange_keys;

  static Result<ClientKeyExchange> parse(ByteView body, const Suite& suite);
};

constexpr std::uint8_t kNamedCurve = 3;  // ECCurveType

}  // namespace ciao::tls
