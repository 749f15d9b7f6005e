// use_srtp (RFC 5764 §4.1.1). It negotiates keys for datagrams: over TLS a client that has profiles
// names them, as in OpenSSL, and nobody may take it up.
#include "extensions/registry.h"

namespace ciao::tls {

//  uint8 SRTPProtectionProfile[2];
//  struct {
//      SRTPProtectionProfiles SRTPProtectionProfiles;    /* <2..2^16-1> */
//      opaque srtp_mki<0..255>;
//  } UseSRTPData;
Result<bool> write_use_srtp(Exchange& exchange, In, Writer& body) {
  if (exchange.config->srtp_profiles.empty()) return false;
  {
    const Writer::Scope list = body.scope16();
    for (const std::uint16_t profile : exchange.config->srtp_profiles) body.u16(profile);
  }
  body.u8(0);
  return true;
}

// RFC 5764 §4.1: "This extension MUST only be used with DTLS, and not with TLS".
Result<void> parse_use_srtp(Exchange&, In, Reader) {
  return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
}

}  // namespace ciao::tls
