// What authentication means in TLS 1.2: a signature in ServerKeyExchange or CertificateVerify, and
// Finished under the master secret.
#include "handshake/authentication12.h"

#include "keys/prf12.h"
#include "messages/certificate12.h"

namespace ciao::tls {

namespace {

// RFC 6460 §3.1, §3.2: AES-128 goes with P-256 and SHA-256, AES-256 with P-384 and SHA-384.
bool fits_suite_b(NamedGroup curve, const SchemeInfo& scheme, const Suite& suite) {
  return curve == suite_b_curve(suite.id) && curve == scheme.curve;
}

// RFC 8422 §5.1: supported_groups is about the curves of certificates, too: a peer's is one of
// ours, and a client's one that it said it has.
Result<void> check_leaf_curve(const HandshakeContext& context, const EVP_PKEY* key,
                              const SchemeInfo& scheme) {
  if (scheme.key != KeyKind::ecdsa) return {};
  const NamedGroup curve = key_curve(key);
  const auto& peers = context.negotiated.peer_groups;
  const auto groups = context.exchange.groups();
  const bool ours = std::ranges::find(groups, curve) != groups.end();
  const bool peer_has = context.exchange.role == Role::client || peers.empty() ||
                        std::ranges::find(peers, curve) != peers.end();
  const bool unfit =
      context.config->suite_b && !fits_suite_b(curve, scheme, *context.negotiated.suite);
  if (unfit || !ours || !peer_has) {
    return Error{Reason::wrong_curve, AlertDescription::illegal_parameter};
  }
  return {};
}

// RFC 5246 §7.4.4, RFC 8422 §5.5: Edwards curves have no type of their own.
ClientCertificateType certificate_type_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::rsa:
    case KeyKind::rsa_pss: return ClientCertificateType::rsa_sign;
    case KeyKind::dsa: return ClientCertificateType::dss_sign;
    case KeyKind::ecdsa:
    case KeyKind::ed25519:
    case KeyKind::ed448: break;
  }
  return ClientCertificateType::ecdsa_sign;
}

}  // namespace

Result<FinishedVerified> FinishedVerified::check12(HandshakeContext& context, ByteView master,
                                                   ByteView body) {
  const Digest transcript = TRY(context.transcript.hash());
  const VerifyData expected =
      TRY(verify_data12(context.algorithms, context.negotiated.suite->hash, master,
                        peer_of(context.exchange.role), transcript.view()));
  if (body.size() != expected.size()) {
    return Error{Reason::bad_digest_length, AlertDescription::decode_error};
  }
  // RFC 5246 §7.4.9: "Recipients of Finished messages MUST verify that the contents are correct."
  if (!constant_time_equal(body, expected.view())) {
    return Error{Reason::digest_check_failed, AlertDescription::decrypt_error};
  }
  context.negotiated.peer_finished = to_bytes(body);
  return FinishedVerified();
}

Result<PeerAuthenticated> PeerAuthenticated::by_signature12(HandshakeContext& context,
                                                            SignatureScheme scheme,
                                                            ByteView content, ByteView signature) {
  const SchemeInfo* info = find_scheme(scheme);
  const std::span<const SignatureScheme> offered =
      context.exchange.schemes_for(peer_of(context.exchange.role));
  EVP_PKEY* key = context.negotiated.peer ? context.negotiated.peer->leaf_key() : nullptr;
  if (key == nullptr) {
    return Error{Reason::unable_to_find_public_key_parameters, AlertDescription::internal_error};
  }
  // RFC 5246 §7.4.3: the pair "MUST be a pair that is included" in what we offered, and must fit
  // the key.
  if (info == nullptr || std::ranges::find(offered, scheme) == offered.end() ||
      !key_fits_scheme12(key, *info)) {
    return Error{Reason::wrong_signature_type, AlertDescription::illegal_parameter};
  }
  TRY(check_leaf_curve(context, key, *info));
  TRY(verify_signature(context.algorithms, key, scheme, content, signature));
  context.negotiated.peer_scheme = scheme;
  return PeerAuthenticated();
}

bool own_key_fits12(const HandshakeContext& context, const EVP_PKEY* key, const SchemeInfo& scheme,
                    const Suite& suite) {
  if (!key_fits_scheme12(key, scheme)) return false;
  return !context.config->suite_b || fits_suite_b(key_curve(key), scheme, suite);
}

const Credential* choose_credential12(HandshakeContext& context, const Suite& suite,
                                      const std::function<bool(KeyKind)>& usable) {
  return choose_credential(context, [&](const SchemeInfo& scheme, const Credential& credential) {
    return usable(scheme.key) && own_key_fits12(context, credential.key.get(), scheme, suite);
  });
}

bool kind_fits_suite(KeyKind kind, const Suite& suite) {
  switch (suite.auth) {
    case SuiteAuth::rsa:
      // An RSASSA-PSS key signs and does not decrypt.
      return kind == KeyKind::rsa ||
             (kind == KeyKind::rsa_pss && suite.key_exchange != KeyExchange::rsa);
    case SuiteAuth::ecdsa:
      return kind == KeyKind::ecdsa || kind == KeyKind::ed25519 || kind == KeyKind::ed448;
    case SuiteAuth::any:
    case SuiteAuth::psk: break;
  }
  return false;
}

bool key_fits_suite(const EVP_PKEY* key, const Suite& suite) {
  KeyKind kind{};
  return key != nullptr && key_kind(key, kind) && kind_fits_suite(kind, suite);
}

bool certificate_type_allows(ByteView certificate_types, KeyKind kind) {
  const std::uint8_t wanted = code(certificate_type_of(kind));
  return std::ranges::find(certificate_types, wanted) != certificate_types.end();
}

// RFC 5246 §7.4.4: "Any certificates provided by the client MUST be signed using a hash/signature
// algorithm pair found in supported_signature_algorithms": types without one are not asked for.
Bytes requested_certificate_types(const HandshakeContext& context) {
  if (!context.config->certificate_types.empty()) return context.config->certificate_types;
  Bytes types;
  for (const ClientCertificateType type :
       {ClientCertificateType::rsa_sign, ClientCertificateType::dss_sign,
        ClientCertificateType::ecdsa_sign}) {
    const auto is_of_type = [&](SignatureScheme scheme) {
      const SchemeInfo* info = find_scheme(scheme);
      return info != nullptr && certificate_type_of(info->key) == type;
    };
    if (std::ranges::any_of(context.exchange.schemes_for(Role::client), is_of_type)) {
      types.push_back(code(type));
    }
  }
  return types;
}

Bytes signed_params(const HandshakeContext& context, ByteView params) {
  Bytes content;
  Writer writer(content);
  writer.bytes(context.negotiated.client_random);
  writer.bytes(context.negotiated.server_random);
  writer.bytes(params);
  return content;
}

Result<void> read_certificate12(HandshakeContext& context, ByteView body) {
  const Certificate12 message = TRY(Certificate12::parse(body));
  context.negotiated.peer =
      TRY(PeerCertificates::parse(context.algorithms, message.certificate_list));
  return {};
}

Result<void> send_certificate12(HandshakeContext& context, const Credential* credential) {
  std::vector<Bytes> certificates;
  if (credential != nullptr) {
    certificates = TRY(context.hooks.certificates->certificate_list(*credential));
  }
  Bytes out;
  MessageBuilder message(out, HandshakeType::certificate);
  {
    const Writer::Scope list = message.body().scope24();
    for (const Bytes& certificate : certificates) message.body().vector24(certificate);
  }
  return context.send(TRY(message.finish()));
}

Result<Answer> send_certificate_verify12(HandshakeContext& context, const Credential& credential) {
  // An application callback may run: nothing of ours is lent to it.
  const Bytes content = to_bytes(context.transcript.messages());
  Bytes signature;
  const Answer answer = TRY(context.hooks.certificates->sign(
      credential, context.negotiated.own_scheme, content, signature));
  if (answer == Answer::pending) return answer;
  Bytes out;
  MessageBuilder message(out, HandshakeType::certificate_verify);
  message.body().put(context.negotiated.own_scheme);
  message.body().vector16(signature);
  TRY(context.send(TRY(message.finish())));
  return Answer::ready;
}

}  // namespace ciao::tls
