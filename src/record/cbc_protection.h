// Records of TLS 1.2's block cipher suites (RFC 5246 §6.2.3.2), also with encrypt-then-MAC (RFC
// 7366).
#pragma once

#include <array>

#include "crypto/cbc.h"
#include "crypto/record_mac.h"

namespace ciao::tls {

// What is authenticated before the fragment: sequence number, type, version, length.
constexpr std::size_t kMacHeaderSize = 13;
using MacHeader = std::array<std::uint8_t, kMacHeaderSize>;

inline void set_mac_size(MacHeader& header, std::size_t size) {
  header[kMacHeaderSize - 2] = static_cast<std::uint8_t>(size >> 8);
  header[kMacHeaderSize - 1] = static_cast<std::uint8_t>(size);
}

class CbcProtection {
 public:
  // `algorithms` outlives the connection.
  explicit CbcProtection(const Algorithms& algorithms) : algorithms_(algorithms) {}

  Result<void> install(CbcId cipher, MacId mac, Direction direction, ByteView mac_key, ByteView key,
                       bool encrypt_then_mac);

  std::size_t sealed_size(std::size_t plaintext) const;
  std::size_t overhead() const;

  // `header` says the plaintext's size. `out` holds exactly sealed_size() bytes.
  Result<void> seal(MacHeader header, ByteView plaintext, MutableBytes out);
  // In place; the size in `header` is filled in. Whatever is wrong with padding or MAC is one error
  // after one and the same time: who can tell them apart can decrypt (RFC 5246 §6.2.3.2; Lucky
  // Thirteen, CVE-2013-0169).
  Result<MutableBytes> open(MacHeader header, MutableBytes sealed);

 private:
  Result<MutableBytes> open_mac_then_encrypt(MacHeader header, MutableBytes sealed);
  Result<MutableBytes> open_encrypt_then_mac(MacHeader header, MutableBytes sealed);

  const Algorithms& algorithms_;
  CbcCipher cipher_;
  RecordMac mac_;
  bool encrypt_then_mac_ = false;
};

}  // namespace ciao::tls
