// SSL_read_early_data(3).
#include "libssl/early_data.h"

#include "libssl/entry.h"
#include "libssl/io.h"
#include "libssl/owner.h"
#include "libssl/pump.h"

namespace ciao::tls {
namespace {

static_assert(code(EarlyDataStatus::not_sent) == SSL_EARLY_DATA_NOT_SENT);
static_assert(code(EarlyDataStatus::rejected) == SSL_EARLY_DATA_REJECTED);
static_assert(code(EarlyDataStatus::accepted) == SSL_EARLY_DATA_ACCEPTED);

int refuse_call() {
  raise(Reason::should_not_have_been_called);
  return 0;
}

// Another call may have read EndOfEarlyData.
void note_end_of_reading(SSL* ssl) {
  if (ssl->early == EarlyCalls::read_retry &&
      ssl->connection.stage() != HandshakeStage::early_data) {
    ssl->early = EarlyCalls::finished_reading;
  }
}

bool client_may_begin(const SSL* ssl) {
  const Ref<Session>& session = ssl->connection.session();
  // The callback's answer is known when the ClientHello is.
  const bool may_be_allowed =
      (session && session->max_early_data > 0) || ssl->settings->psk_use_session != nullptr;
  return !is_server(ssl) && SSL_in_before(ssl) != 0 && may_be_allowed;
}

// Up to the pause, with everything sealed still here: it leaves together with the early data.
bool connect(SSL* ssl) {
  if (ssl->early == EarlyCalls::none) {
    if (ssl->connection.phase() == Phase::no_role) SSL_set_connect_state(ssl);
    ssl->connection.use_early_data();
  }
  ssl->early = EarlyCalls::connecting;
  const bool paused = SSL_connect(ssl) > 0;
  ssl->early = paused ? EarlyCalls::writing : EarlyCalls::connect_retry;
  return paused;
}

int write_as_client(SSL* ssl, const void* buffer, std::size_t size, std::size_t* written) {
  if (ssl->early != EarlyCalls::writing && ssl->early != EarlyCalls::write_flush && !connect(ssl)) {
    return 0;
  }
  if (ssl->early == EarlyCalls::writing) {
    if (check_writable(ssl) <= 0) return 0;
    // SSL_read has gone on with the handshake: there is a place for early data once it pauses. When
    // it is complete this would be data of another kind, that cannot be refused or replayed.
    if (in_init(ssl) && drive_handshake(ssl) <= 0) return 0;
    if (!ssl->connection.in_early_data()) return refuse_call();
    std::size_t sealed = 0;
    if (write_records(ssl, buffer, size, Sending::early_data, &sealed) <= 0) return 0;
    ssl->early = EarlyCalls::write_flush;
  }
  if (!drain_and_flush(ssl)) return 0;
  ssl->flight_pending = false;
  ssl->early = EarlyCalls::writing;
  *written = size;
  return 1;
}

// RFC 8446 §2: application data that is sent "to an unauthenticated peer".
int write_as_server(SSL* ssl, const void* buffer, std::size_t size, std::size_t* written) {
  if (check_writable(ssl) <= 0) return 0;
  std::size_t sent = 0;
  if (write_records(ssl, buffer, size, Sending::data, &sent) <= 0) return 0;
  if (ssl->wbio != nullptr) static_cast<void>(BIO_flush(ssl->wbio));
  *written = sent;
  return 1;
}

int write_early_data(SSL* ssl, const void* buffer, std::size_t size, std::size_t* written) {
  switch (ssl->early) {
    case EarlyCalls::none:
      if (!client_may_begin(ssl)) return refuse_call();
      [[fallthrough]];
    case EarlyCalls::connect_retry:
    case EarlyCalls::writing:
    case EarlyCalls::write_flush: return write_as_client(ssl, buffer, size, written);
    case EarlyCalls::read_retry:
    case EarlyCalls::finished_reading: return write_as_server(ssl, buffer, size, written);
    case EarlyCalls::connecting:
    case EarlyCalls::finished_writing:
    case EarlyCalls::accepting:
    case EarlyCalls::accept_retry:
    case EarlyCalls::reading:
    case EarlyCalls::stateless: break;
  }
  return refuse_call();
}

bool accept(SSL* ssl) {
  if (ssl->early == EarlyCalls::none) {
    if (ssl->connection.phase() == Phase::no_role) SSL_set_accept_state(ssl);
    ssl->connection.use_early_data();
  }
  ssl->early = EarlyCalls::accepting;
  const bool paused = SSL_accept(ssl) > 0;
  ssl->early = paused ? EarlyCalls::read_retry : EarlyCalls::accept_retry;
  return paused;
}

int read_early_data(SSL* ssl, void* buffer, std::size_t size, std::size_t* taken) {
  if (!is_server(ssl)) return refuse_call();
  note_end_of_reading(ssl);
  switch (ssl->early) {
    case EarlyCalls::none:
      if (SSL_in_before(ssl) == 0) return refuse_call();
      [[fallthrough]];
    case EarlyCalls::accept_retry:
      if (!accept(ssl)) return SSL_READ_EARLY_DATA_ERROR;
      break;
    case EarlyCalls::read_retry: break;
    default: return refuse_call();
  }
  if (ssl->connection.early_data_status() == EarlyDataStatus::accepted) {
    ssl->early = EarlyCalls::reading;
    std::size_t read = 0;
    const int result = read_data(ssl, buffer, size, Take::consume, &read);
    if (result > 0) *taken = read;
    // OpenSSL says "finish" also when the handshake has failed behind EndOfEarlyData.
    const bool failed = ssl->connection.phase() == Phase::dead;
    if (result > 0 || failed || !early_reading_ended(ssl)) {
      ssl->early = EarlyCalls::read_retry;
      return result > 0 ? SSL_READ_EARLY_DATA_SUCCESS : SSL_READ_EARLY_DATA_ERROR;
    }
  }
  ssl->early = EarlyCalls::finished_reading;
  *taken = 0;
  return SSL_READ_EARLY_DATA_FINISH;
}

template <class Owner>
int set_max(Owner* owner, std::uint32_t Config::* field, std::uint32_t bytes) {
  return guard(0, [&] {
    edit_config(owner).*field = bytes;
    return 1;
  });
}

}  // namespace

bool early_reading_ended(const SSL* ssl) {
  // The stage stays until EndOfEarlyData.
  return ssl->early == EarlyCalls::reading && ssl->connection.stage() != HandshakeStage::early_data;
}

bool early_data_allows(SSL* ssl, EarlyUse use) {
  note_end_of_reading(ssl);
  const EarlyCalls calls = ssl->early;
  const bool repeated = calls == EarlyCalls::connect_retry || calls == EarlyCalls::accept_retry;
  const bool refused = (repeated && use != EarlyUse::peek) ||
                       (calls == EarlyCalls::read_retry && use == EarlyUse::write);
  if (refused) raise(Reason::should_not_have_been_called);
  return !refused;
}

void leave_early_data(SSL* ssl, EarlyUse use) {
  Connection& connection = ssl->connection;
  // A read has gone on with the handshake, and nothing has come yet.
  const bool waits = ssl->early == EarlyCalls::writing && connection.handshake_under_way() &&
                     connection.stage() == HandshakeStage::early_data;
  if (!connection.in_early_data() && !waits) return;
  // The pause that this call is to come to: its flight was blocked.
  if (ssl->early == EarlyCalls::connecting || ssl->early == EarlyCalls::accepting ||
      ssl->early == EarlyCalls::stateless) {
    return;
  }
  const bool reads = use == EarlyUse::read || use == EarlyUse::peek;
  if (connection.role() == Role::server) {
    if (use == EarlyUse::handshake || ssl->early == EarlyCalls::finished_reading) {
      connection.resume_handshake();
    }
    return;
  }
  if (reads && connection.stage() != HandshakeStage::early_data) return;
  if (!reads) {
    connection.end_early_data();
    ssl->early = EarlyCalls::finished_writing;
  }
  connection.resume_handshake();
}

bool pauses_for_early_data(SSL* ssl) {
  switch (ssl->early) {
    case EarlyCalls::connecting:
    case EarlyCalls::writing:
    case EarlyCalls::write_flush:
    case EarlyCalls::accepting:
    case EarlyCalls::stateless: return true;
    default: break;
  }
  // Somebody else drives it, who knows nothing of early data.
  ssl->connection.end_early_data();
  ssl->connection.resume_handshake();
  return false;
}

}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" int SSL_write_early_data(SSL* s, const void* buf, size_t num, size_t* written) {
  return guard_connection(
      0, [&] { return write_early_data(s, buf, num, written); }, [&] { end_without_memory(s); });
}

extern "C" int SSL_read_early_data(SSL* s, void* buf, size_t num, size_t* readbytes) {
  return guard_connection(
      SSL_READ_EARLY_DATA_ERROR, [&] { return read_early_data(s, buf, num, readbytes); },
      [&] { end_without_memory(s); });
}

extern "C" {

int SSL_get_early_data_status(const SSL* s) { return code(s->connection.early_data_status()); }

int SSL_CTX_set_max_early_data(SSL_CTX* ctx, uint32_t max_early_data) {
  return set_max(ctx, &Config::max_early_data, max_early_data);
}

int SSL_set_max_early_data(SSL* s, uint32_t max_early_data) {
  return set_max(s, &Config::max_early_data, max_early_data);
}

uint32_t SSL_CTX_get_max_early_data(const SSL_CTX* ctx) { return config_of(ctx).max_early_data; }
uint32_t SSL_get_max_early_data(const SSL* s) { return config_of(s).max_early_data; }

int SSL_CTX_set_recv_max_early_data(SSL_CTX* ctx, uint32_t recv_max_early_data) {
  return set_max(ctx, &Config::recv_max_early_data, recv_max_early_data);
}

int SSL_set_recv_max_early_data(SSL* s, uint32_t recv_max_early_data) {
  return set_max(s, &Config::recv_max_early_data, recv_max_early_data);
}

uint32_t SSL_CTX_get_recv_max_early_data(const SSL_CTX* ctx) {
  return config_of(ctx).recv_max_early_data;
}

uint32_t SSL_get_recv_max_early_data(const SSL* s) { return config_of(s).recv_max_early_data; }

void SSL_CTX_set_allow_early_data_cb(SSL_CTX* ctx, SSL_allow_early_data_cb_fn cb, void* arg) {
  guard_void([&] { edit(ctx->settings).allow_early_data = {cb, arg}; });
}

void SSL_set_allow_early_data_cb(SSL* s, SSL_allow_early_data_cb_fn cb, void* arg) {
  guard_void([&] { edit(s->settings).allow_early_data = {cb, arg}; });
}

}  // extern "C"
