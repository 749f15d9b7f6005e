#include "handshake/handshake.h"

namespace ciao::tls {

Handshake::Handshake(Role role, Channel& channel, const Algorithms& algorithms,
                     const ConfigRef& config, const Hooks& hooks, Negotiated& negotiated,
                     Ref<Session>& session, const SessionContext& session_context, Stages& stages,
                     EarlyData* early)
    : context_(role, channel, algorithms, config, hooks, negotiated, session, session_context,
               stages, early) {
  if (role == Role::server) phase_.emplace<HelloServer>();
}

Result<Wait> Handshake::run() {
  for (;;) {
    const Step step = TRY(std::visit([&](auto& phase) { return phase.step(context_); }, phase_));
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
  const bool tls12 = context_.negotiated.version == ProtocolVersion::tls1_2;
  if (std::holds_alternative<HelloClient>(phase_)) {
    if (tls12) {
      phase_.emplace<Client12>();
    } else {
      phase_.emplace<Client13>();
    }
    return true;
  }
  if (const HelloServer* hello = std::get_if<HelloServer>(&phase_)) {
    if (tls12) {
      phase_.emplace<Server12>();
    } else {
      phase_ = Server13(hello->legacy_session_id());
    }
    return true;
  }
  return false;
}

namespace {

// What the phases have that end a handshake.
template <class Phase>
concept Final = requires(const Phase& phase) {
  phase.finished();
  phase.authenticated();
};

}  // namespace

const std::optional<FinishedVerified>& Handshake::finished() const {
  static constexpr std::optional<FinishedVerified> kNone;
  return std::visit(
      [](const auto& phase) -> const std::optional<FinishedVerified>& {
        if constexpr (Final<std::remove_cvref_t<decltype(phase)>>) return phase.finished();
        return kNone;
      },
      phase_);
}

const std::optional<PeerAuthenticated>& Handshake::authenticated() const {
  static constexpr std::optional<PeerAuthenticated> kNone;
  return std::visit(
      [](const auto& phase) -> const std::optional<PeerAuthenticated>& {
        if constexpr (Final<std::remove_cvref_t<decltype(phase)>>) return phase.authenticated();
        return kNone;
      },
      phase_);
}

}  // namespace ciao::tls
