#include "handshake/handshake.h"

#include "config/observer.h"

namespace ciao::tls {

Handshake::Handshake(Role role, Channel& channel, const Algorithms& algorithms,
                     const ConfigRef& config, const Hooks& hooks, Negotiated& negotiated,
                     Ref<Session>& session, ByteView session_context)
    : context_(role, channel, algorithms, config, hooks, negotiated, session, session_context) {
  if (role == Role::server) phase_.emplace<HelloServer>();
}

Result<Wait> Handshake::run() {
  for (;;) {
    const HandshakeStage before = context_.stage;
    const Step step = TRY(std::visit([&](auto& phase) { return phase.step(context_); }, phase_));
    if (context_.stage != before) context_.hooks.observer->handshake(Progress::moved);
    switch (step.next) {
      case Step::Next::again: break;
      case Step::Next::wait: return step.wait;
      case Step::Next::phase_done:
        if (!TRY(enter_next_phase())) return Wait::none;
        break;
    }
  }
}

// False when the phase that ended was the last.
Result<bool> Handshake::enter_next_phase() {
  if (std::holds_alternative<HelloClient>(phase_)) {
    phase_.emplace<Client13>();
    return true;
  }
  if (const HelloServer* hello = std::get_if<HelloServer>(&phase_)) {
    phase_ = Server13(hello->legacy_session_id());
    return true;
  }
  return false;
}

const std::optional<FinishedVerified>& Handshake::finished() const {
  if (const Client13* client = std::get_if<Client13>(&phase_)) return client->finished();
  return std::get<Server13>(phase_).finished();
}

const std::optional<PeerAuthenticated>& Handshake::authenticated() const {
  if (const Client13* client = std::get_if<Client13>(&phase_)) return client->authenticated();
  return std::get<Server13>(phase_).authenticated();
}

}  // namespace ciao::tls
