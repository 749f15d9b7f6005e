// Section 11 in words: how the quiet setting is stored, inherited and copied (rows QA).
#include "duo.h"

namespace ciao::closing {

namespace {

Fields quiet_of(const SSL* ssl) { return {{"ret", std::to_string(SSL_get_quiet_shutdown(ssl))}}; }

void inherited_when_made(Stage& stage) {
  Duo duo(stage);
  SSL_CTX* ctx = duo.subject().ctx();
  const auto quiet_ctx = [&] {
    return Fields{{"ret", std::to_string(SSL_CTX_get_quiet_shutdown(ctx))}};
  };
  stage.trace.state("context's default", quiet_ctx());
  stage.trace.state("object's default", quiet_of(duo.ssl()));
  SSL_CTX_set_quiet_shutdown(ctx, 5);
  stage.trace.state("context's value", quiet_ctx());
  stage.trace.state("object made before", quiet_of(duo.ssl()));
  duo.subject().renew_ssl(stage.setup());
  stage.trace.state("object made after", quiet_of(duo.ssl()));
  SSL_CTX_set_quiet_shutdown(ctx, 0);
  stage.trace.state("context changed later", quiet_of(duo.ssl()));
  duo.use_pipes();
  duo.handshake();
  stage.trace.add(observe_shutdown(duo.ssl()));
}

void kept_by_clear(Stage& stage) {
  Duo duo(stage);
  SSL_set_quiet_shutdown(duo.ssl(), 1);
  SSL_clear(duo.ssl());
  stage.trace.state("after SSL_clear", quiet_of(duo.ssl()));
}

void dup_takes_the_context_value(Stage& stage) {
  Duo duo(stage);
  SSL_set_quiet_shutdown(duo.ssl(), 1);
  SSL_set_shutdown(duo.ssl(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  const SslPtr copy(SSL_dup(duo.ssl()));
  stage.trace.state("quiet of the copy", quiet_of(copy.get()));
  stage.trace.state("flags of the copy", {{"ret", std::to_string(SSL_get_shutdown(copy.get()))}});
}

}  // namespace

std::vector<Row> setting_rows() {
  return {
      {"QA", kAll, "hs q5 S", "ret=5;1 NONE - SR - bio="},
      {"QA", kAll, "hs q1 q0 S", "ret=1;ret=0;0 SYSCALL* - S CN"},
      {"QA", kAll, "SSL_new takes the context's value of that moment",
       "ret=0;ret=0;ret=5;ret=0;ret=5;ret=5;1 NONE - SR .", "", "", inherited_when_made},
      {"QA", kAll, "SSL_clear keeps it", "ret=1", "", "", kept_by_clear},
      {"QA", kAll, "SSL_dup takes the context's value, and the object's flags", "ret=0;ret=3", "",
       "", dup_takes_the_context_value},
  };
}

}  // namespace ciao::closing
