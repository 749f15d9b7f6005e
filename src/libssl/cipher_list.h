// The configured suites of a context or connection, and what makes them: the cipher-string language
// of openssl-ciphers(1).
#pragma once

#include <openssl/ssl.h>

#include <string_view>
#include <vector>

#include "base/ref.h"
#include "base/result.h"
#include "libssl/cipher_table.h"

namespace ciao::tls {

using CipherVector = std::vector<const SSL_CIPHER*>;

// Immutable, with the STACK_OF that SSL_CTX_get_ciphers lends out.
class CipherList : public RefCounted<CipherList> {
 public:
  // Null without memory.
  static Ref<const CipherList> make(CipherVector ciphers);
  ~CipherList() { sk_SSL_CIPHER_free(stack_); }
  CipherList(const CipherList&) = delete;
  CipherList& operator=(const CipherList&) = delete;

  const CipherVector& ciphers() const { return ciphers_; }
  STACK_OF(SSL_CIPHER) * stack() const { return stack_; }

 private:
  CipherList(CipherVector ciphers, STACK_OF(SSL_CIPHER) * stack)
      : ciphers_(std::move(ciphers)), stack_(stack) {}

  CipherVector ciphers_;
  STACK_OF(SSL_CIPHER) * stack_;
};

// A new stack of the same pointers; null without memory. The caller frees the stack alone.
STACK_OF(SSL_CIPHER) * make_cipher_stack(const CipherVector& ciphers);

// Which bulk ciphers and MACs the providers of a library context offer.
struct CipherAvailability {
  std::uint32_t encryption = 0;
  std::uint32_t mac = 0;

  static CipherAvailability probe(OSSL_LIB_CTX* libctx, const char* properties);
  bool has(const SSL_CIPHER& cipher) const {
    return (cipher.encryption & encryption) != 0 && (cipher.mac & mac) != 0;
  }
};

// What a cipher string may change besides the list.
struct CipherPolicy {
  int security_level;           // @SECLEVEL=n
  std::uint32_t suite_b_flags;  // SUITEB128 and its kin: SSL_CERT_FLAG_SUITEB_*
};

// The suites up to TLS 1.2 that `rules` selects, in OpenSSL's order. The policy is changed even if
// a later part of the string is wrong, as in OpenSSL.
Result<CipherVector> evaluate_cipher_rules(std::string_view rules,
                                           const CipherAvailability& available, bool allows_tls12,
                                           CipherPolicy& policy);

// The TLS 1.3 suites of a colon-separated list. Unknown names are skipped; a list of nothing else
// is no_cipher_match, but an empty one is allowed.
Result<CipherVector> parse_ciphersuites(std::string_view names);

// `suites13` as far as available, then the rest of `list`.
CipherVector with_suites13(const CipherVector& suites13, const CipherVector& list,
                           const CipherAvailability& available);

}  // namespace ciao::tls
