// psk_key_exchange_modes (RFC 8446 §4.2.9).
#include "extensions/registry.h"

namespace ciao::tls {

//  struct { PskKeyExchangeMode ke_modes<1..255>; } PskKeyExchangeModes;
// psk_ke has no forward secrecy: it is neither offered nor taken unless the application asks for
// it.
Result<bool> write_psk_modes(Exchange& exchange, In, Writer& body) {
  const Writer::Scope list = body.scope8();
  body.put(PskKeyExchangeMode::psk_dhe_ke);
  if (exchange.config->has(option::kAllowNoDheKex)) body.put(PskKeyExchangeMode::psk_ke);
  return true;
}

Result<void> parse_psk_modes(Exchange& exchange, In, Reader body) {
  const ByteView modes = TRY(body.vector8());
  TRY(body.finish());
  if (modes.empty()) return body.malformed();
  exchange.offered.psk_modes_present = true;
  const auto offers = [&](PskKeyExchangeMode mode) {
    return std::ranges::find(modes, code(mode)) != modes.end();
  };
  exchange.offered.psk_dhe_ke = offers(PskKeyExchangeMode::psk_dhe_ke);
  exchange.offered.psk_ke =
      exchange.config->has(option::kAllowNoDheKex) && offers(PskKeyExchangeMode::psk_ke);
  return {};
}

}  // namespace ciao::tls
