// The cipher suites that ciao can run.
#pragma once

#include <string_view>

#include "crypto/algorithms.h"

namespace ciao::tls {

// A TLS 1.3 suite (RFC 8446 §B.4): an AEAD for the records and a hash for everything else.
struct Suite {
  std::uint16_t id;
  AeadId aead;
  HashId hash;
  std::string_view name;
};

// Null for a suite that TLS 1.3 does not have.
const Suite* find_suite13(std::uint16_t id);

// How many records one key may seal before it has to be replaced (RFC 8446 §5.5; for CCM-8 and the
// CCM integrity bound see RFC 9147 §B). We update far below the bound; a peer that goes past it
// fails closed.
std::uint64_t confidentiality_limit(AeadId aead);

}  // namespace ciao::tls
