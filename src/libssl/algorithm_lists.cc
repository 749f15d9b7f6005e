#include "libssl/algorithm_lists.h"

#include <openssl/objects.h>

#include <algorithm>
#include <string>

#include "config/defaults.h"
#include "libssl/entry.h"
#include "libssl/group_table.h"
#include "libssl/list_text.h"
#include "libssl/owner.h"
#include "libssl/security_policy.h"

namespace ciao::tls {
namespace {

// OpenSSL 3.0 refuses what is longer.
constexpr std::size_t kMaxGroupName = 63;
constexpr std::size_t kMaxSchemeName = 39;
constexpr std::size_t kMaxSchemes = 52;

// Every scheme of the engine, in the order in which OpenSSL searches: the RSAE form of PSS stands
// for "RSA-PSS".
constexpr SignatureScheme kSearchOrder[] = {
    SignatureScheme::ecdsa_secp256r1_sha256,
    SignatureScheme::ecdsa_secp384r1_sha384,
    SignatureScheme::ecdsa_secp521r1_sha512,
    SignatureScheme::ed25519,
    SignatureScheme::ed448,
    SignatureScheme::ecdsa_sha224,
    SignatureScheme::ecdsa_sha1,
    SignatureScheme::rsa_pss_rsae_sha256,
    SignatureScheme::rsa_pss_rsae_sha384,
    SignatureScheme::rsa_pss_rsae_sha512,
    SignatureScheme::rsa_pss_pss_sha256,
    SignatureScheme::rsa_pss_pss_sha384,
    SignatureScheme::rsa_pss_pss_sha512,
    SignatureScheme::rsa_pkcs1_sha256,
    SignatureScheme::rsa_pkcs1_sha384,
    SignatureScheme::rsa_pkcs1_sha512,
    SignatureScheme::rsa_pkcs1_sha224,
    SignatureScheme::rsa_pkcs1_sha1,
    SignatureScheme::dsa_sha256,
    SignatureScheme::dsa_sha384,
    SignatureScheme::dsa_sha512,
    SignatureScheme::dsa_sha224,
    SignatureScheme::dsa_sha1,
};

// Names without one in OpenSSL: older than the registry of TLS 1.3.
bool has_name(SignatureScheme scheme) {
  const SchemeInfo* info = find_scheme(scheme);
  return info->key != KeyKind::dsa && scheme != SignatureScheme::ecdsa_sha224 &&
         scheme != SignatureScheme::ecdsa_sha1;
}

// Calls `read` for each element; what it gives is appended unless it is a repetition.
template <class Read>
Result<std::vector<std::uint16_t>> parse_list(std::string_view list, Read read) {
  std::vector<std::uint16_t> ids;
  for (;;) {
    const std::size_t colon = list.find(':');
    const std::uint16_t id = TRY(read(trim(list.substr(0, colon))));
    if (std::ranges::find(ids, id) != ids.end()) return kQuietFailure;
    ids.push_back(id);
    if (colon == std::string_view::npos) return ids;
    list.remove_prefix(colon + 1);
  }
}

Result<std::uint16_t> group_by_name(std::string_view name,
                                    const std::deque<ProviderGroup>& provided) {
  if (name.empty() || name.size() > kMaxGroupName) return kQuietFailure;
  const GroupName* group = find_group_by_name(name);
  if (group != nullptr) return group->id;
  for (const ProviderGroup& each : provided) {
    if (each.name == name || each.group_name == name) return code(each.group);
  }
  return silent_error(Reason::passed_invalid_argument);
}

Result<std::uint16_t> scheme_by_nids(int key, int digest) {
  for (const SignatureScheme scheme : kSearchOrder) {
    const SchemeInfo* info = find_scheme(scheme);
    if (info->signature_nid == key && info->digest_nid == digest) return code(scheme);
  }
  return kQuietFailure;
}

// One side of "ECDSA+SHA256", in either order.
void read_half(std::string_view word, int& key, int& digest) {
  if (word == "RSA") {
    key = EVP_PKEY_RSA;
  } else if (word == "RSA-PSS" || word == "PSS") {
    key = EVP_PKEY_RSA_PSS;
  } else if (word == "DSA") {
    key = EVP_PKEY_DSA;
  } else if (word == "ECDSA") {
    key = EVP_PKEY_EC;
  } else {
    const std::string name(word);
    digest = OBJ_sn2nid(name.c_str());
    if (digest == NID_undef) digest = OBJ_ln2nid(name.c_str());
  }
}

Result<std::uint16_t> scheme_by_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxSchemeName) return kQuietFailure;
  const std::size_t plus = name.find('+');
  if (plus == std::string_view::npos) {
    for (const SignatureScheme scheme : kSearchOrder) {
      if (has_name(scheme) && scheme_name(scheme) == name) return code(scheme);
    }
    return kQuietFailure;
  }
  int key = NID_undef;
  int digest = NID_undef;
  if (plus + 1 == name.size()) return kQuietFailure;
  read_half(name.substr(0, plus), key, digest);
  read_half(name.substr(plus + 1), key, digest);
  if (key == NID_undef || digest == NID_undef) return kQuietFailure;
  return scheme_by_nids(key, digest);
}

bool shared_scheme_allowed(const SSL* ssl, SignatureScheme scheme) {
  const SchemeInfo* info = find_scheme(scheme);
  if (info == nullptr || !ssl->ctx->available_schemes.has(*info)) return false;
  const bool tls13 = ssl->connection.negotiated().version == ProtocolVersion::tls1_3;
  if (tls13 && info->key == KeyKind::dsa) return false;
  // A client that speaks TLS 1.3 shares none that is for TLS 1.2 alone.
  const bool only13 = !is_server(ssl) && (tls13 || !config_of(ssl).allows(ProtocolVersion::tls1_2));
  if (only13 && (info->key == KeyKind::dsa || info->digest_nid == NID_sha1 ||
                 info->digest_nid == NID_sha224)) {
    return false;
  }
  return security_allows_scheme(ssl, SSL_SECOP_SIGALG_SHARED, *info);
}

}  // namespace

Result<std::vector<std::uint16_t>> parse_groups(std::string_view list,
                                                const std::deque<ProviderGroup>& provided) {
  return parse_list(list, [&](std::string_view name) { return group_by_name(name, provided); });
}

Result<std::vector<std::uint16_t>> groups_from_nids(std::span<const int> nids) {
  std::vector<std::uint16_t> ids;
  if (nids.empty()) return silent_error(Reason::bad_length);
  for (const int nid : nids) {
    const GroupName* group = find_group_by_nid(nid);
    if (group == nullptr || std::ranges::find(ids, group->id) != ids.end()) return kQuietFailure;
    ids.push_back(group->id);
  }
  return ids;
}

Result<std::vector<std::uint16_t>> parse_schemes(std::string_view list) {
  Result<std::vector<std::uint16_t>> schemes = parse_list(list, scheme_by_name);
  if (schemes && schemes->size() > kMaxSchemes) return kQuietFailure;
  return schemes;
}

Result<std::vector<std::uint16_t>> schemes_from_nids(std::span<const int> nids) {
  if (nids.size() % 2 != 0) return kQuietFailure;
  std::vector<std::uint16_t> ids;
  for (std::size_t i = 0; i < nids.size(); i += 2) {
    ids.push_back(TRY(scheme_by_nids(nids[i + 1], nids[i])));
  }
  return ids;
}

std::string names_of(const AvailableSchemes& available) {
  std::string names;
  for (const SignatureScheme scheme : kSearchOrder) {
    if (!has_name(scheme) || !available.has(*find_scheme(scheme))) continue;
    if (!names.empty()) names += ':';
    names += scheme_name(scheme);
  }
  return names;
}

int combined_nid(const SchemeInfo& scheme) {
  if (scheme.digest_nid == NID_undef || scheme.signature_nid == EVP_PKEY_RSA_PSS) return NID_undef;
  int combined = NID_undef;
  OBJ_find_sigid_by_algs(&combined, scheme.digest_nid, scheme.signature_nid);
  return combined;
}

std::vector<SignatureScheme> shared_schemes(const SSL* ssl) {
  const Config& config = config_of(ssl);
  std::vector<SignatureScheme> own = config.schemes;
  if (!is_server(ssl) && !config.client_schemes.empty()) own = config.client_schemes;
  if (own.empty()) own.assign(std::begin(kDefaultSchemes), std::end(kDefaultSchemes));
  const std::vector<SignatureScheme>& peer = ssl->connection.negotiated().peer_schemes;
  const bool own_order = config.has(option::kCipherServerPreference);
  const std::vector<SignatureScheme>& preferred = own_order ? own : peer;
  const std::vector<SignatureScheme>& other = own_order ? peer : own;
  std::vector<SignatureScheme> shared;
  for (const SignatureScheme scheme : preferred) {
    if (std::ranges::find(other, scheme) != other.end() && shared_scheme_allowed(ssl, scheme)) {
      shared.push_back(scheme);
    }
  }
  return shared;
}

}  // namespace ciao::tls
