// SSL_shutdown(3), SSL_set_shutdown(3), SSL_CTX_set_quiet_shutdown(3).
//
// The sides of a connection close independently (connection/close_state.h). Here is the policy of
// the C interface: which step one call takes, and what it answers.
#include <openssl/ssl.h>

#include <cerrno>

#include "base/copy_on_write.h"
#include "libssl/async.h"
#include "libssl/entry.h"
#include "libssl/later_prototypes.h"
#include "libssl/null_arguments.h"
#include "libssl/pump.h"
#include "libssl/raise.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

// Hands over what was sealed before, then the close_notify, then flushes. False when the BIO did
// not take all of it.
bool send_close_notify(SSL* ssl) {
  Connection& connection = ssl->connection;
  if (!drain(ssl)) return false;
  const Result<void> sealed = connection.seal_close_notify();
  if (!sealed) {
    report_failure(ssl, sealed.error());
    return false;
  }
  if (!drain(ssl)) return false;
  // A record that the application never came back to finish is out, too: nothing of it can be
  // written again.
  ssl->write_retry.clear();
  if (ssl->wbio == nullptr) return true;
  // A buffering BIO has it now; whether it could flush is seen, and tried again, by the call that
  // waits.
  static_cast<void>(BIO_flush(ssl->wbio));
  return true;
}

// Processes what arrives until the peer has closed. False when it has not: an error, or the BIO
// would block.
bool wait_for_close_notify(SSL* ssl) {
  Connection& connection = ssl->connection;
  if (refuse_in_callback(ssl)) return false;
  // A close_notify that sits in a buffering BIO would be waited for by both sides for ever.
  if (ssl->wbio != nullptr) static_cast<void>(BIO_flush(ssl->wbio));
  while (!connection.close_state().received_flag()) {
    const Result<Received> received = connection.receive();
    if (!received) {
      report_receive_failure(ssl, received.error());
      return false;
    }
    switch (*received) {
      case Received::close_notify: break;
      case Received::control:
        // A handshake that was paused for early data.
        if (connection.phase() == Phase::handshaking && drive_handshake(ssl) <= 0) return false;
        if (!goes_on_after_control(ssl)) return false;
        break;
      case Received::data:
        // SSL_shutdown(3): the application must read until the end first; what it did not read is
        // lost, and it is told so.
        report_failure(ssl, connection.fail({Reason::application_data_after_close_notify,
                                             AlertDescription::unexpected_message}));
        return false;
      case Received::input_wanted:
        if (fill(ssl) <= 0 && !connection.close_state().received_flag()) return false;
        break;
    }
  }
  ssl->rwstate = SSL_NOTHING;
  return true;
}

// One call takes one step: it sends, or goes on sending, or waits.
int shut_down(SSL* ssl) {
  Connection& connection = ssl->connection;
  CloseState& close = connection.close_state();
  if (connection.phase() == Phase::no_role) {
    raise(Reason::uninitialized);
    return -1;
  }
  if (in_init(ssl)) {
    if (connection.phase() == Phase::dead) finish_last_alert(ssl);
    raise(Reason::shutdown_while_in_init);
    return -1;
  }
  errno = 0;
  if (close.quiet() != 0) {
    close.declare_closed();
    return 1;
  }
  if (!close.sent_flag()) {
    // Taken before anything is wanted: whether a data record is still on its way.
    const bool unfinished_record =
        ssl->write_retry.active && !connection.output().empty() && !close.close_notify_pending();
    close.want_close_notify();
    if (unfinished_record && !close.close_notify_begun_or_sent()) {
      ssl->rwstate = SSL_WRITING;
      if (ssl->wbio != nullptr) BIO_set_retry_write(ssl->wbio);
      return -1;
    }
    if (close.close_notify_pending() && !send_close_notify(ssl)) return -1;
  } else if (close.close_notify_pending()) {
    if (!send_close_notify(ssl)) return -1;
  } else if (!close.received_flag()) {
    if (!wait_for_close_notify(ssl)) return -1;
  }
  return close.both_flags() && !close.close_notify_pending() ? 1 : 0;
}

int guarded_shutdown(SSL* ssl) {
  return guard_connection(-1, [&] { return shut_down(ssl); }, [&] { end_without_memory(ssl); });
}

int shutdown_call(SSL* ssl, const AsyncCall&, std::size_t*) { return guarded_shutdown(ssl); }

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" int SSL_shutdown(SSL* ssl) {
  if (ssl == nullptr) return -1;
  // Refused at once during a handshake, of which a job may be paused.
  if (!runs_as_job(ssl) || in_init(ssl)) return guarded_shutdown(ssl);
  return run_as_job(ssl, {.body = shutdown_call});
}

// SSL_shutdown_ex(3): the flags and arguments are for QUIC alone.
extern "C" int SSL_shutdown_ex(SSL* ssl, uint64_t, const ssl_shutdown_ex_args_st*, size_t) {
  return refuse_null(ssl == nullptr) ? -1 : SSL_shutdown(ssl);
}

extern "C" int SSL_get_shutdown(const SSL* ssl) { return ssl->connection.close_state().flags(); }

extern "C" void SSL_set_shutdown(SSL* ssl, int mode) { ssl->connection.set_close_flags(mode); }

extern "C" int SSL_get_quiet_shutdown(const SSL* ssl) {
  return ssl->connection.close_state().quiet();
}

extern "C" void SSL_set_quiet_shutdown(SSL* ssl, int mode) {
  ssl->connection.close_state().set_quiet(mode);
}

extern "C" int SSL_CTX_get_quiet_shutdown(const SSL_CTX* ctx) {
  return ctx->settings->quiet_shutdown;
}

extern "C" void SSL_CTX_set_quiet_shutdown(SSL_CTX* ctx, int mode) {
  guard_void([&] { edit(ctx->settings).quiet_shutdown = mode; });
}
