#include "messages/key_exchange12.h"

namespace ciao::tls {
namespace {

Result<void> parse_params(Reader& reader, const Suite& suite, ServerKeyExchange& message) {
  if (uses_ecdhe(suite.key_exchange)) {
    // RFC 8422 §5.4 left named curves alone.
    if (TRY(reader.u8()) != kNamedCurve) {
      return Error{Reason::wrong_curve, AlertDescription::illegal_parameter};
    }
    message.group = static_cast<NamedGroup>(TRY(reader.u16()));
    message.public_value = TRY(reader.vector8());
  } else if (uses_dhe(suite.key_exchange)) {
    message.dh_p = TRY(reader.vector16());
    message.dh_g = TRY(reader.vector16());
    message.public_value = TRY(reader.vector16());
    if (message.dh_p.empty() || message.dh_g.empty()) return reader.malformed();
  } else {
    return {};
  }
  if (message.public_value.empty()) return reader.malformed();
  return {};
}

}  // namespace

Result<ServerKeyExchange> ServerKeyExchange::parse(ByteView body, const Suite& suite) {
  Reader reader(body, Reason::length_mismatch);
  ServerKeyExchange message;
  if (uses_psk(suite.key_exchange)) message.psk_identity_hint = TRY(reader.vector16());
  TRY(parse_params(reader, suite, message));
  message.params = body.first(body.size() - reader.remaining());
  if (suite.auth != SuiteAuth::psk) {
    message.algorithm = static_cast<SignatureScheme>(TRY(reader.u16()));
    message.signature = TRY(reader.vector16());
  }
  TRY(reader.finish());
  return message;
}

Result<ClientKeyExchange> ClientKeyExchange::parse(ByteView body, const Suite& suite) {
  Reader reader(body, Reason::length_mismatch);
  ClientKeyExchange message;
  if (uses_psk(suite.key_exchange)) message.psk_identity = TRY(reader.vector16());
  if (uses_ecdhe(suite.key_exchange)) {
    message.exchange_keys = TRY(reader.vector8());
  } else if (suite.key_exchange != KeyExchange::psk) {
    message.exchange_keys = TRY(reader.vector16());
  }
  if (suite.key_exchange != KeyExchange::psk && message.exchange_keys.empty()) {
    return reader.malformed();
  }
  TRY(reader.finish());
  return message;
}

}  // namespace ciao::tls
