#include "crypto/cbc.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <limits>

#include "crypto/evp_ptr.h"

namespace ciao::tls {
namespace {

Result<Bytes> cbc(const Algorithms& algorithms, bool encrypt, ByteView key, ByteView iv,
                  ByteView in) {
  constexpr std::size_t kMaxInput = std::numeric_limits<int>::max() - 2 * kCbcIvSize;
  if (key.size() != kCbcKeySize || iv.size() != kCbcIvSize || in.size() > kMaxInput) {
    return crypto_failure();
  }
  const EvpCipherPtr cipher(
      EVP_CIPHER_fetch(algorithms.libctx(), "AES-256-CBC", algorithms.properties()));
  const EvpCipherContextPtr context(EVP_CIPHER_CTX_new());
  if (!cipher || !context ||
      EVP_CipherInit_ex2(context.get(), cipher.get(), key.data(), iv.data(), encrypt ? 1 : 0,
                         nullptr) != 1) {
    return crypto_failure();
  }
  Bytes out(in.size() + kCbcIvSize);
  int updated = 0;
  int finished = 0;
  // Wrong padding is the input's fault, not an error of the caller's to find in the queue.
  ERR_set_mark();
  const bool done = EVP_CipherUpdate(context.get(), out.data(), &updated, in.data(),
                                     static_cast<int>(in.size())) == 1 &&
                    EVP_CipherFinal_ex(context.get(), out.data() + updated, &finished) == 1;
  ERR_pop_to_mark();
  if (!done) {
    wipe(MutableBytes(out));
    return crypto_failure();
  }
  out.resize(static_cast<std::size_t>(updated) + static_cast<std::size_t>(finished));
  return out;
}

}  // namespace

Result<Bytes> cbc_encrypt(const Algorithms& algorithms, ByteView key, ByteView iv,
                          ByteView plaintext) {
  return cbc(algorithms, true, key, iv, plaintext);
}

Result<Bytes> cbc_decrypt(const Algorithms& algorithms, ByteView key, ByteView iv,
                          ByteView ciphertext) {
  return cbc(algorithms, false, key, iv, ciphertext);
}

}  // namespace ciao::tls
