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
  // Null without memory. `rsa_by_name` as in CipherSelection.
  static Ref<const CipherList> make(CipherVector ciphers, CipherVector rsa_by_name);
  ~CipherList() { sk_SSL_CIPHER_free(stack_); }
  CipherList(const CipherList&) = delete;
  CipherList& operator=(const CipherList&) = delete;

  const CipherVector& ciphers() const { return ciphers_; }
  const CipherVector& rsa_by_name() const { return rsa_by_name_; }
  // Whether the engine may be given a suite of the list.
  bool in_use(const SSL_CIPHER& cipher) const;
  STACK_OF(SSL_CIPHER) * stack() const { return stack_; }

 private:
  CipherList(CipherVector ciphers, CipherVector rsa_by_name, STACK_OF(SSL_CIPHER) * stack)
      : ciphers_(std::move(ciphers)), rsa_by_name_(std::move(rsa_by_name)), stack_(stack) {}

  CipherVector ciphers_;
  CipherVector rsa_by_name_;
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

struct CipherSelection {
  CipherVector ciphers;
  // Suites with RSA key exchange that some rule added by their own name, or by a word that means
  // this key exchange ("kRSA", "RSA"). The others are listed, as in OpenSSL, and never used:
  // without forward secrecy, and a target of every decryption oracle since Bleichenbacher's
  // (RFC 7525 §4.1, RFC 9325 §4.1), they are for those who know that they want them.
  CipherVector rsa_by_name;
};

// The suites up to TLS 1.2 that `rules` selects, in OpenSSL's order. The policy is changed even if
// a later part of the string is wrong, as in OpenSSL.
Result<CipherSelection> evaluate_cipher_rules(std::string_view rules,
                                              const CipherAvailability& available,
                                              bool allows_tls12, CipherPolicy& policy);

// The TLS 1.3 suites of a colon-separated list. Unknown names are skipped; a list of nothing else
// is no_cipher_match, but an empty one is allowed.
Result<CipherVector> parse_ciphersuites(std::string_view names);

// `suites13` as far as available, then the rest of `list`.
CipherVector with_suites13(const CipherVector& suites13, const CipherVector& list,
                           const CipherAvailability& available);

}  // namespace ciao::tls
