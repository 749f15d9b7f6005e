// SSL_renegotiate(3), SSL_num_renegotiations(3), SSL_get_secure_renegotiation_support(3).
#include <openssl/ssl.h>

#include <algorithm>

#include "libssl/ctrl_handlers.h"
#include "libssl/raise.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

// Asks only: the next call that does a handshake, reads or writes begins it.
int renegotiate(SSL* ssl, bool full) {
  // RFC 8446 §4.1.2: "TLS 1.3 forbids renegotiation".
  if (ssl->connection.negotiated().version == ProtocolVersion::tls1_3) {
    raise(Reason::wrong_ssl_version);
    return 0;
  }
  if (config_of(ssl).has(option::kNoRenegotiation)) {
    raise(Reason::no_renegotiation);
    return 0;
  }
  ssl->connection.request_renegotiation(full);
  return 1;
}

}  // namespace

long get_renegotiation_count(SSL* ssl, long, void*) {
  return static_cast<long>(ssl->connection.renegotiation().count);
}

// Answers the count until now.
long clear_renegotiation_count(SSL* ssl, long, void*) {
  const auto count = static_cast<long>(ssl->connection.renegotiation().count);
  ssl->connection.clear_renegotiation_count();
  return count;
}

long get_renegotiation_total(SSL* ssl, long, void*) {
  return static_cast<long>(ssl->connection.renegotiation().total);
}

// RFC 5746 is about TLS 1.2, but OpenSSL's server answers for a TLS 1.3 client that signals it too.
long get_renegotiation_support(SSL* ssl, long, void*) {
  const Negotiated& facts = ssl->connection.negotiated();
  if (facts.version == ProtocolVersion::tls1_2) return facts.renegotiation.secure ? 1 : 0;
  const std::vector<std::uint16_t>& offered = facts.peer_suites;
  return is_server(ssl) && std::ranges::find(offered, kEmptyRenegotiationInfoScsv) != offered.end()
             ? 1
             : 0;
}

}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" int SSL_renegotiate(SSL* ssl) { return renegotiate(ssl, true); }

extern "C" int SSL_renegotiate_abbreviated(SSL* ssl) { return renegotiate(ssl, false); }

extern "C" int SSL_renegotiate_pending(const SSL* ssl) {
  return ssl->connection.renegotiation().pending ? 1 : 0;
}
