#include "crypto/aead.h"

#include <openssl/err.h>

namespace ciao::tls {
namespace {

// Every length passed in is bounded by the record size, far below INT_MAX.
int int_size(ByteView bytes) { return static_cast<int>(bytes.size()); }

}  // namespace

Result<void> Aead::set_key(const Algorithms& algorithms, AeadId id, Direction direction,
                           ByteView key) {
  const EVP_CIPHER* cipher = id == AeadId::none ? nullptr : algorithms.aead(id);
  if (cipher == nullptr || key.size() != aead_key_size(id)) return crypto_failure();
  if (context_ == nullptr) context_ = EVP_CIPHER_CTX_new();
  if (context_ == nullptr) return crypto_failure();
  const int encrypt = direction == Direction::seal ? 1 : 0;
  const bool same = id_ == id;
  id_ = id;
  if (is_ccm()) {
    // CCM takes its tag length before its key.
    if (EVP_CipherInit_ex(context_, cipher, nullptr, nullptr, nullptr, encrypt) != 1 ||
        EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(kAeadNonceSize),
                            nullptr) != 1 ||
        EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_size()),
                            nullptr) != 1) {
      return crypto_failure();
    }
    cipher = nullptr;
  } else if (same) {
    cipher = nullptr;
  }
  if (EVP_CipherInit_ex(context_, cipher, nullptr, key.data(), nullptr, encrypt) != 1)
    return crypto_failure();
  return {};
}

Result<void> Aead::seal(ByteView nonce, ByteView aad, ByteView plaintext, ByteView trailer,
                        MutableBytes out) {
  const bool sealed = is_ccm() ? seal_ccm(nonce, aad, plaintext, trailer, out)
                               : seal_stream(nonce, aad, plaintext, trailer, out);
  if (!sealed) return crypto_failure();
  return {};
}

bool Aead::seal_stream(ByteView nonce, ByteView aad, ByteView plaintext, ByteView trailer,
                       MutableBytes out) {
  int written = 0;
  std::uint8_t* const tag = out.data() + plaintext.size() + trailer.size();
  return EVP_EncryptInit_ex(context_, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
         EVP_EncryptUpdate(context_, nullptr, &written, aad.data(), int_size(aad)) == 1 &&
         (plaintext.empty() || EVP_EncryptUpdate(context_, out.data(), &written, plaintext.data(),
                                                 int_size(plaintext)) == 1) &&
         (trailer.empty() || EVP_EncryptUpdate(context_, out.data() + plaintext.size(), &written,
                                               trailer.data(), int_size(trailer)) == 1) &&
         EVP_EncryptFinal_ex(context_, tag, &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_size()), tag) ==
             1;
}

bool Aead::seal_ccm(ByteView nonce, ByteView aad, ByteView plaintext, ByteView trailer,
                    MutableBytes out) {
  // CCM must know the whole length first and takes the text in one piece: it is put together in
  // `out`.
  const int size = int_size(plaintext) + int_size(trailer);
  int written = 0;
  copy_bytes(out.data(), plaintext);
  copy_bytes(out.data() + plaintext.size(), trailer);
  return EVP_EncryptInit_ex(context_, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
         EVP_EncryptUpdate(context_, nullptr, &written, nullptr, size) == 1 &&
         EVP_EncryptUpdate(context_, nullptr, &written, aad.data(), int_size(aad)) == 1 &&
         EVP_EncryptUpdate(context_, out.data(), &written, out.data(), size) == 1 &&
         EVP_EncryptFinal_ex(context_, out.data() + size, &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_size()),
                             out.data() + size) == 1;
}

Result<MutableBytes> Aead::open(ByteView nonce, ByteView aad, MutableBytes sealed) {
  constexpr Error kBadMac{Reason::decryption_failed_or_bad_record_mac,
                          AlertDescription::bad_record_mac};
  if (sealed.size() < tag_size()) return kBadMac;
  const MutableBytes ciphertext = sealed.first(sealed.size() - tag_size());
  const MutableBytes tag = sealed.last(tag_size());
  // Anyone on the path can cause this failure: what libcrypto has to say about it is of no use to
  // the application.
  ERR_set_mark();
  const bool opened =
      is_ccm() ? open_ccm(nonce, aad, ciphertext, tag) : open_stream(nonce, aad, ciphertext, tag);
  if (!opened) {
    ERR_pop_to_mark();
    return kBadMac;
  }
  ERR_clear_last_mark();
  return ciphertext;
}

bool Aead::open_stream(ByteView nonce, ByteView aad, MutableBytes ciphertext, MutableBytes tag) {
  int written = 0;
  return EVP_DecryptInit_ex(context_, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
         EVP_DecryptUpdate(context_, nullptr, &written, aad.data(), int_size(aad)) == 1 &&
         (ciphertext.empty() || EVP_DecryptUpdate(context_, ciphertext.data(), &written,
                                                  ciphertext.data(), int_size(ciphertext)) == 1) &&
         EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, int_size(tag), tag.data()) == 1 &&
         EVP_DecryptFinal_ex(context_, tag.data(), &written) == 1;
}

bool Aead::open_ccm(ByteView nonce, ByteView aad, MutableBytes ciphertext, MutableBytes tag) {
  int written = 0;
  // The tag is checked by the one call that decrypts.
  return EVP_DecryptInit_ex(context_, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
         EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, int_size(tag), tag.data()) == 1 &&
         EVP_DecryptUpdate(context_, nullptr, &written, nullptr, int_size(ciphertext)) == 1 &&
         EVP_DecryptUpdate(context_, nullptr, &written, aad.data(), int_size(aad)) == 1 &&
         EVP_DecryptUpdate(context_, ciphertext.data(), &written, ciphertext.data(),
                           int_size(ciphertext)) == 1;
}

}  // namespace ciao::tls
