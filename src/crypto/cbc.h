// AES-256-CBC with PKCS #7 padding, for what is authenticated separately: session tickets.
#pragma once

#include "base/bytes.h"
#include "crypto/algorithms.h"

namespace ciao::tls {

constexpr std::size_t kCbcKeySize = 32;
constexpr std::size_t kCbcIvSize = 16;

// `key` and `iv` have exactly the sizes above.
Result<Bytes> cbc_encrypt(const Algorithms& algorithms, ByteView key, ByteView iv,
                          ByteView plaintext);
// Call after the MAC was checked: the error tells whether the padding was right.
Result<Bytes> cbc_decrypt(const Algorithms& algorithms, ByteView key, ByteView iv,
                          ByteView ciphertext);

}  // namespace ciao::tls
