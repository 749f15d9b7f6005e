// A server up to the decision of version and parameters: ClientHello, HelloRetryRequest (RFC 8446
// §4.1).
#pragma once

#include "handshake/context.h"

namespace ciao::tls {

//               START <------------ EARLY_DATA (where an application that asked for it hears that
//          Recv ClientHello             ^       there is none)
//                 v                     |
//   CALLBACK (the application sees it)  | Send HelloRetryRequest
//                 v                     |
//             RECVD_CH -----------------+
//                 | Select parameters
//                 v
//        (server13 or server12)
class HelloServer {
 public:
  enum class State : std::uint8_t { start, callback, recvd_ch, early_data };

  Result<Step> step(HandshakeContext& context);
  const Bytes& legacy_session_id() const { return legacy_session_id_; }

 private:
  Result<Step> read_client_hello(HandshakeContext& context);
  Result<Step> ask_application(HandshakeContext& context);
  Result<Step> negotiate(HandshakeContext& context);
  Result<void> check_hello(HandshakeContext& context, const ClientHello& hello) const;
  Result<void> check_second_hello(const ClientHello& hello) const;
  Result<void> choose_version(HandshakeContext& context, const ClientHello& hello) const;
  Result<void> choose_suite(HandshakeContext& context, const ClientHello& hello) const;
  Result<std::optional<Step>> settle_key_exchange(HandshakeContext& context);
  Result<bool> choose_group(HandshakeContext& context) const;
  Result<Step> send_retry(HandshakeContext& context, bool share_fits);
  Result<Step> pause_for_early_data(HandshakeContext& context);

  State state_ = State::start;
  Bytes first_hello_;  // the one before the retry
  Bytes legacy_session_id_;
};

}  // namespace ciao::tls
