// Options and modes that change what the engine does. The bits are those of OpenSSL's SSL_OP_ and
// SSL_MODE_ constants, so that the C interface stores what it is given (libssl/options.cc compares
// each by static_assert).
#pragma once

#include <cstdint>

namespace ciao::tls {

namespace option {
constexpr std::uint64_t kNoExtendedMasterSecret = std::uint64_t{1} << 0;
constexpr std::uint64_t kCleansePlaintext = std::uint64_t{1} << 1;
constexpr std::uint64_t kLegacyServerConnect = std::uint64_t{1} << 2;
constexpr std::uint64_t kTlsextPadding = std::uint64_t{1} << 4;
constexpr std::uint64_t kIgnoreUnexpectedEof = std::uint64_t{1} << 7;
constexpr std::uint64_t kAllowClientRenegotiation = std::uint64_t{1} << 8;
constexpr std::uint64_t kDisableTlsextCaNames = std::uint64_t{1} << 9;
constexpr std::uint64_t kAllowNoDheKex = std::uint64_t{1} << 10;
constexpr std::uint64_t kNoTicket = std::uint64_t{1} << 14;
constexpr std::uint64_t kNoResumptionOnRenegotiation = std::uint64_t{1} << 16;
constexpr std::uint64_t kAllowUnsafeLegacyRenegotiation = std::uint64_t{1} << 18;
constexpr std::uint64_t kNoEncryptThenMac = std::uint64_t{1} << 19;
constexpr std::uint64_t kEnableMiddleboxCompat = std::uint64_t{1} << 20;
constexpr std::uint64_t kPrioritizeChaCha = std::uint64_t{1} << 21;
constexpr std::uint64_t kCipherServerPreference = std::uint64_t{1} << 22;
constexpr std::uint64_t kNoAntiReplay = std::uint64_t{1} << 24;
constexpr std::uint64_t kNoTls12 = std::uint64_t{1} << 27;
constexpr std::uint64_t kNoTls13 = std::uint64_t{1} << 29;
constexpr std::uint64_t kNoRenegotiation = std::uint64_t{1} << 30;
}  // namespace option

namespace mode {
constexpr std::uint32_t kEnablePartialWrite = 0x1;
constexpr std::uint32_t kAcceptMovingWriteBuffer = 0x2;
constexpr std::uint32_t kAutoRetry = 0x4;
constexpr std::uint32_t kNoAutoChain = 0x8;
constexpr std::uint32_t kReleaseBuffers = 0x10;
constexpr std::uint32_t kSendClientHelloTime = 0x20;
constexpr std::uint32_t kSendServerHelloTime = 0x40;
constexpr std::uint32_t kSendFallbackScsv = 0x80;
constexpr std::uint32_t kAsync = 0x100;
}  // namespace mode

}  // namespace ciao::tls
