// Groups and signature algorithms as applications configure them: lists of names or NIDs. Each
// parser refuses what OpenSSL refuses, and gives a reason where OpenSSL does.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/signature.h"
#include "libssl/available_schemes.h"

namespace ciao::tls {

// "X25519:P-256": unknown names, empty elements and repetitions are refused.
Result<std::vector<std::uint16_t>> parse_groups(std::string_view list,
                                                const std::deque<ProviderGroup>& provided);
Result<std::vector<std::uint16_t>> groups_from_nids(std::span<const int> nids);

// "ECDSA+SHA256:rsa_pss_rsae_sha256".
Result<std::vector<std::uint16_t>> parse_schemes(std::string_view list);
// Pairs of digest and key type.
Result<std::vector<std::uint16_t>> schemes_from_nids(std::span<const int> nids);

// The names of those schemes that parse_schemes() knows by name, as a list for it.
std::string names_of(const AvailableSchemes& available);

// The NID that X.509 uses for digest and key together; NID_undef where there is none.
int combined_nid(const SchemeInfo& scheme);

// What both we and the peer may use, in the order of preference of a server or the peer.
std::vector<SignatureScheme> shared_schemes(const SSL* ssl);

}  // namespace ciao::tls
