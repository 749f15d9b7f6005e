#include "handshake/negotiate.h"

#include <algorithm>

namespace ciao::tls {
namespace {

template <class T>
bool contains(std::span<const T> list, T value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool is_chacha20(std::uint16_t id) {
  const Suite* suite = find_suite(id);
  return suite != nullptr && suite->aead == AeadId::chacha20_poly1305;
}

// The first suite of the preferred side that the other side has, too, and `usable` answers for.
template <class Usable>
const Suite* choose(std::span<const std::uint16_t> ours, std::span<const std::uint16_t> peers,
                    std::uint64_t options, const Usable& usable) {
  const bool own_preference = (options & option::kCipherServerPreference) != 0;
  // A client that puts ChaCha20 first has no AES hardware: it then counts for more than our own
  // order.
  if (own_preference && (options & option::kPrioritizeChaCha) != 0 && !peers.empty() &&
      is_chacha20(peers[0])) {
    for (const std::uint16_t id : ours) {
      const Suite* suite = is_chacha20(id) && contains(peers, id) ? usable(id) : nullptr;
      if (suite != nullptr) return suite;
    }
  }
  const std::span<const std::uint16_t> preferred = own_preference ? ours : peers;
  const std::span<const std::uint16_t> other = own_preference ? peers : ours;
  // A peer may list one thousands of times: it is asked about once.
  std::vector<std::uint16_t> unusable;
  for (const std::uint16_t id : preferred) {
    if (!contains(other, id) || contains<std::uint16_t>(unusable, id)) continue;
    const Suite* suite = usable(id);
    if (suite != nullptr) return suite;
    unusable.push_back(id);
  }
  return nullptr;
}

}  // namespace

const Suite* choose_suite(const Algorithms& algorithms, std::span<const std::uint16_t> ours,
                          std::span<const std::uint16_t> peers, std::uint64_t options,
                          std::optional<HashId> hash) {
  const Suite* best = choose(ours, peers, options, [&](std::uint16_t id) -> const Suite* {
    const Suite* suite = find_suite13(id);
    if (suite == nullptr || !suite->available(algorithms)) return nullptr;
    return hash && suite->hash != *hash ? nullptr : suite;
  });
  return best != nullptr || !hash ? best
                                  : choose_suite(algorithms, ours, peers, options, std::nullopt);
}

const Suite* choose_suite12(const Algorithms& algorithms, const Config& config,
                            std::span<const std::uint16_t> peers,
                            const std::function<bool(const Suite&)>& usable) {
  return choose(config.suites12, peers, config.options, [&](std::uint16_t id) -> const Suite* {
    const Suite* suite = find_suite12(id);
    return suite != nullptr && suite->available(algorithms) && usable(*suite) ? suite : nullptr;
  });
}

SignatureScheme choose_scheme(ProtocolVersion version, std::span<const SignatureScheme> ours,
                              std::span<const SignatureScheme> peers, bool own_preference,
                              const std::function<bool(const SchemeInfo&)>& fits) {
  const std::span<const SignatureScheme> preferred = own_preference ? ours : peers;
  const std::span<const SignatureScheme> other = own_preference ? peers : ours;
  for (const SignatureScheme scheme : preferred) {
    const SchemeInfo* info = find_scheme(scheme);
    if (info == nullptr || !contains(other, scheme)) continue;
    if (version == ProtocolVersion::tls1_3 && !info->tls13) continue;
    if (fits(*info)) return scheme;
  }
  return SignatureScheme::none;
}

}  // namespace ciao::tls
