#include "handshake/negotiate.h"

#include <algorithm>

namespace ciao::tls {
namespace {

template <class T>
bool contains(std::span<const T> list, T value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

constexpr std::uint16_t kChaCha20 = 0x1303;  // TLS_CHACHA20_POLY1305_SHA256

}  // namespace

const Suite* choose_suite(const Algorithms& algorithms, std::span<const std::uint16_t> ours,
                          std::span<const std::uint16_t> peers, std::uint64_t options) {
  const auto usable = [&](std::uint16_t id, std::span<const std::uint16_t> other) -> const Suite* {
    const Suite* suite = contains(other, id) ? find_suite13(id) : nullptr;
    return suite != nullptr && algorithms.supports(suite->aead, suite->hash) ? suite : nullptr;
  };
  const bool own_preference = (options & option::kCipherServerPreference) != 0;
  // A client that puts ChaCha20 first has no AES hardware: it then counts for more than our own
  // order.
  if (own_preference && (options & option::kPrioritizeChaCha) != 0 && !peers.empty() &&
      peers[0] == kChaCha20) {
    if (const Suite* suite = usable(kChaCha20, ours)) return suite;
  }
  const std::span<const std::uint16_t> preferred = own_preference ? ours : peers;
  const std::span<const std::uint16_t> other = own_preference ? peers : ours;
  for (const std::uint16_t id : preferred) {
    if (const Suite* suite = usable(id, other)) return suite;
  }
  return nullptr;
}

SignatureScheme choose_scheme(std::span<const SignatureScheme> ours,
                              std::span<const SignatureScheme> peers, bool own_preference,
                              const std::function<bool(const SchemeInfo&)>& fits) {
  const std::span<const SignatureScheme> preferred = own_preference ? ours : peers;
  const std::span<const SignatureScheme> other = own_preference ? peers : ours;
  for (const SignatureScheme scheme : preferred) {
    const SchemeInfo* info = find_scheme(scheme);
    if (info == nullptr || !info->tls13 || !contains(other, scheme)) continue;
    if (fits(*info)) return scheme;
  }
  return SignatureScheme::none;
}

}  // namespace ciao::tls
