#include "libssl/suite_config.h"

#include <openssl/obj_mac.h>

#include <algorithm>

#include "config/defaults.h"
#include "crypto/key_share.h"
#include "crypto/suites.h"
#include "libssl/group_table.h"
#include "libssl/owner.h"
#include "libssl/security_policy.h"

namespace ciao::tls {
namespace {

// The suites of one version in `list` that `allowed` lets pass and the engine has.
template <class Allowed>
std::vector<std::uint16_t> suite_ids(const CipherList& list, ProtocolVersion version,
                                     const Allowed& allowed) {
  std::vector<std::uint16_t> ids;
  for (const SSL_CIPHER* cipher : list.ciphers()) {
    const Suite* suite = list.in_use(*cipher) ? find_suite(cipher->protocol_id) : nullptr;
    if (suite == nullptr || suite->tls13() != (version == ProtocolVersion::tls1_3)) continue;
    if (allowed(*cipher)) ids.push_back(cipher->protocol_id);
  }
  return ids;
}

std::vector<std::uint16_t> suite_ids(const CipherList& list, ProtocolVersion version) {
  return suite_ids(list, version, [](const SSL_CIPHER&) { return true; });
}

template <class Owner>
Result<void> install(Owner* owner, CipherVector ciphers, CipherVector rsa_by_name) {
  Ref<const CipherList> list = CipherList::make(std::move(ciphers), std::move(rsa_by_name));
  if (!list) return silent_error(Reason::malloc_failure);
  std::vector<std::uint16_t> suites13 = suite_ids(*list, ProtocolVersion::tls1_3);
  std::vector<std::uint16_t> suites12 = suite_ids(*list, ProtocolVersion::tls1_2);
  owner->ciphers = std::move(list);
  if (config_of(owner).suites13 != suites13) edit_config(owner).suites13 = std::move(suites13);
  if (config_of(owner).suites12 != suites12) edit_config(owner).suites12 = std::move(suites12);
  return {};
}

template <class Owner>
Result<void> apply_rules(Owner* owner, std::string_view rules) {
  const CipherAvailability& available = context_of(owner)->available_ciphers;
  const int version = context_of(owner)->method->version;
  const bool allows_tls12 = version == TLS_ANY_VERSION || version == TLS1_2_VERSION ||
                            version == DTLS_ANY_VERSION || version == DTLS1_2_VERSION;
  const Identity& identity = identity_of(owner);
  CipherPolicy policy{identity.security_level, identity.flags & kSuiteBFlags};
  Result<CipherSelection> selected = evaluate_cipher_rules(rules, available, allows_tls12, policy);
  if (policy.security_level != identity.security_level ||
      policy.suite_b_flags != (identity.flags & kSuiteBFlags)) {
    Identity& changed = edit_identity(owner);
    changed.security_level = policy.security_level;
    changed.flags = (changed.flags & ~kSuiteBFlags) | policy.suite_b_flags;
  }
  if (!selected) return selected.error();
  const bool empty = selected->ciphers.empty();
  TRY(install(owner, with_suites13(settings_of(owner).ciphersuites13, selected->ciphers, available),
              std::move(selected->rsa_by_name)));
  // The list is in force nevertheless, as in OpenSSL.
  if (empty) return silent_error(Reason::no_cipher_match);
  return {};
}

template <class Owner>
Result<void> apply_ciphersuites(Owner* owner, const Ref<const CipherList>& base,
                                std::string_view names) {
  CipherVector suites = TRY(parse_ciphersuites(names));
  edit_settings(owner).ciphersuites13 = suites;
  const CipherAvailability& available = context_of(owner)->available_ciphers;
  if (!base) return install(owner, with_suites13(suites, {}, available), {});
  return install(owner, with_suites13(suites, base->ciphers(), available), base->rsa_by_name());
}

// --- security policy ----------------------------------------------------------------------------

// A client that speaks nothing older than TLS 1.3 has no use for these, not even in certificates.
bool only_older_versions_use(const SchemeInfo& scheme) {
  return scheme.key == KeyKind::dsa || scheme.digest_nid == NID_sha1 ||
         scheme.digest_nid == NID_sha224;
}

bool is_client_of_tls13_alone(const SSL* ssl) {
  return !is_server(ssl) && !config_of(ssl).allows(ProtocolVersion::tls1_2);
}

bool scheme_allowed(const SSL* ssl, SignatureScheme scheme) {
  const SchemeInfo* info = find_scheme(scheme);
  if (info == nullptr || !ssl->ctx->available_schemes.has(*info)) return false;
  if (is_client_of_tls13_alone(ssl) && only_older_versions_use(*info)) return false;
  return security_allows_scheme(ssl, SSL_SECOP_SIGALG_SUPPORTED, *info);
}

// What a client without a list of its own offers at security level 0, in OpenSSL 3.0's order. From
// level 1 on SHA-1 is out, which leaves kDefaultSchemes.
std::vector<SignatureScheme> default_schemes() {
  std::vector<SignatureScheme> schemes;
  for (const SignatureScheme scheme : kDefaultSchemes) {
    schemes.push_back(scheme);
    if (scheme == SignatureScheme::ecdsa_sha224) schemes.push_back(SignatureScheme::ecdsa_sha1);
    if (scheme == SignatureScheme::rsa_pkcs1_sha224) {
      schemes.push_back(SignatureScheme::rsa_pkcs1_sha1);
    }
    if (scheme == SignatureScheme::dsa_sha224) schemes.push_back(SignatureScheme::dsa_sha1);
  }
  return schemes;
}

// What the application configured. RFC 6460's profile (cipher strings SUITEB...) has groups and
// schemes of its own, whatever else is set.
std::vector<NamedGroup> configured_groups(const SSL* ssl) {
  switch (ssl->identity->flags & kSuiteBFlags) {
    case SSL_CERT_FLAG_SUITEB_128_LOS: return {NamedGroup::secp256r1, NamedGroup::secp384r1};
    case SSL_CERT_FLAG_SUITEB_128_LOS_ONLY: return {NamedGroup::secp256r1};
    case SSL_CERT_FLAG_SUITEB_192_LOS: return {NamedGroup::secp384r1};
    default: break;
  }
  std::vector<NamedGroup> configured;
  configured.reserve(ssl->settings->groups.size());
  for (const std::uint16_t id : ssl->settings->groups) {
    configured.push_back(static_cast<NamedGroup>(id));
  }
  if (configured.empty()) configured.assign(std::begin(kDefaultGroups), std::end(kDefaultGroups));
  return configured;
}

std::vector<SignatureScheme> configured_schemes(const SSL* ssl,
                                                const std::vector<std::uint16_t>& ids) {
  constexpr SignatureScheme k128 = SignatureScheme::ecdsa_secp256r1_sha256;
  constexpr SignatureScheme k192 = SignatureScheme::ecdsa_secp384r1_sha384;
  switch (ssl->identity->flags & kSuiteBFlags) {
    case SSL_CERT_FLAG_SUITEB_128_LOS: return {k128, k192};
    case SSL_CERT_FLAG_SUITEB_128_LOS_ONLY: return {k128};
    case SSL_CERT_FLAG_SUITEB_192_LOS: return {k192};
    default: break;
  }
  std::vector<SignatureScheme> schemes;
  schemes.reserve(ids.size());
  for (const std::uint16_t id : ids) schemes.push_back(static_cast<SignatureScheme>(id));
  return schemes.empty() ? default_schemes() : schemes;
}

std::vector<NamedGroup> allowed_groups(const SSL* ssl) {
  std::vector<NamedGroup> configured = configured_groups(ssl);
  std::erase_if(configured, [&](NamedGroup group) {
    if (const ProviderGroup* provided = ssl->ctx->algorithms->group(group)) {
      const GroupName named{code(group), provided->name.c_str(), nullptr,
                            TLSEXT_nid_unknown | code(group), provided->security_bits};
      return !security_allows_group(ssl, SSL_SECOP_CURVE_SUPPORTED, named);
    }
    const GroupName* info = find_group_by_id(code(group));
    return info == nullptr || find_group(group) == nullptr ||
           !security_allows_group(ssl, SSL_SECOP_CURVE_SUPPORTED, *info);
  });
  return configured;
}

std::vector<SignatureScheme> allowed_schemes(const SSL* ssl,
                                             const std::vector<std::uint16_t>& ids) {
  std::vector<SignatureScheme> schemes = configured_schemes(ssl, ids);
  std::erase_if(schemes, [&](SignatureScheme scheme) { return !scheme_allowed(ssl, scheme); });
  return schemes;
}

std::vector<std::uint16_t> allowed_suites(const SSL* ssl, ProtocolVersion version,
                                          const KeyKinds& kinds) {
  return suite_ids(*ciphers_of(ssl), version, [&](const SSL_CIPHER& cipher) {
    return security_allows_cipher(ssl, SSL_SECOP_CIPHER_SUPPORTED, cipher) &&
           (is_server(ssl) || authenticates(kinds, cipher));
  });
}

// OpenSSL's policy of levels 1 and 2 comes to the engine's default lists.
bool defaults_pass(const SSL* ssl) {
  const Identity& identity = *ssl->identity;
  const bool usual_level = identity.security_level == 1 || identity.security_level == 2;
  const bool suite_b = (identity.flags & kSuiteBFlags) != 0;
  return !identity.security && usual_level && !suite_b && identity.schemes.empty() &&
         identity.client_schemes.empty() && ssl->settings->groups.empty() &&
         ssl->ctx->available_schemes.all() && !is_client_of_tls13_alone(ssl);
}

constexpr Error failure(Reason reason) { return {reason, AlertDescription::handshake_failure}; }

// What OpenSSL finds missing first where the policy leaves a client no signature scheme.
Reason reason_without_schemes(const SSL* ssl) {
  return config_of(ssl).allows(ProtocolVersion::tls1_3) ? Reason::no_suitable_signature_algorithm
                                                        : Reason::no_ciphers_available;
}

// Assigns to a member of the connection's Config, copying a shared one only for a change.
template <class T>
void update(SSL* ssl, T Config::* member, T value) {
  if (config_of(ssl).*member != value) ssl->connection.edit_config().*member = std::move(value);
}

KeyKinds signing_kinds(std::span<const SignatureScheme> schemes) {
  KeyKinds kinds;
  for (const SignatureScheme scheme : schemes) {
    if (const SchemeInfo* info = find_scheme(scheme)) kinds.set(code(info->key));
  }
  return kinds;
}

}  // namespace

KeyKinds allowed_signing_kinds(const SSL* ssl) {
  const Identity& identity = *ssl->identity;
  const bool of_clients = is_server(ssl) && !identity.client_schemes.empty();
  return signing_kinds(allowed_schemes(ssl, of_clients ? identity.client_schemes : identity.schemes));
}

bool authenticates(const KeyKinds& kinds, const SSL_CIPHER& cipher) {
  const auto has = [&](KeyKind kind) { return kinds.test(code(kind)); };
  switch (cipher.authentication) {
    case au::kRsa: return has(KeyKind::rsa) || has(KeyKind::rsa_pss);
    case au::kDss: return has(KeyKind::dsa);
    case au::kEcdsa: return has(KeyKind::ecdsa) || has(KeyKind::ed25519) || has(KeyKind::ed448);
    default: return true;
  }
}

bool set_default_suites(SSL_CTX* ctx) {
  const Result<CipherVector> suites13 = parse_ciphersuites(OSSL_default_ciphersuites());
  if (!suites13) return false;
  edit(ctx->settings).ciphersuites13 = *suites13;
  return apply_rules(ctx, OSSL_default_cipher_list()).has_value();
}

Result<void> set_cipher_rules(SSL_CTX* ctx, std::string_view rules) {
  return apply_rules(ctx, rules);
}

Result<void> set_cipher_rules(SSL* ssl, std::string_view rules) { return apply_rules(ssl, rules); }

Result<void> set_ciphersuites(SSL_CTX* ctx, std::string_view names) {
  return apply_ciphersuites(ctx, ctx->ciphers, names);
}

Result<void> set_ciphersuites(SSL* ssl, std::string_view names) {
  return apply_ciphersuites(ssl, ciphers_of(ssl), names);
}

void take_context_suites(SSL* ssl) {
  if (ssl->ciphers) return;
  const CipherList& list = *ssl->ctx->ciphers;
  update(ssl, &Config::suites13, suite_ids(list, ProtocolVersion::tls1_3));
  update(ssl, &Config::suites12, suite_ids(list, ProtocolVersion::tls1_2));
}

bool has_suites13(const SSL* ssl) {
  return !suite_ids(*ciphers_of(ssl), ProtocolVersion::tls1_3).empty();
}

Result<void> apply_security_policy(SSL* ssl) {
  take_context_suites(ssl);
  // Empty lists stand for the engine's defaults.
  std::vector<NamedGroup> groups;
  std::vector<SignatureScheme> schemes;
  std::vector<SignatureScheme> client_schemes;
  if (!defaults_pass(ssl)) {
    groups = allowed_groups(ssl);
    schemes = allowed_schemes(ssl, ssl->identity->schemes);
    if (!is_server(ssl) && groups.empty()) return failure(Reason::no_suitable_groups);
    if (!is_server(ssl) && schemes.empty()) return failure(reason_without_schemes(ssl));
    // Clients find out what a server lacks. An empty list would stand for another one.
    if (groups.empty()) groups.push_back(NamedGroup::none);
    if (schemes.empty()) schemes.push_back(SignatureScheme::none);
    if (!ssl->identity->client_schemes.empty()) {
      client_schemes = allowed_schemes(ssl, ssl->identity->client_schemes);
      if (client_schemes.empty()) client_schemes.push_back(SignatureScheme::none);
    }
    const KeyKinds kinds = signing_kinds(schemes);
    update(ssl, &Config::suites13, allowed_suites(ssl, ProtocolVersion::tls1_3, kinds));
    update(ssl, &Config::suites12, allowed_suites(ssl, ProtocolVersion::tls1_2, kinds));
  }
  // SSL_CTX_set_security_level(3): from level 3 on "session tickets are disabled".
  update(ssl, &Config::tickets_secure,
         security_allows(ssl, {.op = SSL_SECOP_TICKET, .bits = 0, .nid = 0, .other = nullptr}));
  update(ssl, &Config::certificate_types, ssl->identity->certificate_types);
  update(ssl, &Config::groups, std::move(groups));
  update(ssl, &Config::schemes, std::move(schemes));
  update(ssl, &Config::client_schemes, std::move(client_schemes));
  update(ssl, &Config::suite_b, (ssl->identity->flags & kSuiteBFlags) != 0);
  return {};
}

}  // namespace ciao::tls
