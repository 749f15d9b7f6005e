#include "x509/leaf_signature.h"

#include <openssl/obj_mac.h>

#include <algorithm>

namespace ciao::tls {

bool leaf_signed_by(const X509* leaf, std::span<const SignatureScheme> schemes) {
  int digest = NID_undef;
  int algorithm = NID_undef;
  if (X509_get_signature_info(const_cast<X509*>(leaf), &digest, &algorithm, nullptr, nullptr) != 1)
    return false;
  return std::ranges::any_of(schemes, [&](SignatureScheme scheme) {
    const SchemeInfo* info = find_scheme(scheme);
    return info != nullptr && info->digest_nid == digest && info->signature_nid == algorithm;
  });
}

}  // namespace ciao::tls
