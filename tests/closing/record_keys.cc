#include "record_keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace ciao::closing {

namespace {

constexpr size_t kHeaderSize = 5;
constexpr size_t kExplicitNonceSize = 8;  // RFC 5288 §3

constexpr std::array kSuites = {
    Suite{0x1301, "AES-128-GCM", "SHA256", 16, 16, false},
    Suite{0x1302, "AES-256-GCM", "SHA384", 32, 16, false},
    Suite{0x1303, "ChaCha20-Poly1305", "SHA256", 32, 16, false},
    Suite{0x1304, "AES-128-CCM", "SHA256", 16, 16, true},
    Suite{0x1305, "AES-128-CCM", "SHA256", 16, 8, true},
    Suite{0xc02b, "AES-128-GCM", "SHA256", 16, 16, false},
    Suite{0xc02c, "AES-256-GCM", "SHA384", 32, 16, false},
};

unsigned char* bytes(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }
const unsigned char* bytes(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}

std::string big_endian(uint64_t value, size_t size) {
  std::string out(size, '\0');
  for (size_t i = 0; i < size && i < sizeof value; ++i) {
    out[size - 1 - i] = static_cast<char>(value >> (8 * i));
  }
  return out;
}

std::string derive(const char* kdf_name, const OSSL_PARAM* params, size_t size) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(
      EVP_KDF_fetch(nullptr, kdf_name, nullptr), EVP_KDF_free);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> ctx(EVP_KDF_CTX_new(kdf.get()),
                                                                      EVP_KDF_CTX_free);
  std::string out(size, '\0');
  if (!ctx || EVP_KDF_derive(ctx.get(), bytes(out), size, params) != 1) {
    throw std::runtime_error(std::string("key derivation failed: ") + kdf_name);
  }
  return out;
}

OSSL_PARAM octets(const char* name, std::string& value) {
  return OSSL_PARAM_construct_octet_string(name, value.data(), value.size());
}

// RFC 8446 §7.1, with an empty context: that is all the record layer needs.
std::string expand_label(const Suite& suite, std::string secret, std::string_view label,
                         size_t size) {
  std::string info = big_endian(size, 2);
  info += static_cast<char>(6 + label.size());
  info += "tls13 ";
  info += label;
  info += '\0';
  std::string hash = suite.hash;
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash.data(), 0),
      octets(OSSL_KDF_PARAM_KEY, secret),
      octets(OSSL_KDF_PARAM_INFO, info),
      OSSL_PARAM_construct_end(),
  };
  return derive("HKDF", params, size);
}

std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> keyed_cipher(
    const Suite& suite, bool encrypt, const std::string& key, const std::string& nonce,
    std::string tag) {
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> ctx(EVP_CIPHER_CTX_new(),
                                                                      EVP_CIPHER_CTX_free);
  const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher(
      EVP_CIPHER_fetch(nullptr, suite.cipher, nullptr), EVP_CIPHER_free);
  const int direction = encrypt ? 1 : 0;
  const int tag_size = static_cast<int>(suite.tag_size);
  // CCM wants the tag length (and, to open, the tag) before the key; the others take it any time.
  const bool ok =
      ctx &&
      EVP_CipherInit_ex2(ctx.get(), cipher.get(), nullptr, nullptr, direction, nullptr) == 1 &&
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce.size()),
                          nullptr) == 1 &&
      (!(suite.ccm || !encrypt) || EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_SET_TAG, tag_size,
                                                       encrypt ? nullptr : tag.data()) == 1) &&
      EVP_CipherInit_ex2(ctx.get(), nullptr, bytes(std::string_view(key)),
                         bytes(std::string_view(nonce)), direction, nullptr) == 1;
  if (!ok) throw std::runtime_error("cannot key a cipher");
  return ctx;
}

std::string aead_seal(const Suite& suite, const std::string& key, const std::string& nonce,
                      std::string_view aad, std::string_view plain) {
  const auto ctx = keyed_cipher(suite, true, key, nonce, {});
  std::string out(plain.size() + suite.tag_size, '\0');
  int n = 0;
  const int size = static_cast<int>(plain.size());
  bool ok = !suite.ccm || EVP_CipherUpdate(ctx.get(), nullptr, &n, nullptr, size) == 1;
  ok =
      ok && EVP_CipherUpdate(ctx.get(), nullptr, &n, bytes(aad), static_cast<int>(aad.size())) == 1;
  ok = ok && EVP_CipherUpdate(ctx.get(), bytes(out), &n, bytes(plain), size) == 1;
  ok = ok && EVP_CipherFinal_ex(ctx.get(), bytes(out) + plain.size(), &n) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(suite.tag_size),
                                 out.data() + plain.size()) == 1;
  if (!ok) throw std::runtime_error("cannot seal a record");
  return out;
}

std::optional<std::string> aead_open(const Suite& suite, const std::string& key,
                                     const std::string& nonce, std::string_view aad,
                                     std::string_view sealed) {
  if (sealed.size() < suite.tag_size) return std::nullopt;
  const std::string_view body = sealed.substr(0, sealed.size() - suite.tag_size);
  const auto ctx = keyed_cipher(suite, false, key, nonce, std::string(sealed.substr(body.size())));
  std::string out(body.size() + 1, '\0');
  int n = 0;
  const int size = static_cast<int>(body.size());
  bool ok = !suite.ccm || EVP_CipherUpdate(ctx.get(), nullptr, &n, nullptr, size) == 1;
  ok =
      ok && EVP_CipherUpdate(ctx.get(), nullptr, &n, bytes(aad), static_cast<int>(aad.size())) == 1;
  ok = ok && EVP_CipherUpdate(ctx.get(), bytes(out), &n, bytes(body), size) == 1;
  // CCM has already checked the tag in the update.
  ok = ok && (suite.ccm || EVP_CipherFinal_ex(ctx.get(), bytes(out) + body.size(), &n) == 1);
  if (!ok) return std::nullopt;
  out.resize(body.size());
  return out;
}

std::string header(uint8_t type, size_t size) {
  return std::string{static_cast<char>(type), 3, 3} + big_endian(size, 2);
}

// RFC 5246 §6.2.3.3
std::string additional_data12(uint64_t sequence, uint8_t type, size_t size) {
  return big_endian(sequence, 8) + header(type, size);
}

}  // namespace

const Suite* find_suite(uint16_t id) {
  for (const Suite& suite : kSuites) {
    if (suite.id == id) return &suite;
  }
  return nullptr;
}

void ConnectionSecrets::add_line(std::string_view line) {
  const size_t first = line.find(' ');
  const size_t second = line.rfind(' ');
  if (first == std::string_view::npos || first == second) return;
  const std::string hex(line.substr(second + 1));
  std::string secret;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    secret += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  by_label[std::string(line.substr(0, first))] = secret;
}

RecordKeys RecordKeys::from_traffic_secret(const Suite& suite, const std::string& secret) {
  RecordKeys keys;
  keys.suite_ = &suite;
  keys.secret_ = secret;
  keys.key_ = expand_label(suite, secret, "key", suite.key_size);
  keys.iv_ = expand_label(suite, secret, "iv", 12);
  return keys;
}

RecordKeys RecordKeys::from_master_secret(const ConnectionSecrets& secrets, bool client_writes) {
  const Suite& suite = *secrets.suite;
  std::string master = secrets.by_label.at("CLIENT_RANDOM");
  std::string seed = "key expansion" + secrets.server_random + secrets.client_random;
  std::string hash = suite.hash;
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash.data(), 0),
      octets(OSSL_KDF_PARAM_SECRET, master),
      octets(OSSL_KDF_PARAM_SEED, seed),
      OSSL_PARAM_construct_end(),
  };
  constexpr size_t kImplicitSize = 4;
  const std::string block = derive("TLS1-PRF", params, 2 * (suite.key_size + kImplicitSize));
  const size_t side = client_writes ? 0 : 1;
  RecordKeys keys;
  keys.suite_ = &suite;
  keys.tls13_ = false;
  keys.key_ = block.substr(side * suite.key_size, suite.key_size);
  keys.iv_ = block.substr(2 * suite.key_size + side * kImplicitSize, kImplicitSize);
  return keys;
}

RecordKeys RecordKeys::next_generation() const {
  return from_traffic_secret(*suite_,
                             expand_label(*suite_, secret_, "traffic upd", secret_.size()));
}

std::string RecordKeys::seal(uint8_t type, std::string_view content, uint64_t sequence) const {
  return tls13_ ? seal13(type, content, sequence) : seal12(type, content, sequence);
}

std::optional<OpenedRecord> RecordKeys::open(std::string_view record, uint64_t sequence) const {
  return tls13_ ? open13(record, sequence) : open12(record, sequence);
}

std::string RecordKeys::nonce13(uint64_t sequence) const {
  std::string nonce = iv_;
  const std::string number = big_endian(sequence, nonce.size());
  for (size_t i = 0; i < nonce.size(); ++i) nonce[i] = static_cast<char>(nonce[i] ^ number[i]);
  return nonce;
}

std::string RecordKeys::seal13(uint8_t type, std::string_view content, uint64_t sequence) const {
  const std::string inner = std::string(content) + static_cast<char>(type);
  const std::string head = header(SSL3_RT_APPLICATION_DATA, inner.size() + suite_->tag_size);
  return head + aead_seal(*suite_, key_, nonce13(sequence), head, inner);
}

std::string RecordKeys::seal12(uint8_t type, std::string_view content, uint64_t sequence) const {
  const std::string explicit_nonce = big_endian(sequence, kExplicitNonceSize);
  const std::string aad = additional_data12(sequence, type, content.size());
  const std::string body = aead_seal(*suite_, key_, iv_ + explicit_nonce, aad, content);
  return header(type, kExplicitNonceSize + body.size()) + explicit_nonce + body;
}

std::optional<OpenedRecord> RecordKeys::open13(std::string_view record, uint64_t sequence) const {
  const auto inner = aead_open(*suite_, key_, nonce13(sequence), record.substr(0, kHeaderSize),
                               record.substr(kHeaderSize));
  if (!inner) return std::nullopt;
  // RFC 8446 §5.4: the type is the last octet that is not zero.
  const size_t last = inner->find_last_not_of('\0');
  if (last == std::string::npos) return std::nullopt;
  return OpenedRecord{static_cast<uint8_t>((*inner)[last]), inner->substr(0, last)};
}

std::optional<OpenedRecord> RecordKeys::open12(std::string_view record, uint64_t sequence) const {
  const auto type = static_cast<uint8_t>(record[0]);
  const std::string_view body = record.substr(kHeaderSize);
  if (body.size() < kExplicitNonceSize + suite_->tag_size) return std::nullopt;
  const size_t size = body.size() - kExplicitNonceSize - suite_->tag_size;
  const auto plain =
      aead_open(*suite_, key_, iv_ + std::string(body.substr(0, kExplicitNonceSize)),
                additional_data12(sequence, type, size), body.substr(kExplicitNonceSize));
  if (!plain) return std::nullopt;
  return OpenedRecord{type, *plain};
}

}  // namespace ciao::closing
