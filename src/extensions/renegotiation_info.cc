// renegotiation_info (RFC 5746): binds a handshake to the one before it on the same connection.
#include "extensions/registry.h"

namespace ciao::tls {
namespace {

constexpr Error kMismatch{Reason::renegotiation_mismatch, AlertDescription::handshake_failure};

}  // namespace

//  struct { opaque renegotiated_connection<0..255>; } RenegotiationInfo;
Result<bool> write_renegotiation_info(Exchange& exchange, In message, Writer& body) {
  const Renegotiation& previous = exchange.negotiated.renegotiation;
  if (message == In::client_hello) {
    // An initial handshake says the same by TLS_EMPTY_RENEGOTIATION_INFO_SCSV.
    if (!previous.active) return false;
    body.vector8(previous.client_verify_data);
    return true;
  }
  if (!previous.secure) return false;
  Bytes both = previous.client_verify_data;
  both.insert(both.end(), previous.server_verify_data.begin(), previous.server_verify_data.end());
  body.vector8(both);
  return true;
}

Result<void> parse_renegotiation_info(Exchange& exchange, In message, Reader body) {
  Renegotiation& previous = exchange.negotiated.renegotiation;
  const Result<ByteView> received = body.vector8();
  if (!received || !body.empty()) {
    return Error{Reason::renegotiation_encoding_err, AlertDescription::decode_error};
  }
  // RFC 5746 §4.2, §4.4: where the handshake before had no renegotiation_info, this hello must not
  // have it: somebody else made that handshake.
  if (previous.active && !previous.secure) return kMismatch;
  // RFC 5746 §3.4, §3.5, §3.6, §3.7; both verify_data are empty in an initial handshake.
  Bytes expected = previous.client_verify_data;
  if (message == In::server_hello12) {
    expected.insert(expected.end(), previous.server_verify_data.begin(),
                    previous.server_verify_data.end());
  }
  if (!constant_time_equal(expected, *received)) return kMismatch;
  previous.secure = true;
  return {};
}

Result<void> missing_renegotiation_info(Exchange& exchange, In) {
  const Renegotiation& previous = exchange.negotiated.renegotiation;
  // Once secure, always secure.
  if (previous.active && previous.secure) return kMismatch;
  return {};
}

}  // namespace ciao::tls
