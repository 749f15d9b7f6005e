// Section 14: memory BIOs, BIO pairs and read-ahead (rows L1-L4, L18).
#include "duo.h"

namespace ciao::closing {

namespace {

Observation with(Observation seen, const std::string& name, const std::function<size_t()>& value) {
  seen.fields[name] = std::to_string(value());
  return seen;
}

// Alerts the subject's and the peer's callbacks were told of since the handshake: one close_notify
// each way is two entries for each side that wrote it and two for each that read it.
std::string count_sent(Endpoint& endpoint) {
  int count = 0;
  for (const std::string& alert : endpoint.reports().alerts) count += alert == "msg>1.0" ? 1 : 0;
  return std::to_string(count);
}

void memory(Stage& stage) {
  Duo duo(stage);
  duo.use_memory();
  duo.handshake();
  const auto unread = [&] { return duo.unread_by_peer(); };
  stage.trace.add(with(observe_shutdown(duo.ssl()), "unread", unread));
  stage.trace.add(with(observe_shutdown(duo.ssl()), "unread", unread));
  stage.trace.add(observe_read(duo.peer_ssl(), 100, "pR"));
  stage.trace.add(observe_shutdown(duo.peer_ssl(), "pS"));
  stage.trace.add(observe_shutdown(duo.ssl()));
}

void memory_empty_is_end(Stage& stage) {
  Duo duo(stage);
  duo.use_memory();
  duo.handshake();
  BIO_set_mem_eof_return(SSL_get_rbio(duo.ssl()), 0);
  stage.trace.add(observe_shutdown(duo.ssl()));
  stage.trace.add(observe_shutdown(duo.ssl()));
}

void small_pair(Stage& stage) {
  constexpr size_t kLessThanOneCloseNotify = 17;
  Duo duo(stage);
  duo.use_pair(kLessThanOneCloseNotify);
  duo.handshake();
  duo.subject().reports() = {};
  duo.peer().reports() = {};
  BIO* ours = SSL_get_wbio(duo.ssl());
  BIO* theirs = SSL_get_wbio(duo.peer_ssl());
  const auto ours_shut = [&] {
    stage.trace.add(
        with(observe_shutdown(duo.ssl()), "waiting", [&] { return BIO_ctrl_wpending(ours); }));
  };
  const auto theirs_shut = [&] {
    stage.trace.add(with(observe_shutdown(duo.peer_ssl(), "pS"), "waiting",
                         [&] { return BIO_ctrl_wpending(theirs); }));
  };
  const auto their_read = [&] { stage.trace.add(observe_read(duo.peer_ssl(), 100, "pR")); };
  ours_shut();
  ours_shut();
  their_read();
  ours_shut();
  their_read();
  theirs_shut();
  theirs_shut();
  ours_shut();
  theirs_shut();
  ours_shut();
  stage.trace.state("close_notify sent",
                    {{"ours", count_sent(duo.subject())}, {"theirs", count_sent(duo.peer())}});
}

void pair_shut(Stage& stage, bool ignore_eof) {
  Setup setup = stage.setup();
  setup.ignore_eof = ignore_eof;
  Duo duo(stage, setup, stage.setup());
  duo.use_pair(0);
  duo.handshake();
  (void)BIO_shutdown_wr(SSL_get_wbio(duo.peer_ssl()));
  stage.trace.add(observe_shutdown(duo.ssl()));
  stage.trace.add(observe_shutdown(duo.ssl()));
}

}  // namespace

std::vector<Row> bio_rows_memory() {
  return {
      {"L1", kEither | kTls13, "memory BIOs: S S pR pS S",
       "0 SYSCALL* - S . unread=24;-1 WANT_READ - S . unread=24;0 ZERO_RETURN - R .;"
       "1 NONE - SR .;1 NONE - SR .",
       "", "", memory},
      {"L1", kEither | kTls12, "memory BIOs: S S pR pS S",
       "0 SYSCALL* - S . unread=31;-1 WANT_READ - S . unread=31;0 ZERO_RETURN - R .;"
       "1 NONE - SR .;1 NONE - SR .",
       "", "", memory},
      {"L2", kAll, "memory BIO, empty means end of file: S S",
       "0 SYSCALL* - S .;-1 SSL UNEXPECTED_EOF_WHILE_READING S . init=1", "", "",
       memory_empty_is_end},
      {"L3", kAll, "BIO pair of 17 bytes: S S pR S pR pS pS S pS S",
       "-1 WANT_WRITE - S . waiting=17;-1 WANT_WRITE - S . waiting=17;-1 WANT_READ - - .;"
       "0 SYSCALL* - S .;0 ZERO_RETURN - R .;-1 WANT_WRITE - SR . waiting=17;"
       "-1 WANT_WRITE - SR . waiting=17;-1 WANT_READ - S .;1 NONE - SR .;1 NONE - SR .;"
       "ours=1 theirs=1",
       "", "", small_pair},
      {"L4", kAll, "BIO pair, peer's BIO_shutdown_wr: S S",
       "0 SYSCALL* - S .;-1 SSL UNEXPECTED_EOF_WHILE_READING S . init=1", "", "",
       [](Stage& stage) { pair_shut(stage, false); }},
      {"L4", kAll, "the same with SSL_OP_IGNORE_UNEXPECTED_EOF",
       "0 SYSCALL* - S .;0 ZERO_RETURN - R .", "D4", "1 NONE - SR .",
       [](Stage& stage) { pair_shut(stage, true); }},
      {"L18", kAll, "@ra hs <cn <data R has-pending pending R",
       "0 ZERO_RETURN - R - left=0;ret=1;ret=0;0 ZERO_RETURN - R -"},
      {"L18", kAll, "@ra hs <cn <data R S has-pending",
       "0 ZERO_RETURN - R - left=0;1 NONE - SR CN;ret=1"},
  };
}

}  // namespace ciao::closing
