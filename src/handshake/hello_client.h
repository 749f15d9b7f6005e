// A client up to the decision of the version: ClientHello, HelloRetryRequest, ServerHello (RFC 8446
// §4.1).
#pragma once

#include "handshake/context.h"
#include "messages/server_hello.h"

namespace ciao::tls {

//        START <----+
// Send ClientHello  | Recv HelloRetryRequest
//          v        |
//   EARLY_DATA [if asked for] (the application writes it)
//          v        |
//       WAIT_SH ----+
//          | Recv ServerHello
//          v
//  (client13 or client12)
class HelloClient {
 public:
  enum class State : std::uint8_t { start, early_data, wait_sh };

  Result<Step> step(HandshakeContext& context);

 private:
  Result<Step> send_client_hello(HandshakeContext& context);
  Result<Step> pause_for_early_data(HandshakeContext& context);
  Result<Step> read_server_hello(HandshakeContext& context);
  Result<Step> accept_server_hello(HandshakeContext& context, const ServerHello& hello,
                                   ByteView raw);
  Result<Step> retry(HandshakeContext& context, const ServerHello& hello, ByteView raw);
  Result<const Suite*> check_server_hello(const HandshakeContext& context,
                                          const ServerHello& hello) const;
  Result<void> check_selected_psk(const HandshakeContext& context, const Suite& suite) const;
  Result<void> give_up_early_data(HandshakeContext& context) const;
  Result<void> prepare(HandshakeContext& context);
  Result<void> choose_session(HandshakeContext& context);
  Result<bool> is_tls12(const HandshakeContext& context, const ServerHello& hello) const;
  void drop_unusable_psks(HandshakeContext& context) const;

  State state_ = State::start;
};

}  // namespace ciao::tls
