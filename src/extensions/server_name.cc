// server_name (RFC 6066 §3).
#include "extensions/registry.h"

namespace ciao::tls {
namespace {

constexpr std::uint8_t kHostName = 0;
constexpr std::size_t kMaxHostName = 255;

}  // namespace

//  struct {
//      NameType name_type;
//      select (name_type) { case host_name: HostName; } name;
//  } ServerName;
//  struct { ServerName server_name_list<1..2^16-1> } ServerNameList;
Result<bool> write_server_name(Exchange& exchange, In message, Writer& body) {
  if (message != In::client_hello) {
    // RFC 6066 §3: the server "SHALL include an extension of type "server_name" in the (extended)
    // server hello", empty; but "When resuming a session, the server MUST NOT include a server_name
    // extension".
    return exchange.negotiated.server_name_acknowledged && !exchange.negotiated.resumed;
  }
  if (exchange.config->server_name.empty()) return false;
  const Writer::Scope list = body.scope16();
  body.u8(kHostName);
  body.vector16(as_bytes(exchange.config->server_name));
  return true;
}

Result<void> parse_server_name(Exchange& exchange, In message, Reader body) {
  if (message != In::client_hello) {
    TRY(body.finish());
    exchange.negotiated.server_name_acknowledged = true;
    return {};
  }
  Reader list = TRY(body.reader16());
  TRY(body.finish());
  const std::uint8_t type = TRY(list.u8());
  const ByteView name = TRY(list.vector16());
  // RFC 6066 §3: "MUST NOT contain more than one name of the same name_type", and no other type
  // exists.
  if (type != kHostName || !list.empty() || name.empty()) return body.malformed();
  if (name.size() > kMaxHostName || std::find(name.begin(), name.end(), 0) != name.end()) {
    return Error{Reason::bad_extension, AlertDescription::unrecognized_name};
  }
  exchange.offered.server_name = name;
  return {};
}

// The name is offered to the application by the server's hello phase, once every extension has been
// read.
Result<void> missing_server_name(Exchange& exchange, In message) {
  if (message == In::client_hello) exchange.offered.server_name = {};
  return {};
}

}  // namespace ciao::tls
