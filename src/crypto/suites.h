// The cipher suites that ciao can run.
#pragma once

#include <span>
#include <string_view>

#include "crypto/algorithms.h"

namespace ciao::tls {

// TLS 1.2 (RFC 5246 §7.4.3, RFC 8422, RFC 4279, RFC 5489): what the premaster secret is made from.
// `any`: TLS 1.3 negotiates it apart from the suite.
enum class KeyExchange : std::uint8_t { any, ecdhe, dhe, rsa, psk, ecdhe_psk, dhe_psk };
// TLS 1.2: the key that signs ServerKeyExchange (for `rsa` key exchange: that decrypts). `psk`: no
// certificate at all.
enum class SuiteAuth : std::uint8_t { any, rsa, ecdsa, psk };

// A suite of TLS 1.3 (RFC 8446 §B.4) is an AEAD for the records and a hash for everything else;
// one of TLS 1.2 has more to say. Records are protected by `aead` unless that is none: then by
// `cbc` and HMAC with `mac`.
struct Suite {
  std::uint16_t id;
  AeadId aead;
  HashId hash;  // of the transcript, HKDF or PRF
  std::string_view name;
  KeyExchange key_exchange = KeyExchange::any;
  SuiteAuth auth = SuiteAuth::any;
  CbcId cbc = CbcId::none;
  MacId mac = MacId::sha256;

  bool tls13() const { return key_exchange == KeyExchange::any; }
  // Whether libcrypto has what the suite is made of.
  bool available(const Algorithms& algorithms) const {
    return aead != AeadId::none ? algorithms.supports(aead, hash) : algorithms.supports(cbc, hash);
  }
};

// Null for a suite that this version does not have.
const Suite* find_suite13(std::uint16_t id);
const Suite* find_suite12(std::uint16_t id);
// Of either version.
const Suite* find_suite(std::uint16_t id);

constexpr bool uses_ecdhe(KeyExchange key_exchange) {
  return key_exchange == KeyExchange::ecdhe || key_exchange == KeyExchange::ecdhe_psk;
}
constexpr bool uses_dhe(KeyExchange key_exchange) {
  return key_exchange == KeyExchange::dhe || key_exchange == KeyExchange::dhe_psk;
}
constexpr bool uses_psk(KeyExchange key_exchange) {
  return key_exchange == KeyExchange::psk || key_exchange == KeyExchange::ecdhe_psk ||
         key_exchange == KeyExchange::dhe_psk;
}

// RFC 6460 §3.1: in Suite B AES-128 goes with P-256, AES-256 with P-384, and nothing else is used.
constexpr NamedGroup suite_b_curve(std::uint16_t suite) {
  if (suite == 0xc02b) return NamedGroup::secp256r1;  // ECDHE-ECDSA-AES128-GCM-SHA256
  if (suite == 0xc02c) return NamedGroup::secp384r1;  // ECDHE-ECDSA-AES256-GCM-SHA384
  return NamedGroup::none;
}

// How many records one key may seal before it has to be replaced (RFC 8446 §5.5; for CCM-8 and the
// CCM integrity bound see RFC 9147 §B). We update far below the bound; a peer that goes past it
// fails closed.
std::uint64_t confidentiality_limit(AeadId aead);

}  // namespace ciao::tls
