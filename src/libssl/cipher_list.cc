#include "libssl/cipher_list.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "libssl/list_text.h"

namespace ciao::tls {
namespace {

struct NamedBit {
  std::uint32_t bit;
  const char* name;
};

constexpr auto kCiphers = std::to_array<NamedBit>({
    {enc::kAes128, "AES-128-CBC"},
    {enc::kAes256, "AES-256-CBC"},
    {enc::kAes128Gcm, "AES-128-GCM"},
    {enc::kAes256Gcm, "AES-256-GCM"},
    {enc::kAes128Ccm | enc::kAes128Ccm8, "AES-128-CCM"},
    {enc::kAes256Ccm | enc::kAes256Ccm8, "AES-256-CCM"},
    {enc::kChaCha20, "ChaCha20-Poly1305"},
    {enc::kCamellia128, "CAMELLIA-128-CBC"},
    {enc::kCamellia256, "CAMELLIA-256-CBC"},
    {enc::kAria128Gcm, "ARIA-128-GCM"},
    {enc::kAria256Gcm, "ARIA-256-GCM"},
    {enc::kSeed, "SEED-CBC"},
    {enc::kIdea, "IDEA-CBC"},
});

constexpr auto kDigests = std::to_array<NamedBit>({
    {mac::kMd5, "MD5"},
    {mac::kSha1, "SHA1"},
    {mac::kSha256, "SHA2-256"},
    {mac::kSha384, "SHA2-384"},
});

}  // namespace

Ref<const CipherList> CipherList::make(CipherVector ciphers, CipherVector rsa_by_name) {
  STACK_OF(SSL_CIPHER)* stack = make_cipher_stack(ciphers);
  if (stack == nullptr) return nullptr;
  return Ref<const CipherList>::adopt(
      new CipherList(std::move(ciphers), std::move(rsa_by_name), stack));
}

bool CipherList::in_use(const SSL_CIPHER& cipher) const {
  return cipher.key_exchange != kx::kRsa ||
         std::ranges::find(rsa_by_name_, &cipher) != rsa_by_name_.end();
}

STACK_OF(SSL_CIPHER) * make_cipher_stack(const CipherVector& ciphers) {
  STACK_OF(SSL_CIPHER)* stack =
      sk_SSL_CIPHER_new_reserve(nullptr, static_cast<int>(ciphers.size()));
  if (stack == nullptr) return nullptr;
  // Cannot fail: the place is reserved.
  for (const SSL_CIPHER* cipher : ciphers) sk_SSL_CIPHER_push(stack, cipher);
  return stack;
}

CipherAvailability CipherAvailability::probe(OSSL_LIB_CTX* libctx, const char* properties) {
  CipherAvailability available{.encryption = enc::kNull, .mac = mac::kAead};
  // What no provider has is an expected answer, not an error to leave behind.
  ERR_set_mark();
  for (const NamedBit& cipher : kCiphers) {
    EVP_CIPHER* fetched = EVP_CIPHER_fetch(libctx, cipher.name, properties);
    if (fetched != nullptr) available.encryption |= cipher.bit;
    EVP_CIPHER_free(fetched);
  }
  for (const NamedBit& digest : kDigests) {
    EVP_MD* fetched = EVP_MD_fetch(libctx, digest.name, properties);
    if (fetched != nullptr) available.mac |= digest.bit;
    EVP_MD_free(fetched);
  }
  ERR_pop_to_mark();
  return available;
}

Result<CipherVector> parse_ciphersuites(std::string_view names) {
  CipherVector ciphers;
  if (names.empty()) return ciphers;
  for (;;) {
    const std::size_t colon = names.find(':');
    const SSL_CIPHER* cipher = find_cipher_by_standard_name(trim(names.substr(0, colon)));
    if (cipher != nullptr) ciphers.push_back(cipher);
    if (colon == std::string_view::npos) break;
    names.remove_prefix(colon + 1);
  }
  if (ciphers.empty()) return silent_error(Reason::no_cipher_match);
  return ciphers;
}

CipherVector with_suites13(const CipherVector& suites13, const CipherVector& list,
                           const CipherAvailability& available) {
  CipherVector merged;
  std::ranges::copy_if(suites13, std::back_inserter(merged),
                       [&](const SSL_CIPHER* cipher) { return available.has(*cipher); });
  std::ranges::copy_if(list, std::back_inserter(merged),
                       [](const SSL_CIPHER* cipher) { return !cipher->tls13(); });
  return merged;
}

}  // namespace ciao::tls
