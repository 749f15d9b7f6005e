#include "names.h"

#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <array>

namespace shim {
namespace {

struct Group {
  int id;
  std::string_view name;
  int nid;
};
constexpr std::array kGroups = {
    Group{21, "P-224", NID_secp224r1}, Group{23, "P-256", NID_X9_62_prime256v1},
    Group{24, "P-384", NID_secp384r1}, Group{25, "P-521", NID_secp521r1},
    Group{29, "X25519", NID_X25519},   Group{30, "X448", NID_X448},
};

struct Scheme {
  int id;
  std::string_view name;
  SchemeNids nids;
};
constexpr std::array kSchemes = {
    Scheme{0x0201, "rsa_pkcs1_sha1", {EVP_PKEY_RSA, NID_sha1}},
    Scheme{0x0401, "rsa_pkcs1_sha256", {EVP_PKEY_RSA, NID_sha256}},
    Scheme{0x0501, "rsa_pkcs1_sha384", {EVP_PKEY_RSA, NID_sha384}},
    Scheme{0x0601, "rsa_pkcs1_sha512", {EVP_PKEY_RSA, NID_sha512}},
    Scheme{0x0203, "ECDSA+SHA1", {EVP_PKEY_EC, NID_sha1}},
    Scheme{0x0403, "ecdsa_secp256r1_sha256", {EVP_PKEY_EC, NID_sha256}},
    Scheme{0x0503, "ecdsa_secp384r1_sha384", {EVP_PKEY_EC, NID_sha384}},
    Scheme{0x0603, "ecdsa_secp521r1_sha512", {EVP_PKEY_EC, NID_sha512}},
    Scheme{0x0804, "rsa_pss_rsae_sha256", {EVP_PKEY_RSA_PSS, NID_sha256}},
    Scheme{0x0805, "rsa_pss_rsae_sha384", {EVP_PKEY_RSA_PSS, NID_sha384}},
    Scheme{0x0806, "rsa_pss_rsae_sha512", {EVP_PKEY_RSA_PSS, NID_sha512}},
    Scheme{0x0807, "ed25519", {EVP_PKEY_ED25519, NID_undef}},
};

template <typename Table>
const auto* find(const Table& table, int id) {
  const auto found = std::ranges::find(table, id, &Table::value_type::id);
  return found == table.end() ? nullptr : &*found;
}

template <typename Table>
std::optional<std::string> names(const Table& table, const std::vector<int>& ids) {
  std::string joined;
  for (const int id : ids) {
    const auto* entry = find(table, id);
    if (!entry) return std::nullopt;
    if (!joined.empty()) joined += ':';
    joined += entry->name;
  }
  return joined;
}

}  // namespace

std::optional<std::string> group_names(const std::vector<int>& ids) { return names(kGroups, ids); }
std::optional<std::string> scheme_names(const std::vector<int>& ids) {
  return names(kSchemes, ids);
}

int group_nid(int id) {
  const auto* group = find(kGroups, id);
  return group ? group->nid : NID_undef;
}

std::optional<SchemeNids> scheme_nids(int id) {
  const auto* scheme = find(kSchemes, id);
  return scheme ? std::optional(scheme->nids) : std::nullopt;
}

}  // namespace shim
