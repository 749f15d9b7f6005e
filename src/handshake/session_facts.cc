#include "handshake/session_facts.h"

#include "base/clock.h"
#include "config/observer.h"
#include "config/peer_verifier.h"
#include "session/session_store.h"

namespace ciao::tls {

void begin_session(HandshakeContext& context) {
  if (!context.own_session) {
    context.own_session = context.hooks.sessions->make_session();
    context.session = context.own_session;
  }
  Session& session = *context.own_session;
  session.version = context.exchange.selected_version;
  if (context.negotiated.suite != nullptr) session.suite = context.negotiated.suite->id;
  session.id_context.assign(context.session_context.view());
  session.time = wall_clock_ms() / 1000;
  if (session.timeout == 0) session.timeout = context.config->ticket_lifetime;
}

void complete_session(HandshakeContext& context) {
  // A callback may have taken it away (SSL_set_session).
  if (!context.session) {
    context.own_session = nullptr;
    begin_session(context);
  }
  Session& session = *context.session;
  session.group = context.negotiated.group;
  session.peer = context.negotiated.peer;
  session.verify_result = context.hooks.verifier->result();
  session.host_name = name_in_session(context);
  session.alpn = context.negotiated.alpn;
  session.extended_master_secret = context.negotiated.extended_master_secret;
  if (context.negotiated.max_fragment_length != 0) {
    session.max_fragment_length = context.negotiated.max_fragment_length;
  }
  // TLS 1.2 had to know before ServerHello.
  if (session.version == ProtocolVersion::tls1_3) context.hooks.sessions->completed(session);
}

std::string name_in_session(const HandshakeContext& context) {
  const Negotiated& facts = context.negotiated;
  return facts.server_name_acknowledged ? facts.server_name : std::string();
}

bool made_for_another_name(const HandshakeContext& context, const Session& session) {
  return session.host_name.empty() ? context.negotiated.server_name_acknowledged
                                   : session.host_name != context.negotiated.server_name;
}

void take_over_session(HandshakeContext& context, const Ref<Session>& session) {
  // Whatever a callback has set meanwhile: the peer is the one whose secret is in the key schedule.
  context.session = session;
  context.negotiated.peer = session->peer;
  context.hooks.verifier->set_result(session->verify_result);
}

void take_over_psk(HandshakeContext& context) {
  const Psk& psk = context.exchange.psk;
  if (context.exchange.role == Role::client && psk.origin == PskOrigin::external) {
    // As in OpenSSL the result of verification stays what it was.
    context.session = psk.session;
    context.negotiated.peer = psk.session->peer;
    return;
  }
  take_over_session(context, psk.session);
}

void log_key(const HandshakeContext& context, std::string_view label, const HashSecret& secret) {
  Observer& observer = *context.hooks.observer;
  if (observer.wants_keys())
    observer.key_log(label, context.negotiated.client_random, secret.view());
}

void log_server_application_keys(const HandshakeContext& context) {
  log_key(context, "EXPORTER_SECRET", context.outcome.secrets.exporter_master);
  log_key(context, "SERVER_TRAFFIC_SECRET_0", context.outcome.secrets.server_traffic);
}

void log_client_application_key(const HandshakeContext& context) {
  log_key(context, "CLIENT_TRAFFIC_SECRET_0", context.outcome.secrets.client_traffic);
}

Result<void> check_session_context(const HandshakeContext& context, const Session& session) {
  if (equal(session.id_context.view(), context.session_context.view())) return {};
  return Error{Reason::attempt_to_reuse_session_in_different_context,
               AlertDescription::illegal_parameter};
}

}  // namespace ciao::tls
