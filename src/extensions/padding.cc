// padding (RFC 7685).
#include "extensions/registry.h"

namespace ciao::tls {
namespace {

// RFC 7685 §4: implementations were found that hang when a ClientHello's length is in this range.
constexpr std::size_t kGapBegin = 256;
constexpr std::size_t kGapEnd = 512;
constexpr std::size_t kExtensionHeader = 4;

}  // namespace

Result<bool> write_padding(Exchange& exchange, In, Writer& body) {
  if (!exchange.config->has(option::kTlsextPadding)) return false;
  std::size_t size = exchange.written;
  // What comes behind it counts, too: pre_shared_key is last (RFC 8446 §4.2.11).
  Bytes keys;
  Writer behind(keys);
  if (exchange.allows(ProtocolVersion::tls1_3) &&
      TRY(write_pre_shared_key(exchange, In::client_hello, behind))) {
    size += kExtensionHeader + keys.size();
  }
  if (size < kGapBegin || size >= kGapEnd) return false;
  // As in OpenSSL never empty: some servers do not take an empty extension at the end.
  const std::size_t missing = kGapEnd - size;
  body.zeros(missing > kExtensionHeader ? missing - kExtensionHeader : 1);
  return true;
}

// Whatever is in it stands for nothing.
Result<void> parse_padding(Exchange&, In, Reader) { return {}; }

}  // namespace ciao::tls
