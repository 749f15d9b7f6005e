#include "libssl/group_table.h"

#include <openssl/obj_mac.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>

namespace ciao::tls {
namespace {

constexpr auto kGroups = std::to_array<GroupName>({
    {1, "sect163k1", "K-163", NID_sect163k1, 80},
    {2, "sect163r1", nullptr, NID_sect163r1, 80},
    {3, "sect163r2", "B-163", NID_sect163r2, 80},
    {4, "sect193r1", nullptr, NID_sect193r1, 80},
    {5, "sect193r2", nullptr, NID_sect193r2, 80},
    {6, "sect233k1", "K-233", NID_sect233k1, 112},
    {7, "sect233r1", "B-233", NID_sect233r1, 112},
    {8, "sect239k1", nullptr, NID_sect239k1, 112},
    {9, "sect283k1", "K-283", NID_sect283k1, 128},
    {10, "sect283r1", "B-283", NID_sect283r1, 128},
    {11, "sect409k1", "K-409", NID_sect409k1, 192},
    {12, "sect409r1", "B-409", NID_sect409r1, 192},
    {13, "sect571k1", "K-571", NID_sect571k1, 256},
    {14, "sect571r1", "B-571", NID_sect571r1, 256},
    {15, "secp160k1", nullptr, NID_secp160k1, 80},
    {16, "secp160r1", nullptr, NID_secp160r1, 80},
    {17, "secp160r2", nullptr, NID_secp160r2, 80},
    {18, "secp192k1", nullptr, NID_secp192k1, 80},
    {19, "secp192r1", "P-192", NID_X9_62_prime192v1, 80},
    {20, "secp224k1", nullptr, NID_secp224k1, 112},
    {21, "secp224r1", "P-224", NID_secp224r1, 112},
    {22, "secp256k1", nullptr, NID_secp256k1, 128},
    {23, "secp256r1", "P-256", NID_X9_62_prime256v1, 128},
    {24, "secp384r1", "P-384", NID_secp384r1, 192},
    {25, "secp521r1", "P-521", NID_secp521r1, 256},
    {26, "brainpoolP256r1", nullptr, NID_brainpoolP256r1, 128},
    {27, "brainpoolP384r1", nullptr, NID_brainpoolP384r1, 192},
    {28, "brainpoolP512r1", nullptr, NID_brainpoolP512r1, 256},
    {29, "x25519", nullptr, NID_X25519, 128},
    {30, "x448", nullptr, NID_X448, 224},
    {256, "ffdhe2048", nullptr, NID_ffdhe2048, 112},
    {257, "ffdhe3072", nullptr, NID_ffdhe3072, 128},
    {258, "ffdhe4096", nullptr, NID_ffdhe4096, 128},
    {259, "ffdhe6144", nullptr, NID_ffdhe6144, 128},
    {260, "ffdhe8192", nullptr, NID_ffdhe8192, 192},
});

bool same_name(std::string_view a, const char* b) { return b != nullptr && a == b; }

template <class Predicate>
const GroupName* find_if(Predicate predicate) {
  const auto* found = std::ranges::find_if(kGroups, predicate);
  return found != kGroups.end() ? found : nullptr;
}

}  // namespace

const GroupName* find_group_by_id(std::uint16_t id) {
  return find_if([id](const GroupName& group) { return group.id == id; });
}

const GroupName* find_group_by_nid(int nid) {
  return find_if([nid](const GroupName& group) { return group.nid == nid; });
}

const GroupName* find_group_by_name(std::string_view name) {
  return find_if([name](const GroupName& group) {
    return same_name(name, group.name) || same_name(name, group.alias) ||
           same_name(name, OBJ_nid2sn(group.nid));
  });
}

}  // namespace ciao::tls
