// Every bound on what a peer may send, with the attack that it stops.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ciao::tls::limits {

constexpr std::size_t kRecordHeader = 5;
// RFC 8446 §5.1: "The length MUST NOT exceed 2^14 bytes."
constexpr std::size_t kMaxPlaintext = 16384;
// RFC 8446 §5.2: "The length MUST NOT exceed 2^14 + 256 bytes."
constexpr std::size_t kMaxCiphertext13 = kMaxPlaintext + 256;
// RFC 5246 §6.2.3 allows 2^14 + 2048; without compression nothing that TLS 1.2 does takes more than
// an IV, a MAC and 256 bytes of padding.
constexpr std::size_t kMaxCiphertext12 = kMaxPlaintext + 320;
// SSL_set_default_read_buffer_len takes any number. What one connection reads ahead ends here: it
// is memory that lies idle while the application reads the first of many records.
constexpr std::size_t kMaxReadAhead = std::size_t{1} << 24;

// Records without content cost the peer nothing and us a decryption: a run of them is an attack on
// our CPU (CVE-2016-6305's neighbourhood). Also bounds unprotected change_cipher_spec records
// (CVE-2020-25648 in NSS).
constexpr unsigned kMaxEmptyRecords = 32;
// Warning alerts in a row (CVE-2016-8610).
constexpr unsigned kMaxWarningAlerts = 4;
// HelloRequest messages in one handshake: they are skipped, and cost the server nothing.
constexpr unsigned kMaxHelloRequests = 32;
// KeyUpdate messages without application data between them (CVE-2026-32283 in Go).
constexpr unsigned kMaxKeyUpdates = 32;
// Requests to renegotiate without application data between them, granted or refused: a handshake is
// dear, an answer not free (CVE-2011-1473).
constexpr unsigned kMaxRenegotiations = 8;
// Bytes of refused early data that are dropped before they are an error (RFC 8446 §4.2.10): each
// record of it costs us a decryption that fails. `max_early_data` is what a server would take; what
// protection adds is allowed for.
constexpr std::uint32_t max_skipped_early_data(std::uint32_t max_early_data) {
  const std::uint32_t allowance = max_early_data / 4;
  return max_early_data > UINT32_MAX - allowance ? UINT32_MAX : max_early_data + allowance;
}

// The longest bodies of handshake messages: memory is taken as bytes arrive, never by the announced
// length, but the announcement alone is refused when it is beyond these ("HollowByte",
// CVE-2016-6307).
constexpr std::size_t kMaxClientHello = 131396;
constexpr std::size_t kMaxServerHello = 65607;
constexpr std::size_t kMaxEncryptedExtensions = 20000;
constexpr std::size_t kMaxCertificateRequest = 65537 + 256;
constexpr std::size_t kMaxCertificateVerify = 16384;
constexpr std::size_t kMaxFinished = 64;
constexpr std::size_t kMaxNewSessionTicket = 131338;
constexpr std::size_t kMaxKeyUpdate = 1;
// TLS 1.2. A DH group of 16384 bits makes the longest ServerKeyExchange, and ClientKeyExchange.
constexpr std::size_t kMaxServerKeyExchange = 102400;
constexpr std::size_t kMaxClientKeyExchange = 2048 + 2 * 2 + 65535;

// Entries of key_share: duplicates are found by comparing each with all before it. No honest client
// offers more than a handful.
constexpr std::size_t kMaxKeyShares = 64;
// Identities of pre_shared_key that are looked at; each costs the server a decryption.
constexpr std::size_t kMaxPskIdentities = 16;

}  // namespace ciao::tls::limits
