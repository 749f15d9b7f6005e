// Section 14: BIO_f_ssl (rows L6-L10).
#include "duo.h"

#include <openssl/err.h>

#include "names.h"

namespace ciao::closing {

namespace {

// The object passes to the BIO; the endpoint's own reference is what the row's last step lets go.
BIO* ssl_filter(SSL* ssl, int close) {
  BIO* filter = BIO_new(BIO_f_ssl());
  if (close == BIO_CLOSE) SSL_up_ref(ssl);
  BIO_set_ssl(filter, ssl, close);
  return filter;
}

// What `call` sent to the peer and left of the session and of the error queue.
Fields effect_of(Duo& duo, const std::function<int()>& call) {
  const SessionPtr session(SSL_get1_session(duo.ssl()));
  const size_t before = duo.unread_by_peer();
  ERR_clear_error();
  const int ret = call();
  return {{"ret", std::to_string(ret)},
          {"why", drain_reasons()},
          {"sent", std::to_string(duo.unread_by_peer() - before)},
          {"resumable",
           session == nullptr ? "-" : std::to_string(SSL_SESSION_is_resumable(session.get()))}};
}

void established(Duo& duo) {
  duo.use_memory();
  duo.handshake();
}

void freed_with_close(Stage& stage) {
  for (const bool whole_chain : {false, true}) {
    Duo duo(stage);
    established(duo);
    BIO* filter = ssl_filter(duo.ssl(), BIO_CLOSE);
    // The endpoint's reference goes with the BIO, so that its SSL_free is the last.
    stage.trace.state(whole_chain ? "BIO_free_all" : "BIO_free", effect_of(duo, [&] {
                        SSL_free(duo.ssl());
                        if (whole_chain) {
                          BIO_free_all(filter);
                        } else {
                          BIO_free(filter);
                        }
                        return 0;
                      }));
    stage.trace.add(observe_read(duo.peer_ssl(), 100, "pR"));
    duo.subject().forget_ssl();
  }
}

void freed_in_handshake(Stage& stage) {
  Duo duo(stage);
  duo.use_memory();
  SSL_do_handshake(duo.client().ssl());
  SSL_do_handshake(duo.server().ssl());
  BIO* filter = ssl_filter(duo.ssl(), BIO_CLOSE);
  stage.trace.state("BIO_free", effect_of(duo, [&] { return BIO_free(filter); }));
  stage.trace.state("flags", {{"fl", shutdown_name(SSL_get_shutdown(duo.ssl()))}});
}

void freed_without_close(Stage& stage) {
  Duo duo(stage);
  established(duo);
  BIO* filter = ssl_filter(duo.ssl(), BIO_NOCLOSE);
  stage.trace.state("BIO_free", effect_of(duo, [&] { return BIO_free(filter); }));
  stage.trace.state("SSL_free", effect_of(duo, [&] {
                      duo.subject().free_ssl();
                      return 0;
                    }));
}

// Two SSL filters in one chain, each over a transport of its own: BIO_push would make the first run
// over the second, BIO_set_next only lists them.
void chain_shutdown(Stage& stage) {
  Duo first(stage);
  Duo second(stage);
  established(first);
  established(second);
  BIO* head = ssl_filter(first.ssl(), BIO_NOCLOSE);
  BIO* tail = ssl_filter(second.ssl(), BIO_NOCLOSE);
  BIO_set_next(head, tail);
  for (const char* step : {"BIO_ssl_shutdown", "BIO_ssl_shutdown again"}) {
    first.subject().reports() = {};
    const size_t before = second.unread_by_peer();
    Fields seen = effect_of(first, [&] {
      BIO_ssl_shutdown(head);
      return 0;
    });
    seen["sent2"] = std::to_string(second.unread_by_peer() - before);
    seen["fl"] = shutdown_name(SSL_get_shutdown(first.ssl()));
    seen["fl2"] = shutdown_name(SSL_get_shutdown(second.ssl()));
    stage.trace.state(step, seen);
  }
}

// The second BIO_ssl_shutdown makes one attempt to wait: with a close_notify there, it is enough.
void chain_shutdown_waits(Stage& stage) {
  Duo duo(stage);
  established(duo);
  BIO* filter = ssl_filter(duo.ssl(), BIO_NOCLOSE);
  BIO_ssl_shutdown(filter);
  SSL_shutdown(duo.peer_ssl());
  BIO_ssl_shutdown(filter);
  stage.trace.state("flags", {{"fl", shutdown_name(SSL_get_shutdown(duo.ssl()))}});
}

void reset(Stage& stage) {
  Duo duo(stage);
  established(duo);
  BIO* filter = ssl_filter(duo.ssl(), BIO_NOCLOSE);
  Fields seen = effect_of(duo, [&] { return static_cast<int>(BIO_reset(filter)); });
  seen.erase("ret");  // the result is the next BIO's, not SSL_shutdown's
  seen["init"] = std::to_string(SSL_in_init(duo.ssl()) ? 1 : 0);
  seen["fl"] = shutdown_name(SSL_get_shutdown(duo.ssl()));
  seen["server"] = std::to_string(SSL_is_server(duo.ssl()));
  stage.trace.state("BIO_reset", seen);
}

void read_after_close(Stage& stage) {
  Duo duo(stage);
  established(duo);
  BIO* filter = ssl_filter(duo.ssl(), BIO_NOCLOSE);
  SSL_shutdown(duo.peer_ssl());
  for (int i = 0; i < 2; ++i) {
    char byte = 0;
    Fields seen = {{"ret", std::to_string(BIO_read(filter, &byte, 1))}};
    seen["retry"] = std::to_string(BIO_should_retry(filter) ? 1 : 0);
    seen["fl"] = shutdown_name(SSL_get_shutdown(duo.ssl()));
    stage.trace.state("BIO_read", seen);
  }
}

}  // namespace

std::vector<Row> bio_rows_filter() {
  std::vector<Row> rows;
  for (const auto& [version, size] : {std::pair{kTls13, "24"}, std::pair{kTls12, "31"}}) {
    const std::string cn = std::string(" sent=") + size;
    const std::string none = " sent=0";
    const unsigned applies = kEither | version;
    const std::string freed = "resumable=1" + cn + ";0 ZERO_RETURN - R .";
    rows.push_back({"L6", applies, "BIO_f_ssl with BIO_CLOSE: BIO_free, then BIO_free_all",
                    freed + ";" + freed, "", "", freed_with_close});
    rows.push_back({"L6", applies, "the same in a handshake", "why=-" + none + ";fl=-", "", "",
                    freed_in_handshake});
    rows.push_back({"L7", applies, "BIO_f_ssl with BIO_NOCLOSE: BIO_free, then SSL_free",
                    "why=- resumable=1" + none + ";resumable=0" + none, "", "",
                    freed_without_close});
    rows.push_back({"L8", applies, "BIO_ssl_shutdown twice on a chain of two SSL filters",
                    "fl=S fl2=S" + cn + " sent2=" + size + ";fl=S fl2=S" + none + " sent2=0", "",
                    "", chain_shutdown});
    rows.push_back({"L8", applies, "BIO_ssl_shutdown, the peer closes, BIO_ssl_shutdown", "fl=SR",
                    "", "", chain_shutdown_waits});
    rows.push_back({"L9", applies, "BIO_reset on BIO_f_ssl", "why=- resumable=1 init=1 fl=-" + cn,
                    "", "", reset});
    rows.push_back({"L10", applies, "BIO_read on BIO_f_ssl after close_notify",
                    "ret=0 retry=0 fl=R;ret=0 retry=0 fl=R", "", "", read_after_close});
  }
  return rows;
}

}  // namespace ciao::closing
