#include "crypto/record_mac.h"

#include <openssl/core_names.h>

namespace ciao::tls {
namespace {

const char* digest_name(MacId id) {
  switch (id) {
    case MacId::sha1: return "SHA1";
    case MacId::sha256: return "SHA2-256";
    case MacId::sha384: return "SHA2-384";
  }
  return nullptr;
}

}  // namespace

Result<void> RecordMac::set_key(const Algorithms& algorithms, MacId id, ByteView key) {
  id_ = id;
  if (algorithms.hmac() == nullptr || key.size() != size()) return crypto_failure();
  context_.reset(EVP_MAC_CTX_new(algorithms.hmac()));
  OSSL_PARAM parameters[3];
  OSSL_PARAM* next = parameters;
  *next++ = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                             const_cast<char*>(digest_name(id)), 0);
  if (algorithms.properties() != nullptr) {
    *next++ = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_PROPERTIES,
                                               const_cast<char*>(algorithms.properties()), 0);
  }
  *next = OSSL_PARAM_construct_end();
  if (!context_ || EVP_MAC_init(context_.get(), key.data(), key.size(), parameters) != 1) {
    return crypto_failure();
  }
  return {};
}

Result<void> RecordMac::compute(ByteView header, ByteView content, MutableBytes out) const {
  const Context copy(EVP_MAC_CTX_dup(context_.get()));
  std::size_t written = 0;
  if (!copy || EVP_MAC_update(copy.get(), header.data(), header.size()) != 1 ||
      EVP_MAC_update(copy.get(), content.data(), content.size()) != 1 ||
      EVP_MAC_final(copy.get(), out.data(), &written, out.size()) != 1) {
    return crypto_failure();
  }
  return {};
}

Result<void> RecordMac::compute_hiding_size(ByteView header, ByteView content, std::size_t size,
                                            MutableBytes out) const {
  // libcrypto's HMAC has this for TLS: told the public size of everything first, it takes the
  // header in one call and the content, with its secret size, in the next.
  std::size_t everything = content.size();
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_TLS_DATA_SIZE, &everything),
      OSSL_PARAM_construct_end()};
  const Context copy(EVP_MAC_CTX_dup(context_.get()));
  std::size_t written = 0;
  if (!copy || EVP_MAC_CTX_set_params(copy.get(), parameters) != 1 ||
      EVP_MAC_update(copy.get(), header.data(), header.size()) != 1 ||
      EVP_MAC_update(copy.get(), content.data(), size) != 1 ||
      EVP_MAC_final(copy.get(), out.data(), &written, out.size()) != 1) {
    return crypto_failure();
  }
  return {};
}

}  // namespace ciao::tls
