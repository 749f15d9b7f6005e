#include "record/cbc_protection.h"

#include <algorithm>

#include "crypto/random.h"

namespace ciao::tls {
namespace {

constexpr Error kBadRecordMac{Reason::decryption_failed_or_bad_record_mac,
                              AlertDescription::bad_record_mac};
constexpr std::size_t kMaxPadding = 255;

// padding and padding_length: at least one byte, up to the end of a block.
constexpr std::size_t padded(std::size_t size) {
  return (size / kCbcBlockSize + 1) * kCbcBlockSize;
}

// --- constant time: no branch and no address depends on these values ---
// Masks are all ones for true and 0 for false. Sizes are far below half of size_t.

using Mask = std::size_t;

// Keeps the compiler from seeing through a mask and making a branch of it.
inline Mask opaque(Mask mask) {
  __asm__("" : "+r"(mask));
  return mask;
}

inline Mask is_less(std::size_t a, std::size_t b) {
  return opaque(Mask{0} - ((a - b) >> (sizeof(std::size_t) * 8 - 1)));
}
inline Mask is_at_least(std::size_t a, std::size_t b) { return ~is_less(a, b); }
inline Mask is_zero(std::size_t a) { return is_less(a, 1); }
inline Mask is_equal(std::size_t a, std::size_t b) { return is_zero(a ^ b); }

struct Unpadded {
  Mask good;         // whether the padding was right
  std::size_t size;  // bytes of content and MAC; with wrong padding as if there was none
};

// RFC 5246 §6.2.3.2: "Each uint8 in the padding data vector MUST be filled with the padding length
// value."
Unpadded check_padding(ByteView plaintext, std::size_t mac_size) {
  const std::size_t size = plaintext.size();
  const std::size_t padding = plaintext[size - 1];
  Mask good = is_at_least(size, padding + 1 + mac_size);
  const std::size_t checked = std::min(kMaxPadding + 1, size);
  std::size_t difference = 0;
  for (std::size_t i = 0; i < checked; ++i) {
    difference |= is_at_least(padding, i) & (plaintext[size - 1 - i] ^ padding);
  }
  good &= is_zero(difference);
  return {good, size - (good & (padding + 1))};
}

// Copies the MAC that ends at `end`, which is secret: every byte where it may lie is read.
void copy_mac(ByteView plaintext, std::size_t end, MutableBytes mac) {
  const std::size_t size = plaintext.size();
  const std::size_t mac_size = mac.size();
  const std::size_t start = end - mac_size;
  const std::size_t scanned = std::min(mac_size + kMaxPadding + 1, size);
  std::array<std::uint8_t, kMaxMacSize> rotated{};
  std::size_t rotation = 0;
  std::size_t slot = 0;
  for (std::size_t i = size - scanned; i < size; ++i) {
    const Mask inside = is_at_least(i, start) & is_less(i, end);
    rotation |= slot & is_equal(i, start);
    rotated[slot] |= static_cast<std::uint8_t>(plaintext[i] & inside);
    slot = slot + 1 == mac_size ? 0 : slot + 1;
  }
  for (std::size_t i = 0; i < mac_size; ++i) {
    std::size_t wanted = rotation + i;
    wanted -= mac_size & is_at_least(wanted, mac_size);
    std::size_t byte = 0;
    for (std::size_t j = 0; j < mac_size; ++j) byte |= rotated[j] & is_equal(j, wanted);
    mac[i] = static_cast<std::uint8_t>(byte);
  }
}

}  // namespace

Result<void> CbcProtection::install(CbcId cipher, MacId mac, Direction direction, ByteView mac_key,
                                    ByteView key, bool encrypt_then_mac) {
  TRY(cipher_.set_key(algorithms_, cipher, direction, key));
  TRY(mac_.set_key(algorithms_, mac, mac_key));
  encrypt_then_mac_ = encrypt_then_mac;
  return {};
}

std::size_t CbcProtection::sealed_size(std::size_t plaintext) const {
  return encrypt_then_mac_ ? kCbcIvSize + padded(plaintext) + mac_.size()
                           : kCbcIvSize + padded(plaintext + mac_.size());
}

std::size_t CbcProtection::overhead() const { return kCbcIvSize + mac_.size() + kCbcBlockSize; }

Result<void> CbcProtection::seal(MacHeader header, ByteView plaintext, MutableBytes out) {
  const MutableBytes iv = out.first(kCbcIvSize);
  // RFC 5246 §6.2.3.2: "The Initialization Vector (IV) SHOULD be chosen at random, and MUST be
  // unpredictable."
  TRY(random_bytes(algorithms_, iv));
  const std::size_t mac_size = mac_.size();
  const MutableBytes text =
      out.subspan(kCbcIvSize, out.size() - kCbcIvSize - (encrypt_then_mac_ ? mac_size : 0));
  copy_bytes(text.data(), plaintext);
  std::size_t used = plaintext.size();
  if (!encrypt_then_mac_) {
    TRY(mac_.compute(header, plaintext, text.subspan(used, mac_size)));
    used += mac_size;
  }
  std::ranges::fill(text.subspan(used), static_cast<std::uint8_t>(text.size() - used - 1));
  TRY(cipher_.crypt(iv, text));
  if (encrypt_then_mac_) {
    const std::size_t covered = kCbcIvSize + text.size();
    set_mac_size(header, covered);
    TRY(mac_.compute(header, out.first(covered), out.subspan(covered)));
  }
  return {};
}

Result<MutableBytes> CbcProtection::open(MacHeader header, MutableBytes sealed) {
  return encrypt_then_mac_ ? open_encrypt_then_mac(header, sealed)
                           : open_mac_then_encrypt(header, sealed);
}

Result<MutableBytes> CbcProtection::open_mac_then_encrypt(MacHeader header, MutableBytes sealed) {
  const std::size_t mac_size = mac_.size();
  // Lengths are no secret.
  if (sealed.size() < kCbcIvSize + padded(mac_size) || sealed.size() % kCbcBlockSize != 0) {
    return kBadRecordMac;
  }
  const MutableBytes text = sealed.subspan(kCbcIvSize);
  TRY(cipher_.crypt(sealed.first(kCbcIvSize), text));
  const Unpadded unpadded = check_padding(text, mac_size);
  const std::size_t content = unpadded.size - mac_size;
  std::array<std::uint8_t, kMaxMacSize> received{};
  std::array<std::uint8_t, kMaxMacSize> expected{};
  copy_mac(text, unpadded.size, MutableBytes(received).first(mac_size));
  set_mac_size(header, content);
  TRY(mac_.compute_hiding_size(header, text, content, MutableBytes(expected).first(mac_size)));
  std::size_t difference = 0;
  for (std::size_t i = 0; i < mac_size; ++i) {
    difference |= static_cast<std::size_t>(received[i] ^ expected[i]);
  }
  if ((is_zero(difference) & unpadded.good) == 0) return kBadRecordMac;
  return text.first(content);
}

Result<MutableBytes> CbcProtection::open_encrypt_then_mac(MacHeader header, MutableBytes sealed) {
  const std::size_t mac_size = mac_.size();
  if (sealed.size() < kCbcIvSize + kCbcBlockSize + mac_size ||
      (sealed.size() - mac_size) % kCbcBlockSize != 0) {
    return kBadRecordMac;
  }
  const MutableBytes covered = sealed.first(sealed.size() - mac_size);
  std::array<std::uint8_t, kMaxMacSize> expected{};
  set_mac_size(header, covered.size());
  TRY(mac_.compute(header, covered, MutableBytes(expected).first(mac_size)));
  if (!constant_time_equal(ByteView(expected).first(mac_size), sealed.last(mac_size))) {
    return kBadRecordMac;
  }
  const MutableBytes text = covered.subspan(kCbcIvSize);
  TRY(cipher_.crypt(covered.first(kCbcIvSize), text));
  // The peer made what is inside: nothing about it is secret any more.
  const Unpadded unpadded = check_padding(text, 0);
  if (unpadded.good == 0) return kBadRecordMac;
  return text.first(unpadded.size);
}

}  // namespace ciao::tls
