// psk_key_exchange_modes (RFC 8446 §4.2.9).
#include "extensions/registry.h"

namespace ciao::tls {

//  struct { PskKeyExchangeMode ke_modes<1..255>; } PskKeyExchangeModes;
Result<bool> write_psk_modes(Exchange&, In, Writer& body) {
  // psk_ke has no forward secrecy and is not offered.
  const Writer::Scope list = body.scope8();
  body.put(PskKeyExchangeMode::psk_dhe_ke);
  return true;
}

Result<void> parse_psk_modes(Exchange& exchange, In, Reader body) {
  const ByteView modes = TRY(body.vector8());
  TRY(body.finish());
  if (modes.empty()) return body.malformed();
  exchange.offered.psk_modes_present = true;
  exchange.offered.psk_dhe_ke =
      std::find(modes.begin(), modes.end(), code(PskKeyExchangeMode::psk_dhe_ke)) != modes.end();
  return {};
}

}  // namespace ciao::tls
