// Early data (RFC 8446 §2.3, §4.2.10): application data that a client sends behind its ClientHello,
// under the secret of a ticket.
#pragma once

#include "keys/key_schedule13.h"

namespace ciao::tls {

struct HandshakeContext;

// What the application, the handshake and the records tell each other. A connection has one once
// the application has asked for early data; it outlives the handshake for its exporter secret.
struct EarlyData {
  // Client: the application may write more, so that EndOfEarlyData has to wait.
  bool writing = true;
  // Server: the pause that is asked for is that of a retry which is forgotten.
  bool stateless_retry = false;
  // Client: the records can be sealed. They cannot when nothing was offered, or it was refused.
  bool keyed = false;
  // Bytes of content, "plaintext but not padding or the inner content type byte".
  std::uint32_t limit = 0;  // client: the session's; server: known when it takes early data
  std::uint32_t count = 0;
  HashId hash{};
  HashSecret exporter_master;  // empty when no early data was offered (client) or taken (server)

  // Counts what is about to be sent, or was received; an error beyond the limit.
  Result<void> add(std::size_t size, AlertDescription alert);
};

// Client: the suite that early data of the offered session goes under; null when none can be
// offered.
const Suite* choose_early_suite(const HandshakeContext& context);

// Client, behind its first ClientHello: what is written from here on is early data.
Result<void> begin_early_data(HandshakeContext& context);

// Client, behind EncryptedExtensions: refuses an answer that contradicts the session, and goes on
// to the handshake's keys when the server takes no early data.
Result<void> settle_early_data(HandshakeContext& context, const HandshakeTraffic& traffic);

// Client: sends EndOfEarlyData and goes on to the handshake's keys.
Result<void> end_early_data(HandshakeContext& context, const HandshakeTraffic& traffic);

// Server, before ServerHello, when PSK and ALPN are chosen: takes early data or refuses it. What is
// read from here on is early data, or is skipped.
Result<void> answer_early_data(HandshakeContext& context);

}  // namespace ciao::tls
