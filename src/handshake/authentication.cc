#include "handshake/authentication.h"

#include "config/peer_verifier.h"
#include "extensions/registry.h"
#include "handshake/negotiate.h"
#include "messages/certificate.h"
#include "messages/certificate_verify.h"
#include "x509/leaf_signature.h"

namespace ciao::tls {
namespace {

// RFC 8446 §4.4.3: 64 spaces, the context string, a zero byte, the transcript hash.
Result<Bytes> signed_content(const HandshakeContext& context, Role signer) {
  constexpr std::string_view kServer = "TLS 1.3, server CertificateVerify";
  constexpr std::string_view kClient = "TLS 1.3, client CertificateVerify";
  const Digest hash = TRY(context.transcript.hash());
  Bytes content(64, 0x20);
  Writer writer(content);
  writer.bytes(as_bytes(signer == Role::server ? kServer : kClient));
  writer.u8(0);
  writer.bytes(hash.view());
  return content;
}

bool fits13(const SchemeInfo& scheme, const Credential& credential) {
  return key_fits_scheme(credential.key.get(), scheme);
}

}  // namespace

Result<FinishedVerified> FinishedVerified::check(HandshakeContext& context, HashId hash,
                                                 ByteView base_key, ByteView body) {
  const Digest transcript = TRY(context.transcript.hash());
  const HashSecret expected =
      TRY(finished_mac(context.algorithms, hash, base_key, transcript.view()));
  if (body.size() != expected.size())
    return Error{Reason::bad_digest_length, AlertDescription::decode_error};
  // RFC 8446 §4.4.4: "Recipients of Finished messages MUST verify that the contents are correct and
  // if incorrect MUST terminate the connection with a "decrypt_error" alert."
  if (!constant_time_equal(body, expected.view())) {
    return Error{Reason::digest_check_failed, AlertDescription::decrypt_error};
  }
  context.negotiated.peer_finished = to_bytes(body);
  return FinishedVerified();
}

Result<PeerAuthenticated> PeerAuthenticated::by_signature(HandshakeContext& context, Role signer,
                                                          ByteView body) {
  const CertificateVerify verify = TRY(CertificateVerify::parse(body));
  const SchemeInfo* info = find_scheme(verify.algorithm);
  const std::span<const SignatureScheme> offered = context.exchange.schemes_for(signer);
  EVP_PKEY* key = context.negotiated.peer ? context.negotiated.peer->leaf_key() : nullptr;
  if (key == nullptr)
    return Error{Reason::unable_to_find_public_key_parameters, AlertDescription::internal_error};
  // RFC 8446 §4.4.3: "the signature algorithm MUST be one offered in "signature_algorithms"", and
  // one that TLS 1.3 signs with, and fit the key.
  if (info == nullptr || !info->tls13 ||
      std::find(offered.begin(), offered.end(), verify.algorithm) == offered.end()) {
    return Error{Reason::wrong_signature_type, AlertDescription::illegal_parameter};
  }
  if (!key_fits_scheme(key, *info)) {
    KeyKind kind{};
    const bool wrong_curve = key_kind(key, kind) && kind == info->key;
    return Error{wrong_curve ? Reason::wrong_curve : Reason::wrong_signature_type,
                 AlertDescription::illegal_parameter};
  }
  const Bytes content = TRY(signed_content(context, signer));
  TRY(verify_signature(context.algorithms, key, verify.algorithm, content, verify.signature));
  context.negotiated.peer_scheme = verify.algorithm;
  return PeerAuthenticated();
}

Result<PeerAuthenticated> PeerAuthenticated::by_psk(const HandshakeContext& context) {
  const Negotiated& facts = context.negotiated;
  const bool psk_suite = facts.suite != nullptr && facts.suite->auth == SuiteAuth::psk;
  if (!context.exchange.psk_selected() && !facts.resumed && !psk_suite) return internal_error();
  return PeerAuthenticated();
}

Result<PeerAuthenticated> PeerAuthenticated::by_decryption(const HandshakeContext& context) {
  const Suite* suite = context.negotiated.suite;
  if (context.exchange.role != Role::client || suite == nullptr ||
      suite->key_exchange != KeyExchange::rsa) {
    return internal_error();
  }
  return PeerAuthenticated();
}

Result<PeerAuthenticated> PeerAuthenticated::without_certificate(const HandshakeContext& context) {
  const Negotiated& facts = context.negotiated;
  const bool showed_one = facts.peer && !facts.peer->empty();
  if (context.exchange.role != Role::server || showed_one) return internal_error();
  // RFC 8446 §4.4.2.4: "If the client does not send any certificates ... the server MAY at its
  // discretion either continue the handshake without client authentication or abort the handshake
  // with a "certificate_required" alert." RFC 5246 §7.4.6 has handshake_failure for it.
  if (facts.certificate_requested &&
      context.config->peer_authentication == PeerAuthentication::required) {
    return Error{Reason::peer_did_not_return_a_certificate,
                 facts.version == ProtocolVersion::tls1_3 ? AlertDescription::certificate_required
                                                          : AlertDescription::handshake_failure};
  }
  return PeerAuthenticated();
}

Result<void> send_finished(HandshakeContext& context, HashId hash, ByteView base_key) {
  const Digest transcript = TRY(context.transcript.hash());
  const HashSecret mac = TRY(finished_mac(context.algorithms, hash, base_key, transcript.view()));
  Bytes out;
  MessageBuilder message(out, HandshakeType::finished);
  message.body().bytes(mac.view());
  context.negotiated.own_finished = to_bytes(mac.view());
  return context.send(TRY(message.finish()));
}

bool may_choose_tls13(const HandshakeContext& context) {
  return context.exchange.allows(ProtocolVersion::tls1_3) &&
         context.hooks.certificates->fits_tls13();
}

const Credential* choose_credential(HandshakeContext& context) {
  return choose_credential(context, fits13);
}

namespace {

const Credential* first_fitting(HandshakeContext& context, const CredentialFits& credential_fits) {
  CertificateSource& source = *context.hooks.certificates;
  const Credential* chosen = nullptr;
  const auto fits = [&](const SchemeInfo& scheme) {
    const Credential* credential = source.credential(scheme.key);
    if (credential == nullptr || !credential_fits(scheme, *credential)) return false;
    chosen = credential;
    context.negotiated.own_credential = scheme.key;
    return true;
  };
  const bool own_preference =
      context.exchange.role == Role::server && context.config->has(option::kCipherServerPreference);
  context.negotiated.own_scheme =
      choose_scheme(context.negotiated.version, context.exchange.schemes_for(context.exchange.role),
                    context.exchange.peer_schemes, own_preference, fits);
  return chosen;
}

}  // namespace

// RFC 8446 §4.4.2.2: what signature_algorithms_cert allows is sent "if it is able to provide such a
// chain", otherwise "a certificate chain of its choice".
const Credential* choose_credential(HandshakeContext& context,
                                    const CredentialFits& credential_fits) {
  const std::vector<SignatureScheme>& listed = context.negotiated.peer_certificate_schemes;
  if (!listed.empty()) {
    const Credential* best = first_fitting(context, [&](const SchemeInfo& scheme,
                                                        const Credential& credential) {
      return credential_fits(scheme, credential) && leaf_signed_by(credential.leaf.get(), listed);
    });
    if (best != nullptr) return best;
  }
  return first_fitting(context, credential_fits);
}

const Credential* current_credential(HandshakeContext& context,
                                     const CredentialFits& credential_fits) {
  const Negotiated& facts = context.negotiated;
  const Credential* credential = context.hooks.certificates->credential(facts.own_credential);
  // None where the key does not sign: TLS 1.2's RSA key exchange.
  const SchemeInfo* scheme = find_scheme(facts.own_scheme);
  const bool fits =
      credential != nullptr && (scheme == nullptr || credential_fits(*scheme, *credential));
  return fits ? credential : nullptr;
}

Result<const Credential*> current_credential(HandshakeContext& context) {
  const Credential* credential = current_credential(context, fits13);
  if (credential == nullptr) credential = choose_credential(context);
  if (credential == nullptr) {
    return Error{Reason::no_suitable_signature_algorithm, AlertDescription::handshake_failure};
  }
  return credential;
}

Result<void> send_certificate(HandshakeContext& context, const Credential* credential,
                              ByteView request_context) {
  std::vector<Bytes> certificates;
  if (credential != nullptr)
    certificates = TRY(context.hooks.certificates->certificate_list(*credential));
  Bytes out;
  MessageBuilder message(out, HandshakeType::certificate);
  message.body().vector8(request_context);
  {
    const Writer::Scope list = message.body().scope24();
    for (std::size_t i = 0; i < certificates.size(); ++i) {
      message.body().vector24(certificates[i]);
      TRY(write_extensions(context.exchange, In::certificate, message.body(),
                           {certificates[i], i}));
    }
  }
  return context.send(TRY(message.finish()));
}

Result<Answer> send_certificate_verify(HandshakeContext& context, const Credential& credential) {
  const Bytes content = TRY(signed_content(context, context.exchange.role));
  Bytes signature;
  const Answer answer = TRY(context.hooks.certificates->sign(
      credential, context.negotiated.own_scheme, content, signature));
  if (answer == Answer::pending) return answer;
  Bytes out;
  MessageBuilder message(out, HandshakeType::certificate_verify);
  message.body().put(context.negotiated.own_scheme);
  message.body().vector16(signature);
  const ByteView written = TRY(message.finish());
  TRY(context.send(written));
  return Answer::ready;
}

Result<void> read_certificate(HandshakeContext& context, ByteView body, ByteView request_context) {
  const CertificateMessage message = TRY(CertificateMessage::parse(body));
  // RFC 8446 §4.4.2: "in response to a CertificateRequest, the value of certificate_request_context
  // in that message. Otherwise ... SHALL be zero length."
  if (!equal(message.certificate_request_context, request_context)) {
    return Error{Reason::invalid_context, AlertDescription::illegal_parameter};
  }
  std::vector<ByteView> certificates;
  certificates.reserve(message.certificate_list.size());
  for (const CertificateEntry& entry : message.certificate_list) {
    certificates.push_back(entry.cert_data);
  }
  context.negotiated.peer = TRY(PeerCertificates::parse(context.algorithms, certificates));
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    TRY(parse_extensions(context.exchange, In::certificate, message.certificate_list[i].extensions,
                         {certificates[i], i}));
  }
  return {};
}

Result<std::optional<Step>> ask_verifier(HandshakeContext& context) {
  const Answer answer = TRY(context.hooks.verifier->verify(*context.negotiated.peer));
  if (answer == Answer::pending) return Step::stop(Wait::verification);
  return std::nullopt;
}

Result<void> send_certificate_request(HandshakeContext& context, ByteView request_context) {
  Bytes out;
  MessageBuilder message(out, HandshakeType::certificate_request);
  message.body().vector8(request_context);
  TRY(write_extensions(context.exchange, In::certificate_request, message.body()));
  context.writes(HandshakeStage::server_write_certificate_request);
  context.negotiated.certificate_requested = true;
  return context.send(TRY(message.finish()));
}

Result<bool> read_client_certificate(HandshakeContext& context, const HandshakeMessage& message,
                                     ByteView request_context) {
  if (message.type != HandshakeType::certificate) return unexpected_message();
  context.stages.read(HandshakeStage::server_read_certificate, message);
  TRY(read_certificate(context, message.body, request_context));
  context.transcript.add(message.raw);
  return !context.negotiated.peer->empty();
}

Result<PeerAuthenticated> read_client_verify(HandshakeContext& context,
                                             const HandshakeMessage& message) {
  if (message.type != HandshakeType::certificate_verify) return unexpected_message();
  context.stages.read(HandshakeStage::server_read_certificate_verify, message);
  PeerAuthenticated proof =
      TRY(PeerAuthenticated::by_signature(context, Role::client, message.body));
  context.transcript.add(message.raw);
  return proof;
}

}  // namespace ciao::tls
