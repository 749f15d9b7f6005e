#include "libssl/pump.h"

#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>

#include "libssl/ca_names.h"
#include "libssl/raise.h"
#include "libssl/ssl_st.h"
#include "libssl/suite_config.h"
#include "libssl/version_bounds.h"

namespace ciao::tls {
namespace {

void raise_error(const SSL* ssl, const Error& error) {
  if (ssl->connection.close_state().read_side() != CloseState::ReadSide::peer_alert) {
    raise(error);
    return;
  }
  char text[32];
  std::snprintf(text, sizeof text, "SSL alert number %d", code(ssl->connection.peer_alert()));
  raise(error.reason, text);
}

// For the trace: why the transport broke, if it did.
void remember_failure(SSL* ssl, BIO* bio) {
  if (BIO_should_retry(bio) == 0 && errno != 0) ssl->transport_errno = errno;
}

// What a wait of the handshake is called in SSL_want(3).
int rwstate_for(Wait wait) {
  switch (wait) {
    case Wait::client_hello: return SSL_CLIENT_HELLO_CB;
    case Wait::certificate: return SSL_X509_LOOKUP;
    case Wait::verification: return SSL_RETRY_VERIFY;
    case Wait::signature:
    case Wait::session: return SSL_ASYNC_PAUSED;
    case Wait::none:
    case Wait::input:
    case Wait::closed:
    case Wait::early_data:
    case Wait::data: break;
  }
  return SSL_NOTHING;
}

}  // namespace

bool drain(SSL* ssl) {
  Connection& connection = ssl->connection;
  while (!connection.output().empty()) {
    errno = 0;
    ssl->rwstate = SSL_WRITING;
    if (ssl->wbio == nullptr) {
      report_failure(ssl,
                     connection.fail({Reason::bio_not_set, AlertDescription::internal_error}));
      return false;
    }
    const ByteView output = connection.output();
    const int size = static_cast<int>(std::min<std::size_t>(output.size(), INT_MAX));
    const int written = BIO_write(ssl->wbio, output.data(), size);
    if (written <= 0) {
      remember_failure(ssl, ssl->wbio);
      return false;
    }
    connection.output_sent(static_cast<std::size_t>(written));
  }
  ssl->rwstate = SSL_NOTHING;
  return true;
}

bool drain_and_flush(SSL* ssl) {
  if (!drain(ssl)) return false;
  if (ssl->wbio == nullptr) return true;
  ssl->rwstate = SSL_WRITING;
  if (BIO_flush(ssl->wbio) <= 0) return false;
  ssl->rwstate = SSL_NOTHING;
  return true;
}

int fill(SSL* ssl) {
  Connection& connection = ssl->connection;
  if (ssl->rbio == nullptr) {
    return report_failure(
        ssl, connection.fail({Reason::read_bio_not_set, AlertDescription::internal_error}));
  }
  const MutableBytes space = connection.input_space();
  errno = 0;
  ssl->rwstate = SSL_READING;
  const int size = static_cast<int>(std::min<std::size_t>(space.size(), INT_MAX));
  const int read = BIO_read(ssl->rbio, space.data(), size);
  if (read > 0) {
    connection.input_received(static_cast<std::size_t>(read));
    if (connection.phase() == Phase::handshaking) ssl->round_trip.input_came();
    ssl->rwstate = SSL_NOTHING;
    return read;
  }
  if (BIO_should_retry(ssl->rbio) == 0 && BIO_eof(ssl->rbio) != 0) {
    const Result<void> ended = connection.input_ended();
    if (!ended) report_failure(ssl, ended.error());
  } else {
    remember_failure(ssl, ssl->rbio);
  }
  return read;
}

bool in_init(const SSL* ssl) {
  const Connection& connection = ssl->connection;
  // A client's flight that waits for early data to go with it is none of the handshake's affair.
  if (connection.in_early_data() && connection.role() == Role::client) return false;
  return connection.in_init() || ssl->flight_pending;
}

bool handshake_ahead(const SSL* ssl) {
  const Connection& connection = ssl->connection;
  // A callback about a message that comes after the handshake may write, as in OpenSSL.
  const bool between = connection.phase() == Phase::established && connection.in_exchange();
  if (between && connection.calls().driving()) return false;
  return in_init(ssl) ||
         (connection.renegotiation_due() && connection.close_state().may_send_control());
}

namespace {

// As in OpenSSL, a server does not begin without a version, and not without a suite for the newest
// one that it speaks.
Result<void> check_server_can_begin(const SSL* ssl) {
  const Config& config = config_of(ssl);
  const bool tls13 = config.allows(ProtocolVersion::tls1_3);
  if (!tls13 && !config.allows(ProtocolVersion::tls1_2)) {
    return Error{Reason::no_protocols_available, AlertDescription::protocol_version};
  }
  if (tls13 && !has_suites13(ssl)) {
    return Error{Reason::no_ciphers_available, AlertDescription::handshake_failure};
  }
  return {};
}

// Starts what begins a handshake here: the first one, or a renegotiation.
Result<void> prepare_handshake(SSL* ssl) {
  Connection& connection = ssl->connection;
  const bool renegotiates = connection.renegotiation_due();
  if (connection.phase() != Phase::before && !renegotiates) return {};
  if (!renegotiates) return_to_context_method(*ssl);
  take_context_ca_names(ssl);
  const Result<void> policy = apply_security_policy(ssl);
  if (!policy) return connection.fail(policy.error());
  if (is_server(ssl)) {
    const Result<void> able = check_server_can_begin(ssl);
    if (!able) return connection.fail(able.error());
  }
  if (!renegotiates) return {};
  TRY(connection.start_renegotiation());
  ssl->flight_pending = !connection.output().empty();
  return {};
}

// As in OpenSSL: a client may be gone that has sent its request; that it does not take the tickets
// is no reason not to read it.
bool gone_before_tickets(SSL* ssl) {
  Connection& connection = ssl->connection;
  if (connection.in_init() || !connection.flight_is_tickets()) return false;
  if (ssl->wbio == nullptr || BIO_should_retry(ssl->wbio) != 0) return false;
  if (errno != EPIPE && errno != ECONNRESET) return false;
  connection.output_sent(connection.output().size());
  ssl->rwstate = SSL_NOTHING;
  return true;
}

// False when the BIO did not take all of it.
bool send_flight(SSL* ssl) {
  if (!drain_and_flush(ssl) && !gone_before_tickets(ssl)) return false;
  ssl->flight_pending = false;
  ssl->round_trip.flight_left();
  return true;
}

int run_handshake(SSL* ssl, Data data) {
  Connection& connection = ssl->connection;
  const Result<void> prepared = prepare_handshake(ssl);
  if (!prepared) return report_failure(ssl, prepared.error());
  // What a callback asks for at the end is for the next call, as in OpenSSL.
  bool complete = false;
  for (;;) {
    if (ssl->flight_pending && !send_flight(ssl)) return -1;
    if (complete || !connection.in_init()) return 1;
    const Result<Wait> wait = connection.advance();
    if (!wait) return report_failure(ssl, wait.error());
    ssl->flight_pending = !connection.output().empty();
    complete = *wait == Wait::none;
    if (complete) continue;
    if (*wait == Wait::early_data) {
      if (!pauses_for_early_data(ssl) || connection.role() == Role::server) continue;
      return 1;
    }
    if (ssl->flight_pending) {
      if (!send_flight(ssl)) return -1;
      // The engine hears that its flight has left before anything is read.
      if (*wait == Wait::input) continue;
    }
    if (*wait == Wait::data) {
      if (data == Data::wanted) return 1;
      return report_failure(
          ssl, connection.fail({Reason::unexpected_record, AlertDescription::unexpected_message}));
    }
    if (*wait != Wait::input) {
      ssl->rwstate = rwstate_for(*wait);
      return -1;
    }
    if (fill(ssl) <= 0) return -1;
  }
}

}  // namespace

int drive_handshake(SSL* ssl, Data data) {
  Connection& connection = ssl->connection;
  if (refuse_in_callback(ssl)) return -1;
  if (connection.phase() == Phase::dead) {
    finish_last_alert(ssl);
    return -1;
  }
  ssl->rwstate = SSL_NOTHING;
  // A method for one role has no handshake for the other.
  const Role role = connection.role();
  if (ssl->method->use ==
      (role == Role::server ? SSL_METHOD::Use::client : SSL_METHOD::Use::server)) {
    raise(Reason::should_not_have_been_called);
    return 0;
  }
  // As in OpenSSL, what is found in the error queue after a handshake comes from this handshake.
  ERR_clear_error();
  errno = 0;
  // As in OpenSSL, SSL_renegotiate before the first handshake leaves nothing that could begin.
  if (connection.phase() == Phase::before && connection.renegotiation().pending) {
    raise(Reason::internal_error);
    return -1;
  }
  const InfoFn info_callback = ssl->observer.info_callback();
  const int result = run_handshake(ssl, data);
  // An alert that ends a handshake comes where a message was awaited.
  if (connection.close_state().read_side() == CloseState::ReadSide::peer_alert) {
    ssl->rwstate = SSL_READING;
  }
  ssl->observer.handshake_exit(info_callback, result);
  return result;
}

bool refuse_in_callback(SSL* ssl) {
  if (!ssl->connection.calls().driving()) return false;
  raise(Reason::should_not_have_been_called);
  return true;
}

bool goes_on_after_control(SSL* ssl) {
  // Without a BIO to wait for, going on is what finds that out.
  if (config_of(ssl).has_mode(mode::kAutoRetry) || ssl->rbio == nullptr) return true;
  ssl->rwstate = SSL_READING;
  BIO_clear_retry_flags(ssl->rbio);
  BIO_set_retry_read(ssl->rbio);
  return false;
}

int report_failure(SSL* ssl, const Error& error) {
  raise_error(ssl, error);
  ssl->flight_pending = false;
  ssl->write_retry.clear();
  finish_last_alert(ssl);
  return -1;
}

int report_receive_failure(SSL* ssl, const Error& error) {
  const int result = report_failure(ssl, error);
  if (ssl->connection.in_exchange()) {
    ssl->observer.handshake_exit(ssl->observer.info_callback(), result);
  }
  return result;
}

void end_without_memory(SSL* ssl) {
  ssl->rwstate = SSL_NOTHING;
  ssl->flight_pending = false;
  ssl->write_retry.clear();
  ssl->connection.fail({Reason::malloc_failure, AlertDescription::internal_error});
  finish_last_alert(ssl);
}

void finish_last_alert(SSL* ssl) {
  if (ssl->connection.output().empty() || ssl->wbio == nullptr) return;
  const int saved_errno = errno;
  ERR_set_mark();
  if (drain(ssl)) static_cast<void>(BIO_flush(ssl->wbio));
  ERR_pop_to_mark();
  errno = saved_errno;
}

}  // namespace ciao::tls
