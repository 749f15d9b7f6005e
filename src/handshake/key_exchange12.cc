#include "handshake/key_exchange12.h"

#include "config/certificate_source.h"
#include "config/observer.h"
#include "crypto/rsa_premaster.h"
#include "keys/prf12.h"
#include "messages/client_hello.h"

namespace ciao::tls {
namespace {

constexpr Error kNoPsk{Reason::psk_identity_not_found, AlertDescription::handshake_failure};

constexpr std::size_t kLoggedOfEncrypted = 8;

bool listed(std::span<const NamedGroup> groups, NamedGroup group) {
  return std::ranges::find(groups, group) != groups.end();
}

// RFC 8422 §4 leaves the choice to the server where a client sends no supported_groups; OpenSSL
// takes such a client for one without curves. Where both have several, the client's order counts
// (RFC 8422 §5.1.1), unless SSL_OP_CIPHER_SERVER_PREFERENCE is set: SSL_CTX_set1_groups(3).
bool choose_curve(HandshakeContext& context, const Suite& suite) {
  Exchange& exchange = context.exchange;
  const std::span<const NamedGroup> own = exchange.groups();
  const std::span<const NamedGroup> peers = exchange.peer_groups;
  const bool own_order = context.config->has(option::kCipherServerPreference);
  for (const NamedGroup group : own_order ? own : peers) {
    if (is_ffdhe(group) || find_group(group) == nullptr) continue;
    if (!listed(own_order ? peers : own, group)) continue;
    if (context.config->suite_b && group != suite_b_curve(suite.id)) continue;
    exchange.selected_group = group;
    return true;
  }
  return false;
}

DhQuestion dh_question(const HandshakeContext& context, const Suite& suite,
                       const Credential* credential) {
  return {suite, credential, context.negotiated.peer_groups};
}

// RFC 4279 §2: "if the PSK is N octets long, concatenate a uint16 with the value N, N zero octets,
// a second uint16 with the value N, and the PSK itself."
SecretBytes with_psk(const Suite& suite, const SecretBytes& other, ByteView psk) {
  if (suite.key_exchange != KeyExchange::psk) return psk_premaster(other.view(), psk);
  return psk_premaster(Bytes(psk.size()), psk);
}

// What the interfaces that show the peer's share need where no named group says the rest.
Bytes encode_dh_params(const DhPublic& values) {
  Bytes encoded;
  Writer writer(encoded);
  writer.vector16(values.p);
  writer.vector16(values.g);
  writer.vector16(values.value);
  return encoded;
}

}  // namespace

// --- server --------------------------------------------------------------------------------------

bool ServerKeys12::possible(HandshakeContext& context, const Suite& suite,
                            const Credential* credential) {
  Exchange& exchange = context.exchange;
  Application& application = *context.hooks.application;
  exchange.selected_group = NamedGroup::none;
  if (uses_psk(suite.key_exchange) && !application.has_psk()) return false;
  if (uses_ecdhe(suite.key_exchange)) return choose_curve(context, suite);
  if (uses_dhe(suite.key_exchange)) {
    return application.has_dh_group(dh_question(context, suite, credential));
  }
  return true;
}

Result<void> ServerKeys12::generate(HandshakeContext& context, const Credential* credential) {
  const Suite& suite = *context.negotiated.suite;
  Application& application = *context.hooks.application;
  Writer writer(params_);
  if (uses_psk(suite.key_exchange)) {
    const std::string hint = application.psk_identity_hint();
    if (suite.key_exchange != KeyExchange::psk || !hint.empty()) writer.vector16(as_bytes(hint));
  }
  if (uses_ecdhe(suite.key_exchange)) {
    ecdhe_ = TRY(KeyShare::generate(context.algorithms, context.exchange.selected_group));
    writer.u8(kNamedCurve);
    writer.put(ecdhe_->group());
    writer.vector8(ecdhe_->public_value());
    context.negotiated.own_key_share = to_bytes(ecdhe_->public_value());
  } else if (uses_dhe(suite.key_exchange)) {
    const DhGroup group = TRY(application.dh_group(dh_question(context, suite, credential)));
    dhe_ = TRY(DhShare::generate(context.algorithms, group));
    context.negotiated.own_key_share = encode_dh_params(TRY(dhe_->public_values()));
    writer.bytes(context.negotiated.own_key_share);
  }
  context.negotiated.group = context.exchange.selected_group;
  return writer.finish();
}

Result<SecretBytes> ServerKeys12::premaster(HandshakeContext& context,
                                            const ClientKeyExchange& message,
                                            const Credential* credential) {
  const Suite& suite = *context.negotiated.suite;
  context.negotiated.own_key_share.clear();  // as in OpenSSL it is shown until it is used
  if (!uses_psk(suite.key_exchange)) return other_secret(context, message, credential);
  if (message.psk_identity.size() > kMaxPskIdentitySize) {
    return Error{Reason::data_length_too_long, AlertDescription::decode_error};
  }
  const std::string identity(as_text(message.psk_identity));
  constexpr Error kUnknown{Reason::psk_identity_not_found, AlertDescription::unknown_psk_identity};
  // RFC 4279 §5.1 has text. The application would see another identity than the one that was sent.
  if (identity.find('\0') != std::string::npos) return kUnknown;
  const SecretBytes psk = TRY(context.hooks.application->server_psk(identity));
  // RFC 4279 §2: the server may say so, or hide it behind a decrypt_error; OpenSSL says so.
  if (psk.empty()) return kUnknown;
  if (psk.view().size() > kMaxPskSize) return internal_error();
  context.own_session->psk_identity = identity;
  const SecretBytes other = TRY(other_secret(context, message, credential));
  return with_psk(suite, other, psk.view());
}

Result<SecretBytes> ServerKeys12::other_secret(HandshakeContext& context,
                                               const ClientKeyExchange& message,
                                               const Credential* credential) {
  switch (context.negotiated.suite->key_exchange) {
    case KeyExchange::psk: return SecretBytes();
    case KeyExchange::rsa: {
      if (credential == nullptr) return internal_error();
      const ClientHello hello = TRY(ClientHello::parse(
          ByteView(context.exchange.client_hello).subspan(kHandshakeHeaderSize)));
      return context.hooks.certificates->decrypt_premaster(*credential, hello.legacy_version,
                                                           message.exchange_keys);
    }
    case KeyExchange::dhe:
    case KeyExchange::dhe_psk: {
      if (!dhe_) return internal_error();
      const DhShare share = std::move(*dhe_);
      dhe_.reset();
      return share.derive(context.algorithms, message.exchange_keys);
    }
    case KeyExchange::ecdhe:
    case KeyExchange::ecdhe_psk: {
      if (!ecdhe_) return internal_error();
      const KeyShare share = std::move(*ecdhe_);
      ecdhe_.reset();
      return share.derive(context.algorithms, message.exchange_keys);
    }
    case KeyExchange::any: break;
  }
  return internal_error();
}

// --- client --------------------------------------------------------------------------------------

bool ClientKeys12::must_be_announced(const Suite& suite) {
  return uses_ecdhe(suite.key_exchange) || uses_dhe(suite.key_exchange);
}

bool ClientKeys12::may_be_announced(const Suite& suite) {
  return must_be_announced(suite) || suite.key_exchange == KeyExchange::psk;
}

Result<void> ClientKeys12::accept(HandshakeContext& context, const ServerKeyExchange& message) {
  const Suite& suite = *context.negotiated.suite;
  if (message.psk_identity_hint.size() > kMaxPskIdentitySize) {
    return Error{Reason::data_length_too_long, AlertDescription::handshake_failure};
  }
  if (uses_dhe(suite.key_exchange)) TRY(accept_dhe(context, message));
  if (uses_ecdhe(suite.key_exchange)) TRY(accept_ecdhe(context, message));
  if (uses_psk(suite.key_exchange)) {
    context.own_session->psk_identity_hint = as_text(message.psk_identity_hint);
  }
  return {};
}

Result<void> ClientKeys12::accept_ecdhe(HandshakeContext& context,
                                        const ServerKeyExchange& message) {
  Exchange& exchange = context.exchange;
  // RFC 8422 §5.4: a curve that was not offered is refused.
  const bool unfit =
      context.config->suite_b && message.group != suite_b_curve(context.negotiated.suite->id);
  if (unfit || find_group(message.group) == nullptr || is_ffdhe(message.group) ||
      !listed(exchange.groups(), message.group)) {
    return Error{Reason::wrong_curve, AlertDescription::illegal_parameter};
  }
  exchange.selected_group = message.group;
  exchange.peer_key_exchange = to_bytes(message.public_value);
  context.negotiated.group = message.group;
  return {};
}

Result<void> ClientKeys12::accept_dhe(HandshakeContext& context, const ServerKeyExchange& message) {
  DhGroup group = TRY(DhGroup::received(context.algorithms, message.dh_p, message.dh_g));
  if (!dh_public_key(context.algorithms, group, message.public_value)) {
    return Error{Reason::bad_dh_value, AlertDescription::illegal_parameter};
  }
  TRY(context.hooks.application->check_dh_group(group));
  dh_group_ = std::move(group);
  dh_value_ = to_bytes(message.public_value);
  context.negotiated.peer_key_share = encode_dh_params(
      {to_bytes(message.dh_p), to_bytes(message.dh_g), to_bytes(message.public_value)});
  return {};
}

Result<SecretBytes> ClientKeys12::premaster(HandshakeContext& context, Writer& body) {
  const Suite& suite = *context.negotiated.suite;
  if (!uses_psk(suite.key_exchange)) return other_secret(context, body);
  // The application may replace the session while it is asked.
  const Ref<Session> session = context.own_session;
  const std::string hint = session->psk_identity_hint;
  const PreSharedKey psk =
      TRY(context.hooks.application->client_psk(hint.empty() ? nullptr : hint.c_str()));
  if (psk.key.empty()) return kNoPsk;
  if (psk.key.view().size() > kMaxPskSize || psk.identity.size() > kMaxPskIdentitySize) {
    return internal_error();
  }
  session->psk_identity = psk.identity;
  body.vector16(as_bytes(psk.identity));
  const SecretBytes other = TRY(other_secret(context, body));
  return with_psk(suite, other, psk.key.view());
}

Result<SecretBytes> ClientKeys12::other_secret(HandshakeContext& context, Writer& body) {
  switch (context.negotiated.suite->key_exchange) {
    case KeyExchange::psk: return SecretBytes();
    case KeyExchange::rsa: return rsa(context, body);
    case KeyExchange::dhe:
    case KeyExchange::dhe_psk: return dhe(context, body);
    case KeyExchange::ecdhe:
    case KeyExchange::ecdhe_psk: return ecdhe(context, body);
    case KeyExchange::any: break;
  }
  return internal_error();
}

Result<SecretBytes> ClientKeys12::ecdhe(HandshakeContext& context, Writer& body) {
  Exchange& exchange = context.exchange;
  const KeyShare share = TRY(KeyShare::generate(context.algorithms, exchange.selected_group));
  body.vector8(share.public_value());
  SecretBytes secret = TRY(share.derive(context.algorithms, exchange.peer_key_exchange));
  context.negotiated.peer_key_share = std::move(exchange.peer_key_exchange);
  return secret;
}

Result<SecretBytes> ClientKeys12::dhe(HandshakeContext& context, Writer& body) {
  if (!dh_group_) return internal_error();
  const DhShare share = TRY(DhShare::generate(context.algorithms, *dh_group_));
  body.vector16(TRY(share.public_values()).value);
  return share.derive(context.algorithms, dh_value_);
}

Result<SecretBytes> ClientKeys12::rsa(HandshakeContext& context, Writer& body) {
  EVP_PKEY* key = context.negotiated.peer ? context.negotiated.peer->leaf_key() : nullptr;
  if (key == nullptr) return internal_error();
  // RFC 5246 §7.4.7.1: "The version number in the PreMasterSecret is the version offered by the
  // client in the ClientHello.client_version, not the version negotiated".
  SecretBytes premaster = TRY(make_rsa_premaster(context.algorithms, ProtocolVersion::tls1_2));
  const Bytes encrypted = TRY(encrypt_rsa_premaster(context.algorithms, key, premaster.view()));
  body.vector16(encrypted);
  Observer& observer = *context.hooks.observer;
  // The format's old way to find the connection: by what the premaster secret was encrypted to.
  if (observer.wants_keys()) {
    observer.key_log("RSA", ByteView(encrypted).first(kLoggedOfEncrypted), premaster.view());
  }
  return premaster;
}

}  // namespace ciao::tls
