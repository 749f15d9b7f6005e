#include "x509/credential.h"

namespace ciao::tls {

Credential Credential::copy() const {
  Credential copy;
  if (leaf) {
    X509_up_ref(leaf.get());
    copy.leaf.reset(leaf.get());
  }
  if (key) {
    EVP_PKEY_up_ref(key.get());
    copy.key.reset(key.get());
  }
  if (chain) copy.chain.reset(X509_chain_up_ref(chain.get()));
  copy.serverinfo = serverinfo;
  return copy;
}

Credentials::Credentials(const Credentials& other) : RefCounted(other), current(other.current) {
  for (std::size_t i = 0; i < kKeyKindCount; ++i) slots_[i] = other.slots_[i].copy();
}

}  // namespace ciao::tls
