#include "session/session.h"

namespace ciao::tls {

void Session::copy_from(const Session& other) {
  version = other.version;
  suite = other.suite;
  secret = other.secret.clone();
  id = other.id;
  id_context = other.id_context;
  peer = other.peer;
  verify_result = other.verify_result;
  time = other.time;
  timeout = other.timeout;
  host_name = other.host_name;
  alpn = other.alpn;
  ticket = other.ticket;
  ticket_lifetime_hint = other.ticket_lifetime_hint;
  ticket_age_add = other.ticket_age_add;
  max_early_data = other.max_early_data;
  received_at_ms = other.received_at_ms;
  ticket_nonce = other.ticket_nonce;
  ticket_appdata = other.ticket_appdata;
  group = other.group;
  psk_identity = other.psk_identity;
  psk_identity_hint = other.psk_identity_hint;
  extended_master_secret = other.extended_master_secret;
  from_external_psk = other.from_external_psk;
  max_fragment_length = other.max_fragment_length;
}

}  // namespace ciao::tls
