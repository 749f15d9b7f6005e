// CBC mode: AES-256 with PKCS #7 padding for session tickets, which are authenticated separately,
// and without padding for the records of TLS 1.2.
#pragma once

#include "base/bytes.h"
#include "crypto/aead.h"
#include "crypto/evp_ptr.h"

namespace ciao::tls {

constexpr std::size_t kCbcKeySize = 32;
constexpr std::size_t kCbcIvSize = 16;
constexpr std::size_t kCbcBlockSize = 16;

// `key` and `iv` have exactly the sizes above.
Result<Bytes> cbc_encrypt(const Algorithms& algorithms, ByteView key, ByteView iv,
                          ByteView plaintext);
// Call after the MAC was checked: the error tells whether the padding was right.
Result<Bytes> cbc_decrypt(const Algorithms& algorithms, ByteView key, ByteView iv,
                          ByteView ciphertext);

constexpr std::size_t cbc_key_size(CbcId id) { return id == CbcId::aes_256 ? 32 : 16; }

// Whole blocks, one direction, one key.
class CbcCipher {
 public:
  Result<void> set_key(const Algorithms& algorithms, CbcId id, Direction direction, ByteView key);
  // Encrypts or decrypts in place; `text` is whole blocks.
  Result<void> crypt(ByteView iv, MutableBytes text);

 private:
  EvpCipherContextPtr context_;
};

}  // namespace ciao::tls
