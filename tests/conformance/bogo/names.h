// Numbers of the wire, in the words of libssl's settings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shim {

// "X25519:P-256", or nothing if one of them has no name in libssl.
std::optional<std::string> group_names(const std::vector<int>& ids);

// "rsa_pss_rsae_sha256:ed25519", likewise.
std::optional<std::string> scheme_names(const std::vector<int>& ids);

// The NID by which libssl reports a group; 0 if it has none.
int group_nid(int id);

// The NIDs by which libssl reports a signature: its kind (SSL_get_peer_signature_type_nid) and its
// digest.
struct SchemeNids {
  int kind;
  int digest;
};
std::optional<SchemeNids> scheme_nids(int id);

}  // namespace shim
