// Groups of TLS 1.3 that a loaded provider brings: provider-base(7), CAPABILITIES, TLS-GROUP.
#pragma once

#include <openssl/types.h>

#include <deque>
#include <string>

#include "wire/codepoints.h"

namespace ciao::tls {

struct ProviderGroup {
  NamedGroup group = NamedGroup::none;
  std::string name;        // as lists of groups name it
  std::string key_type;    // libcrypto's algorithm
  std::string group_name;  // and its parameter
  std::uint16_t security_bits = 0;
  bool encapsulates = false;  // a KEM: the server's share is a ciphertext
};

// Those that TLS 1.3 may use and whose keys this provider makes. `is_known` answers for the groups
// that ciao has of its own.
std::deque<ProviderGroup> provider_groups(OSSL_LIB_CTX* libctx, const char* properties,
                                          bool (*is_known)(NamedGroup));

}  // namespace ciao::tls
