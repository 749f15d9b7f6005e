// What every phase of a handshake works with.
#pragma once

#include <optional>

#include "extensions/exchange.h"
#include "handshake/channel.h"
#include "handshake/early_data.h"
#include "handshake/stages.h"
#include "handshake/step.h"
#include "keys/key_schedule13.h"
#include "keys/transcript.h"

namespace ciao::tls {

// What a completed handshake leaves for the connection.
struct Outcome {
  bool issue_tickets = true;  // server, TLS 1.3
  bool new_session = false;   // TLS 1.2: the connection's session is one that nobody has yet
  ApplicationSecrets secrets;
  HashSecret resumption_master;
};

struct HandshakeContext {
  HandshakeContext(Role role, Channel& to_peer, const Algorithms& algs,
                   const ConfigRef& configuration, const Hooks& outside, Negotiated& facts,
                   Ref<Session>& connection_session, const SessionContext& context,
                   Stages& connection_stages, EarlyData* early_data)
      : channel(to_peer),
        algorithms(algs),
        config(configuration),
        hooks(outside),
        negotiated(facts),
        session(connection_session),
        session_context(context),
        stages(connection_stages),
        early(early_data),
        exchange(role, algs, configuration, outside, facts) {}

  Channel& channel;
  const Algorithms& algorithms;
  const ConfigRef& config;  // the connection's: hooks may replace it
  const Hooks& hooks;
  Negotiated& negotiated;
  Ref<Session>& session;
  Ref<Session> own_session;               // made by this handshake
  const SessionContext& session_context;  // the connection's: hooks may change it
  Stages& stages;                         // the connection's
  // Since the last message that was read: the application hears of a turn to reading, too.
  bool writing = true;
  EarlyData* early;  // null: the application has not asked for early data
  Transcript transcript;
  Exchange exchange;
  Outcome outcome;

  // The stage of a message of ours, or of a pause.
  void writes(HandshakeStage next);
  // Queues a message of ours and adds it to the transcript.
  Result<void> send(ByteView message) {
    transcript.add(message);
    return channel.send(message);
  }
};

// TLS 1.3: what the peer's key share and ours come to; empty with a PSK alone.
Result<SecretBytes> shared_secret(HandshakeContext& context);

// What a step of a phase came to.
struct Step {
  enum class Next : std::uint8_t {
    again,       // the state has moved on: call step() again
    wait,        // stop, for `wait`
    phase_done,  // the next phase takes over
  };
  Next next = Next::again;
  Wait wait = Wait::none;

  static Step again() { return {}; }
  static Step stop(Wait wait) { return {Next::wait, wait}; }
  static Step done() { return {Next::phase_done, Wait::none}; }
};

// What a step stops for when this came in; nothing for a message.
std::optional<Step> stop_for(Incoming incoming);
// Takes what comes next.
Result<Incoming> receive(HandshakeContext& context, HandshakeMessage& message);
// Takes the next message, or says what the step stops for without one.
Result<std::optional<Step>> next_message(HandshakeContext& context, HandshakeMessage& message);
// The same for the ChangeCipherSpec of TLS 1.2.
Result<std::optional<Step>> next_change_cipher_spec(HandshakeContext& context);

constexpr Error unexpected_message() {
  return {Reason::unexpected_message, AlertDescription::unexpected_message};
}

}  // namespace ciao::tls
