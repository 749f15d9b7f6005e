#include "handshake/early_data.h"

#include "base/clock.h"
#include "extensions/max_fragment_length.h"
#include "handshake/session_facts.h"

namespace ciao::tls {
namespace {

// How much older a ticket may be than the client says, for the time on the wire and a slow clock
// (RFC 8446 §8.3).
constexpr std::int64_t kTicketAgeAllowanceMs = 10'000;
// A session's time is in whole seconds: its age here may be a second less than the client's.
constexpr std::int64_t kRoundingMs = 1000;

// Derives and logs both secrets from the transcript, which ends with ClientHello.
Result<HashSecret> derive_early_secrets(HandshakeContext& context, const Session& session,
                                        HashId hash) {
  const EarlySecrets secrets =
      TRY(EarlySecrets::create(context.algorithms, hash, session.secret.view()));
  const Digest transcript = TRY(context.transcript.hash_with(context.algorithms, hash, {}));
  EarlyTraffic traffic = TRY(secrets.traffic(context.algorithms, transcript.view()));
  log_key(context, "EARLY_EXPORTER_SECRET", traffic.exporter_master);
  log_key(context, "CLIENT_EARLY_TRAFFIC_SECRET", traffic.client);
  context.early->hash = hash;
  context.early->exporter_master = std::move(traffic.exporter_master);
  return std::move(traffic.client);
}

// RFC 8446 §4.2.10: "In order to accept early data, the server MUST have accepted a PSK cipher
// suite and selected the first key offered in the client's "pre_shared_key" extension. In addition,
// it MUST verify that the following values are the same as those associated with the selected PSK:
// The TLS version number; The selected cipher suite; The selected ALPN protocol, if any". The
// version is part of what makes a session resumable.
bool fits_session(const HandshakeContext& context) {
  const Exchange& exchange = context.exchange;
  if (!exchange.psk_selected() || exchange.selected_identity != 0 || exchange.retry) return false;
  const Session& session = *exchange.psk.session;
  return session.max_early_data > 0 && session.suite == context.negotiated.suite->id &&
         equal(session.alpn, context.negotiated.alpn);
}

// RFC 8446 §8.3: a ClientHello that was sent long ago is a replay, or nearly one.
bool is_fresh(const HandshakeContext& context) {
  // A key from elsewhere has no age. What is sent under it has no protection from replay either, as
  // SSL_read_early_data(3) warns.
  if (context.exchange.psk.origin == PskOrigin::external) return true;
  const Session& session = *context.exchange.psk.session;
  const std::int64_t age = wall_clock_ms() / 1000 - session.time;
  if (age < 0 || age > Session::kMaxTicketLifetime) return false;
  const std::int64_t said = context.exchange.offered.psk_identities.front().obfuscated_ticket_age -
                            session.ticket_age_add;
  const std::int64_t ours = age * 1000 + kRoundingMs;
  return said <= ours && said + kTicketAgeAllowanceMs >= ours;
}

}  // namespace

Result<void> EarlyData::add(std::size_t size, AlertDescription alert) {
  if (size > limit - count) return Error{Reason::too_much_early_data, alert};
  count += static_cast<std::uint32_t>(size);
  return {};
}

const Suite* choose_early_suite(const HandshakeContext& context) {
  if (context.early == nullptr || context.exchange.offered_psks.empty()) return nullptr;
  // RFC 8446 §4.2.10: "The PSK used to encrypt the early data MUST be the first PSK listed in the
  // client's "pre_shared_key" extension."
  const Session& session = *context.exchange.offered_psks.front().session;
  const auto& suites = context.exchange.offered_suites;
  if (session.max_early_data == 0 || std::ranges::find(suites, session.suite) == suites.end()) {
    return nullptr;
  }
  return find_suite13(session.suite);
}

Result<void> begin_early_data(HandshakeContext& context) {
  // What the application writes without an offer is as good as refused.
  context.negotiated.early_data = EarlyDataStatus::rejected;
  Exchange& exchange = context.exchange;
  if (exchange.early_suite == nullptr) return {};
  const Suite& suite = *exchange.early_suite;
  const Session& session = *exchange.offered_psks.front().session;
  const HashSecret traffic = TRY(derive_early_secrets(context, session, suite.hash));
  context.early->limit = session.max_early_data;
  // RFC 8446 §D.4: "If offering early data, the record is placed immediately after the first
  // ClientHello."
  if (context.config->has(option::kEnableMiddleboxCompat)) {
    context.writes(HandshakeStage::client_write_change);
    TRY(context.channel.send_change_cipher_spec());
    exchange.ccs_sent = true;
  }
  TRY(context.channel.install_write(Level::early, suite, traffic.view()));
  // RFC 6066 §4: "The negotiated length applies for the duration of the session including session
  // resumptions". Under a key from elsewhere it is the one that is being asked for.
  const bool external = exchange.offered_psks.front().origin == PskOrigin::external;
  context.channel.limit_sent_fragments(max_fragment_size(
      external ? context.config->max_fragment_length : session.max_fragment_length));
  context.early->keyed = true;
  return {};
}

Result<void> settle_early_data(HandshakeContext& context, const HandshakeTraffic& traffic) {
  Exchange& exchange = context.exchange;
  if (exchange.early_suite == nullptr) return {};
  const Suite& suite = *context.negotiated.suite;
  if (!exchange.early_data_accepted) {
    context.early->keyed = false;
    return context.channel.install_write(Level::handshake, suite, traffic.client.view());
  }
  // RFC 8446 §4.2.10: "If any of these checks fail, the client MUST abort with an
  // "illegal_parameter" alert": the server read what it was never meant to be. RFC 8446 §4.2.11:
  // "If the server supplies an "early_data" extension, the client MUST verify that the server's
  // selected_identity is 0."
  if (!exchange.psk_selected() || exchange.selected_identity != 0 ||
      &suite != exchange.early_suite) {
    return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
  }
  if (!equal(exchange.psk.session->alpn, context.negotiated.alpn)) {
    const Reason reason =
        context.negotiated.alpn.empty() ? Reason::bad_early_data : Reason::bad_extension;
    return Error{reason, AlertDescription::illegal_parameter};
  }
  context.negotiated.early_data = EarlyDataStatus::accepted;
  return {};
}

Result<void> end_early_data(HandshakeContext& context, const HandshakeTraffic& traffic) {
  context.early->writing = false;
  if (!context.exchange.early_data_accepted) return {};
  context.writes(HandshakeStage::client_write_end_of_early_data);
  Bytes out;
  MessageBuilder message(out, HandshakeType::end_of_early_data);
  TRY(context.send(TRY(message.finish())));
  context.early->keyed = false;
  return context.channel.install_write(Level::handshake, *context.negotiated.suite,
                                       traffic.client.view());
}

Result<void> answer_early_data(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  if (!exchange.offered.early_data) return {};
  const bool possible = context.early != nullptr && context.config->max_early_data > 0 &&
                        fits_session(context) && is_fresh(context);
  if (!possible || !TRY(context.hooks.application->allow_early_data())) {
    context.channel.skip_early_data();
    return {};
  }
  const Suite& suite = *context.negotiated.suite;
  const Session& session = *exchange.psk.session;
  const HashSecret traffic = TRY(derive_early_secrets(context, session, suite.hash));
  context.early->limit = std::min(context.config->recv_max_early_data, session.max_early_data);
  TRY(context.channel.install_read(Level::early, suite, traffic.view()));
  exchange.early_data_accepted = true;
  context.negotiated.early_data = EarlyDataStatus::accepted;
  return {};
}

}  // namespace ciao::tls
