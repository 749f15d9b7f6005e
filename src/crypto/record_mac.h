// HMAC over records, for TLS 1.2's block cipher suites (RFC 5246 §6.2.3.1).
#pragma once

#include <openssl/evp.h>

#include <memory>

#include "base/bytes.h"
#include "crypto/algorithms.h"

namespace ciao::tls {

constexpr std::size_t kMaxMacSize = 48;

constexpr std::size_t mac_size(MacId id) {
  switch (id) {
    case MacId::sha1: return 20;
    case MacId::sha256: return 32;
    case MacId::sha384: return 48;
  }
  return 0;
}

// Holds a keyed libcrypto context. For one direction of one connection.
class RecordMac {
 public:
  std::size_t size() const { return mac_size(id_); }
  // The key is as long as the MAC.
  Result<void> set_key(const Algorithms& algorithms, MacId id, ByteView key);
  // `out` has size() bytes.
  Result<void> compute(ByteView header, ByteView content, MutableBytes out) const;
  // The MAC of the first `size` bytes of `content`, in a time that depends on the size of all of
  // `content` but not on `size`. Behind `size` come at least a MAC and one byte of padding.
  Result<void> compute_hiding_size(ByteView header, ByteView content, std::size_t size,
                                   MutableBytes out) const;

 private:
  struct ContextFree {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_MAC_CTX, ContextFree>;

  Context context_;
  MacId id_ = MacId::sha1;
};

}  // namespace ciao::tls
