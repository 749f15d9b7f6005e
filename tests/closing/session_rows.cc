// Section 13, the rows that need further connections: K13 and K14.
#include "duo.h"

namespace ciao::closing {

namespace {

Fields whether_resumed(Duo& duo) {
  return {{"reused", std::to_string(SSL_session_reused(duo.client().ssl()))}};
}

void close_client(Duo& duo) {
  SSL_shutdown(duo.client().ssl());
  duo.client().free_ssl();
}

// n tickets in a stateful cache and no SSL_shutdown: the newest session goes, the others stay
// usable.
void only_the_newest_goes(Stage& stage) {
  constexpr size_t kTickets = 3;
  Setup stateful = stage.setup();
  stateful.no_tickets = true;
  Duo duo(stage, stateful, stage.setup());
  SSL_set_num_tickets(duo.ssl(), kTickets);
  duo.use_pipes();
  duo.handshake();
  std::vector<SessionPtr> sessions = std::move(duo.peer().reports().added);
  const auto cached = [&] {
    return Fields{{"cached", std::to_string(SSL_CTX_sess_number(duo.subject().ctx()))}};
  };
  stage.trace.state("handshake", cached());
  close_client(duo);
  duo.subject().free_ssl();
  stage.trace.state("server freed", cached());
  for (const SessionPtr& session : sessions) {
    duo.reconnect(stage, session.get());
    stage.trace.state("resume", whether_resumed(duo));
    close_client(duo);
    SSL_shutdown(duo.ssl());
  }
}

// Stateless tickets: whatever the server does with its object, the ticket in the client's hands is
// good.
void ticket_survives(Stage& stage) {
  enum Way { bare, shut, cleared, after_fatal_alert };
  for (const Way way : {bare, shut, cleared, after_fatal_alert}) {
    Setup stateless = stage.setup();
    stateless.no_tickets = false;
    Duo duo(stage, stateless, stateless);
    duo.use_pipes();
    duo.handshake();
    const SessionPtr session(SSL_get1_session(duo.peer_ssl()));
    if (way == shut) SSL_shutdown(duo.ssl());
    if (way == cleared) SSL_clear(duo.ssl());
    if (way == after_fatal_alert) {
      // Half a record and then nothing more: the server raises a fatal error of its own.
      BIO* wire = SSL_get_wbio(duo.peer_ssl());
      BIO_write(wire, "HTTP/1.1 200 OK", 15);
      char byte = 0;
      SSL_read(duo.ssl(), &byte, 1);
    }
    duo.subject().free_ssl();
    close_client(duo);
    duo.reconnect(stage, session.get());
    stage.trace.state("resume", whether_resumed(duo));
  }
}

}  // namespace

std::vector<Row> session_rows() {
  return {
      {"K13", kServer | kTls13, "3 stateful tickets, no S, free; each is then tried",
       "cached=3;cached=2;reused=1;reused=1;reused=0", "", "", only_the_newest_goes},
      {"K13", kClient | kTls13, "hs free", "cached=1 removed=1"},
      {"K14", kServer | kBoth,
       "stateless tickets; free bare, after S, after C, after a fatal error",
       "reused=1;reused=1;reused=1;reused=1", "", "", ticket_survives},
  };
}

}  // namespace ciao::closing
