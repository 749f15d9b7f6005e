// What an endpoint proves its identity with: certificate, chain, key.
#pragma once

#include <openssl/x509.h>

#include <array>

#include "base/bytes.h"
#include "base/ref.h"
#include "crypto/evp_ptr.h"
#include "crypto/signature.h"
#include "x509/x509_ptr.h"

namespace ciao::tls {

// One certificate with its key. Either may be missing while an application sets them one after the
// other.
struct Credential {
  X509Ptr leaf;
  EvpPkeyPtr key;
  X509StackPtr chain;  // without the leaf; null when none was set
  Bytes serverinfo;    // serverinfo file content, version 2 form

  bool usable() const { return leaf && key; }
  Credential copy() const;
};

// At most one credential for each kind of key, as in OpenSSL. Copied before it is changed when
// connections share it.
class Credentials : public RefCounted<Credentials> {
 public:
  Credentials() = default;
  Credentials(const Credentials& other);

  Credential& slot(KeyKind kind) { return slots_[static_cast<std::size_t>(kind)]; }
  const Credential& slot(KeyKind kind) const { return slots_[static_cast<std::size_t>(kind)]; }
  // The one that interfaces without a kind mean ("current certificate"): the last one set or
  // selected.
  KeyKind current = KeyKind::rsa;

 private:
  std::array<Credential, kKeyKindCount> slots_;
};

}  // namespace ciao::tls
