#include "libssl/connection_trace.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

std::string plural(std::uint64_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// Names come from the peer: what is not printable ASCII is not printed.
std::string printable(std::string_view text) {
  std::string clean;
  for (const char c : text) clean.push_back(c >= 0x20 && c < 0x7f ? c : '?');
  return clean;
}

// "127.0.0.1:443"; empty when the BIO is not a socket.
std::string peer_address(const SSL* ssl) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  const int fd = SSL_get_fd(ssl);
  if (fd < 0 || getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    const auto* address = reinterpret_cast<const sockaddr_in*>(&storage);
    inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
    return std::string(text.data()) + ":" + std::to_string(ntohs(address->sin_port));
  }
  if (storage.ss_family == AF_INET6) {
    const auto* address = reinterpret_cast<const sockaddr_in6*>(&storage);
    inet_ntop(AF_INET6, &address->sin6_addr, text.data(), text.size());
    return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(address->sin6_port));
  }
  return {};
}

// "ciao 4711/2 client to localhost at 127.0.0.1:443: ": process, connection within it, role, name,
// peer.
std::string heading(const SSL* ssl) {
  const Connection& connection = ssl->connection;
  const bool client = connection.role() == Role::client;
  const std::string& name = connection.negotiated().server_name;
  std::string text = "ciao " + std::to_string(getpid()) + "/" + std::to_string(ssl->trace_number) +
                     (client ? " client to " : " server as ");
  text += name.empty() ? "(no name)" : printable(name);
  const std::string address = peer_address(ssl);
  if (!address.empty()) text += (client ? " at " : " for ") + address;
  return text + ": ";
}

void print(const std::string& line) {
  const int saved_errno = errno;
  const std::string whole = line + "\n";
  // One write, so that lines of several processes do not mix. There is nothing to do about a
  // failure.
  if (write(STDERR_FILENO, whole.data(), whole.size()) < 0) errno = saved_errno;
  errno = saved_errno;
}

std::string resumption(const Negotiated& facts, Role role) {
  if (facts.resumed) return "resumed";
  if (!facts.session_offered) {
    return role == Role::client ? "full handshake (no session to offer)"
                                : "full handshake (no ticket offered)";
  }
  return role == Role::client ? "full handshake (the server did not take our ticket)"
                              : "full handshake (the ticket offered cannot be resumed here)";
}

std::string peer_certificate(const SSL* ssl) {
  const Ref<PeerCertificates>& peer = ssl->connection.negotiated().peer;
  if (!peer || peer->empty()) return "peer without certificate";
  std::array<char, 256> subject{};
  X509_NAME_oneline(X509_get_subject_name(peer->leaf()), subject.data(), subject.size());
  const long result = ssl->verifier.result();
  return "peer " + printable(subject.data()) + " (" +
         (result == X509_V_OK ? std::string("verified") : X509_verify_cert_error_string(result)) +
         ")";
}

std::string closer(CloseState::First first) {
  switch (first) {
    case CloseState::First::us: return "we said close_notify first";
    case CloseState::First::peer: return "the peer said close_notify first";
    case CloseState::First::nobody: break;
  }
  return "nobody said close_notify";
}

// How the connection ended.
std::string ending(const SSL* ssl) {
  const Connection& connection = ssl->connection;
  const CloseState& close = connection.close_state();
  using Read = CloseState::ReadSide;
  const bool we_closed = close.write_side() == CloseState::WriteSide::sent;
  switch (close.read_side()) {
    case Read::close_notify:
      return we_closed ? "closed both ways, " + closer(close.first())
                       : "closed one way, by the peer alone";
    case Read::truncated: return "truncated: end of file without close_notify";
    case Read::assumed: return "end of file without close_notify, taken for a closure";
    case Read::peer_alert:
      return "alert from the peer: " + std::string(alert_name(connection.peer_alert()));
    case Read::failed: {
      const std::optional<Error>& error = connection.error();
      const unsigned long entry =
          error ? ERR_PACK(ERR_LIB_SSL, 0, static_cast<int>(error->reason)) : 0;
      const char* reason = ERR_reason_error_string(entry);
      return std::string("failed: ") + (reason != nullptr ? reason : "internal error") +
             (error && error->on_wire == OnWire::send_alert
                  ? ", alert " + std::string(alert_name(error->alert))
                  : "");
    }
    case Read::open: break;
  }
  if (ssl->transport_errno != 0) {
    return std::string("reset: ") + std::strerror(ssl->transport_errno);
  }
  if (we_closed) return "closed one way, by us alone";
  if (close.close_notify_pending()) return "our close_notify did not get out";
  if (close.both_flags()) return "quiet: closed without a word";
  return "dropped: neither side closed";
}

std::string session_fate(const SSL* ssl) {
  const Ref<Session>& session = ssl->connection.session();
  const std::uint64_t tickets = ssl->connection.traffic().tickets;
  if (!session || (tickets == 0 && !ssl->connection.negotiated().resumed)) return "no session";
  return std::string(session->not_resumable ? "session dropped" : "session kept") + " (" +
         plural(tickets, "ticket") + ")";
}

}  // namespace

bool tracing() {
  static const bool kOn = secure_getenv("CIAO_TRACE") != nullptr;
  return kOn;
}

void trace_hello(const SSL* ssl) {
  const Negotiated& facts = ssl->connection.negotiated();
  std::string line = heading(ssl) + "hello, " + std::string(version_name(facts.version)) + " " +
                     std::string(facts.suite->name) + " " + std::string(group_name(facts.group));
  if (facts.hello_retry) line += " after HelloRetryRequest";
  line += facts.alpn.empty() ? ", no ALPN" : ", ALPN " + printable(as_text(facts.alpn));
  print(line + ", " + resumption(facts, ssl->connection.role()) + ", " + peer_certificate(ssl));
}

void trace_goodbye(const SSL* ssl) {
  const Connection& connection = ssl->connection;
  if (connection.phase() == Phase::no_role || connection.phase() == Phase::before) return;
  const Traffic& traffic = connection.traffic();
  const bool established = connection.negotiated().version != ProtocolVersion::unset &&
                           connection.phase() != Phase::handshaking;
  std::string line = heading(ssl);
  if (established) {
    line += "sent " + plural(traffic.bytes_written, "byte") + " in " +
            plural(traffic.records_written, "record") + ", received " +
            plural(traffic.bytes_read, "byte") + " in " + plural(traffic.records_read, "record") +
            "; ";
  } else {
    line += "the handshake was not completed; ";
  }
  print(line + "goodbye, " + ending(ssl) + "; " + session_fate(ssl));
}

}  // namespace ciao::tls
