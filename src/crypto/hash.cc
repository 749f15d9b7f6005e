#include "crypto/hash.h"

#include <new>

namespace ciao::tls {
namespace {

// RFC 2104 §2
constexpr std::uint8_t kInnerPad = 0x36;
constexpr std::uint8_t kOuterPad = 0x5c;

constexpr std::size_t kMaxBlockSize = 128;
constexpr std::size_t block_size(HashId id) { return id == HashId::sha256 ? 64 : 128; }

}  // namespace

Hash::Hash(const Algorithms& algorithms, HashId id)
    : id_(id), direct_(algorithms.direct_hashing()) {
  if (direct_) {
    if (id == HashId::sha256) {
      SHA256_Init(&state_.sha256);
    } else {
      SHA384_Init(&state_.sha512);
    }
    return;
  }
  state_.evp = EVP_MD_CTX_new();
  failed_ =
      state_.evp == nullptr || EVP_DigestInit_ex2(state_.evp, algorithms.digest(id), nullptr) != 1;
}

Hash::Hash(const Hash& other) { copy_from(other); }

Hash& Hash::operator=(const Hash& other) {
  if (this == &other) return *this;
  if (!direct_) EVP_MD_CTX_free(state_.evp);
  copy_from(other);
  return *this;
}

Hash::~Hash() {
  // The state of an HMAC's inner or outer hash is as good as its key.
  if (direct_) {
    wipe(&state_, sizeof state_);
  } else {
    EVP_MD_CTX_free(state_.evp);
  }
}

void Hash::copy_from(const Hash& other) {
  id_ = other.id_;
  direct_ = other.direct_;
  failed_ = other.failed_;
  if (direct_) {
    state_ = other.state_;
    return;
  }
  state_.evp = EVP_MD_CTX_new();
  if (state_.evp == nullptr || EVP_MD_CTX_copy_ex(state_.evp, other.state_.evp) != 1)
    failed_ = true;
}

void Hash::update(ByteView bytes) {
  if (bytes.empty() || failed_) return;
  if (!direct_) {
    failed_ = EVP_DigestUpdate(state_.evp, bytes.data(), bytes.size()) != 1;
  } else if (id_ == HashId::sha256) {
    SHA256_Update(&state_.sha256, bytes.data(), bytes.size());
  } else {
    SHA384_Update(&state_.sha512, bytes.data(), bytes.size());
  }
}

Result<Digest> Hash::digest() const {
  Hash copy(*this);
  if (copy.failed_) return crypto_failure();
  Digest digest;
  std::uint8_t* out = digest.resize(hash_size(id_)).data();
  if (!direct_) {
    if (EVP_DigestFinal_ex(copy.state_.evp, out, nullptr) != 1) return crypto_failure();
  } else if (id_ == HashId::sha256) {
    SHA256_Final(out, &copy.state_.sha256);
  } else {
    SHA384_Final(out, &copy.state_.sha512);
  }
  return digest;
}

Result<Digest> hash_of(const Algorithms& algorithms, HashId id,
                       std::initializer_list<ByteView> parts) {
  Hash hash(algorithms, id);
  for (const ByteView part : parts) hash.update(part);
  return hash.digest();
}

Result<HashSecret> hmac(const Algorithms& algorithms, HashId id, ByteView key,
                        std::initializer_list<ByteView> parts) {
  const std::size_t block = block_size(id);
  Secret<kMaxBlockSize> pad;
  MutableBytes padded = pad.resize(block);
  if (key.size() > block) {
    const Digest hashed = TRY(hash_of(algorithms, id, {key}));
    copy_bytes(padded.data(), hashed.view());
  } else {
    copy_bytes(padded.data(), key);
  }
  for (std::uint8_t& byte : padded) byte ^= kInnerPad;
  Hash inner(algorithms, id);
  inner.update(padded);
  for (const ByteView part : parts) inner.update(part);
  Digest middle = TRY(inner.digest());

  for (std::uint8_t& byte : padded) byte ^= kInnerPad ^ kOuterPad;
  Hash outer(algorithms, id);
  outer.update(padded);
  outer.update(middle.view());
  Digest result = TRY(outer.digest());
  HashSecret secret(result.view());
  wipe(&middle, sizeof middle);
  wipe(&result, sizeof result);
  return secret;
}

}  // namespace ciao::tls
