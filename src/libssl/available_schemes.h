// The signature schemes that the providers of a context can make or check: the others are neither
// offered nor accepted, as an application may have loaded few (provider(7)).
#pragma once

#include <openssl/types.h>

#include <bitset>

#include "crypto/signature.h"

namespace ciao::tls {

class AvailableSchemes {
 public:
  // Asks for each key type and digest once. What is missing is no error.
  static AvailableSchemes probe(OSSL_LIB_CTX* libctx, const char* properties);

  bool has(const SchemeInfo& scheme) const;
  bool all() const { return keys_.all() && digests_.all(); }

 private:
  static constexpr std::size_t kKeys = 6;
  static constexpr std::size_t kDigests = 5;

  std::bitset<kKeys> keys_;
  std::bitset<kDigests> digests_;
};

}  // namespace ciao::tls
