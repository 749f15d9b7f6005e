// SSL_read(3), SSL_write(3), SSL_pending(3), SSL_CTX_set_record_padding_callback(3),
// SSL_CTX_set_split_send_fragment(3), SSL_alloc_buffers(3).
#include "libssl/io.h"

#include <algorithm>
#include <cerrno>
#include <climits>

#include "base/copy_on_write.h"
#include "libssl/async.h"
#include "libssl/entry.h"
#include "libssl/later_prototypes.h"
#include "libssl/null_arguments.h"
#include "libssl/owner.h"
#include "libssl/pump.h"
#include "libssl/raise.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

// What a dead connection answers: the peer's alert is told every time, our own failure was told
// when it happened.
int refuse_dead(SSL* ssl) {
  if (ssl->connection.close_state().read_side() == CloseState::ReadSide::peer_alert) {
    ssl->rwstate = SSL_NOTHING;
    return report_failure(ssl, ssl->connection.error().value_or(internal_error()));
  }
  errno = 0;
  finish_last_alert(ssl);
  return -1;
}

bool dead_by_alert(const SSL* ssl) {
  return ssl->connection.phase() == Phase::dead &&
         ssl->connection.close_state().read_side() == CloseState::ReadSide::peer_alert;
}

// Until application data is at hand (1), the peer has closed (0), or nothing more can be done now
// (the BIO's answer).
int receive_data(SSL* ssl) {
  Connection& connection = ssl->connection;
  if (refuse_in_callback(ssl)) return -1;
  for (;;) {
    const Result<Received> received = connection.receive();
    if (!received) {
      report_receive_failure(ssl, received.error());
      return dead_by_alert(ssl) ? 0 : -1;
    }
    switch (*received) {
      case Received::data:
        if (connection.readable().empty()) break;
        ssl->rwstate = SSL_NOTHING;
        return 1;
      case Received::close_notify: ssl->rwstate = SSL_NOTHING; return 0;
      case Received::control:
        // A certificate that the server asked for is sent before anything else is read; and a
        // renegotiation comes to its end.
        if (handshake_ahead(ssl) && drive_handshake(ssl, Data::wanted) <= 0) return -1;
        if (early_reading_ended(ssl)) return -1;
        // A warning that refuses a renegotiation: what the BIO does not take goes with the next
        // write.
        if (!connection.output().empty()) static_cast<void>(drain_and_flush(ssl));
        if (!connection.readable().empty() || goes_on_after_control(ssl)) break;
        return -1;
      case Received::input_wanted: {
        const int filled = fill(ssl);
        if (filled <= 0) return filled;
        break;
      }
    }
  }
}

}  // namespace

int read_data(SSL* ssl, void* buffer, std::size_t size, Take take, std::size_t* taken) {
  Connection& connection = ssl->connection;
  *taken = 0;
  if (connection.phase() == Phase::no_role) {
    raise(Reason::uninitialized);
    return -1;
  }
  if (dead_by_alert(ssl)) {
    refuse_dead(ssl);
    return 0;
  }
  // A call out of place leaves what the one before it wanted.
  const EarlyUse use = take == Take::peek ? EarlyUse::peek : EarlyUse::read;
  const bool closed = connection.close_state().received_flag();
  if (!closed && !early_data_allows(ssl, use)) return 0;
  ssl->rwstate = SSL_NOTHING;
  if (closed) return 0;
  if (connection.phase() == Phase::dead) return refuse_dead(ssl);
  leave_early_data(ssl, use);
  if (handshake_ahead(ssl) && drive_handshake(ssl, Data::wanted) <= 0) return -1;
  if (early_reading_ended(ssl)) return -1;
  const int received = receive_data(ssl);
  if (received <= 0) return received;
  const std::size_t part = std::min(size, connection.readable().size());
  // A read of nothing is answered, and is no success.
  if (part == 0) return 0;
  copy_bytes(static_cast<std::uint8_t*>(buffer), connection.readable().first(part));
  if (take == Take::consume) connection.consume_readable(part);
  *taken = part;
  return 1;
}

namespace {

template <Take take>
int read_call(SSL* ssl, const AsyncCall& call, std::size_t* done);

int guarded_read(SSL* ssl, void* buffer, std::size_t size, Take take, std::size_t* taken,
                 Place place = Place::here()) {
  if (runs_as_job(ssl)) {
    const auto body = take == Take::peek ? read_call<Take::peek> : read_call<Take::consume>;
    return run_as_job(ssl, {.body = body, .read_into = buffer, .size = size}, taken);
  }
  return guard_connection(
      -1, [&] { return read_data(ssl, buffer, size, take, taken); },
      [&] { end_without_memory(ssl); }, place);
}

template <Take take>
int read_call(SSL* ssl, const AsyncCall& call, std::size_t* done) {
  return guarded_read(ssl, call.read_into, call.size, take, done);
}

int read_int(SSL* ssl, void* buffer, int size, Take take, Place place = Place::here()) {
  if (size < 0) {
    raise(Reason::bad_length, place);
    return -1;
  }
  std::size_t taken = 0;
  const int result = guarded_read(ssl, buffer, static_cast<std::size_t>(size), take, &taken, place);
  return result > 0 ? static_cast<int>(taken) : result;
}

// Whether the arguments continue the write that blocked (SSL_write(3): "must be repeated with the
// same arguments").
bool continues(const SSL* ssl, const void* buffer, std::size_t size) {
  const WriteRetry& retry = ssl->write_retry;
  const bool moving = config_of(ssl).has_mode(mode::kAcceptMovingWriteBuffer);
  return size >= retry.done + retry.record && (moving || buffer == retry.buffer);
}

int check_open_for_writing(SSL* ssl) {
  const Connection& connection = ssl->connection;
  if (connection.phase() == Phase::no_role) {
    raise(Reason::uninitialized);
    return -1;
  }
  if (connection.close_state().may_write()) return 1;
  ssl->rwstate = SSL_NOTHING;
  raise(Reason::protocol_is_shutdown);
  return -1;
}

int check_alive(SSL* ssl) {
  ssl->rwstate = SSL_NOTHING;
  return ssl->connection.phase() == Phase::dead ? refuse_dead(ssl) : 1;
}

}  // namespace

int check_writable(SSL* ssl) {
  const int open = check_open_for_writing(ssl);
  return open > 0 ? check_alive(ssl) : open;
}

namespace {

// What a write takes along goes without it, too.
int write_nothing(SSL* ssl) {
  const Result<void> owed = ssl->connection.write_owed();
  if (!owed) return report_failure(ssl, owed.error());
  return drain(ssl) ? 1 : -1;
}

}  // namespace

int write_records(SSL* ssl, const void* buffer, std::size_t size, Sending sending,
                  std::size_t* written) {
  Connection& connection = ssl->connection;
  const bool early = sending == Sending::early_data;
  *written = 0;
  errno = 0;
  WriteRetry& retry = ssl->write_retry;
  if (!retry.active) {
    if (size == 0) return early ? 1 : write_nothing(ssl);
    if (early) {
      const Result<void> announced = connection.announce_early_data(size);
      if (!announced) return report_failure(ssl, announced.error());
    }
    retry.begin(buffer);
  } else if (!continues(ssl, buffer, size)) {
    raise(size < retry.done + retry.record ? Reason::bad_length : Reason::bad_write_retry);
    return -1;
  }
  const ByteView data(static_cast<const std::uint8_t*>(buffer), size);
  // The first early data leaves together with the ClientHello.
  bool waits_for_more = early && ssl->flight_pending && retry.done == 0 && retry.record == 0;
  for (;;) {
    if (!std::exchange(waits_for_more, false) && !drain(ssl)) return -1;
    if (retry.record != 0) {
      retry.done += retry.record;
      retry.record = 0;
      const bool partial = !early && config_of(ssl).has_mode(mode::kEnablePartialWrite);
      if (retry.done == size || partial) break;
    }
    // As in OpenSSL split_send_fragment is the size of a record with a single pipeline, too.
    const ByteView rest = data.subspan(retry.done);
    const std::size_t split = ssl->settings->split_send_fragment;
    const ByteView part = rest.first(std::min(rest.size(), split));
    const Result<std::size_t> sealed =
        early ? connection.write_early_data(part) : connection.write(part);
    if (!sealed) return report_failure(ssl, sealed.error());
    retry.record = *sealed;
  }
  *written = retry.done;
  retry.clear();
  return 1;
}

namespace {

void request_waiting_tickets(SSL* ssl) {
  if (!ssl->cold || !ssl->connection.output().empty()) return;
  std::size_t& waiting = ssl->cold->tickets_behind_write;
  while (waiting != 0 && ssl->connection.request_ticket()) --waiting;
}

// 1 with `*written` set, or 0 or -1.
int write_data(SSL* ssl, const void* buffer, std::size_t size, std::size_t* written) {
  *written = 0;
  const int open = check_open_for_writing(ssl);
  if (open <= 0) return open;
  if (!early_data_allows(ssl, EarlyUse::write)) return 0;
  const int alive = check_alive(ssl);
  if (alive <= 0) return alive;
  leave_early_data(ssl, EarlyUse::write);
  request_waiting_tickets(ssl);
  if (handshake_ahead(ssl) && drive_handshake(ssl) <= 0) return -1;
  return write_records(ssl, buffer, size, Sending::data, written);
}

int write_call(SSL* ssl, const AsyncCall& call, std::size_t* done);

int guarded_write(SSL* ssl, const void* buffer, std::size_t size, std::size_t* written,
                  Place place = Place::here()) {
  if (runs_as_job(ssl)) {
    return run_as_job(ssl, {.body = write_call, .write_from = buffer, .size = size}, written);
  }
  return guard_connection(
      -1, [&] { return write_data(ssl, buffer, size, written); }, [&] { end_without_memory(ssl); },
      place);
}

int write_call(SSL* ssl, const AsyncCall& call, std::size_t* done) {
  return guarded_write(ssl, call.write_from, call.size, done);
}

// SSL_read(3), SSL_write(3): on success the _ex functions store the number of bytes; otherwise they
// leave the caller's variable alone.
template <class Transfer>
int store_count(std::size_t* count, Transfer transfer) {
  std::size_t done = 0;
  if (transfer(&done) <= 0) return 0;
  *count = done;
  return 1;
}

// SSL_CTX_set_block_padding(3): 0 and 1 both mean none.
int set_block_padding(Ref<Settings>& settings, std::size_t data, std::size_t handshake) {
  if (std::max(data, handshake) > SSL3_RT_MAX_PLAIN_LENGTH) return 0;
  return guard(0, [&] {
    Settings& changed = edit(settings);
    changed.block_padding = data <= 1 ? 0 : data;
    changed.handshake_block_padding = handshake <= 1 ? 0 : handshake;
    return 1;
  });
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" int SSL_read(SSL* ssl, void* buffer, int size) {
  return read_int(ssl, buffer, size, Take::consume);
}

extern "C" int SSL_peek(SSL* ssl, void* buffer, int size) {
  return read_int(ssl, buffer, size, Take::peek);
}

extern "C" int SSL_read_ex(SSL* ssl, void* buffer, size_t size, size_t* taken) {
  return store_count(taken, [&](std::size_t* done) {
    return guarded_read(ssl, buffer, size, Take::consume, done);
  });
}

extern "C" int SSL_peek_ex(SSL* ssl, void* buffer, size_t size, size_t* taken) {
  return store_count(
      taken, [&](std::size_t* done) { return guarded_read(ssl, buffer, size, Take::peek, done); });
}

extern "C" int SSL_write(SSL* ssl, const void* buffer, int size) {
  if (size < 0) {
    raise(Reason::bad_length);
    return -1;
  }
  std::size_t written = 0;
  const int result = guarded_write(ssl, buffer, static_cast<std::size_t>(size), &written);
  return result > 0 ? static_cast<int>(written) : result;
}

extern "C" int SSL_write_ex(SSL* ssl, const void* buffer, size_t size, size_t* written) {
  return store_count(written,
                     [&](std::size_t* done) { return guarded_write(ssl, buffer, size, done); });
}

// The flags are for QUIC's streams.
extern "C" int SSL_write_ex2(SSL* ssl, const void* buffer, size_t size, uint64_t flags,
                             size_t* written) {
  const bool no_data = buffer == nullptr && size != 0;
  if (refuse_null(ssl == nullptr || no_data || written == nullptr)) return 0;
  if (flags == 0) return SSL_write_ex(ssl, buffer, size, written);
  raise(Reason::passed_invalid_argument, "SSL_write_ex2 has no flags for TLS");
  return 0;
}

// Only for connections whose records the kernel seals, which ciao has none of: as 3.0 answers for a
// BIO without kernel TLS.
extern "C" ssize_t SSL_sendfile(SSL* ssl, int, off_t, size_t, int) {
  ssl->rwstate = SSL_NOTHING;
  raise(ssl->connection.close_state().may_write() ? Reason::uninitialized
                                                  : Reason::protocol_is_shutdown);
  return -1;
}

extern "C" int SSL_pending(const SSL* ssl) {
  // Within one record: at most 16384.
  return static_cast<int>(ssl->connection.readable().size());
}

extern "C" int SSL_has_pending(const SSL* ssl) {
  return ssl->connection.has_unprocessed_input() ? 1 : 0;
}

extern "C" int SSL_get_read_ahead(const SSL* ssl) { return ssl->settings->read_ahead ? 1 : 0; }

extern "C" void SSL_set_read_ahead(SSL* ssl, int yes) {
  guard_void([&] {
    edit(ssl->settings).read_ahead = yes != 0;
    ssl->connection.set_read_ahead(read_ahead_size(*ssl->settings));
  });
}

// Buffers come and go with their content, so that there is never one to be made in advance.
extern "C" int SSL_alloc_buffers(SSL*) { return 1; }

extern "C" int SSL_free_buffers(SSL* ssl) {
  // SSL_alloc_buffers(3): it fails while buffers are in use.
  const Connection& connection = ssl->connection;
  return connection.output().empty() && !connection.has_unprocessed_input() ? 1 : 0;
}

extern "C" void SSL_CTX_set_default_read_buffer_len(SSL_CTX* ctx, size_t size) {
  guard_void([&] { edit(ctx->settings).read_buffer_length = size; });
}

extern "C" void SSL_set_default_read_buffer_len(SSL* ssl, size_t size) {
  guard_void([&] {
    edit(ssl->settings).read_buffer_length = size;
    ssl->connection.set_read_ahead(read_ahead_size(*ssl->settings));
  });
}

extern "C" int SSL_CTX_set_block_padding(SSL_CTX* ctx, size_t block) {
  return SSL_CTX_set_block_padding_ex(ctx, block, block);
}

extern "C" int SSL_set_block_padding(SSL* ssl, size_t block) {
  return SSL_set_block_padding_ex(ssl, block, block);
}

extern "C" int SSL_CTX_set_block_padding_ex(SSL_CTX* ctx, size_t data, size_t handshake) {
  return refuse_null(ctx == nullptr) ? 0 : set_block_padding(ctx->settings, data, handshake);
}

extern "C" int SSL_set_block_padding_ex(SSL* ssl, size_t data, size_t handshake) {
  return refuse_null(ssl == nullptr) ? 0 : set_block_padding(ssl->settings, data, handshake);
}

extern "C" void SSL_CTX_set_record_padding_callback(SSL_CTX* ctx, RecordPaddingFn callback) {
  guard_void([&] { edit(ctx->settings).record_padding.fn = callback; });
}

extern "C" int SSL_set_record_padding_callback(SSL* ssl, RecordPaddingFn callback) {
  return guard(0, [&] {
    edit(ssl->settings).record_padding.fn = callback;
    return 1;
  });
}

extern "C" void SSL_CTX_set_record_padding_callback_arg(SSL_CTX* ctx, void* arg) {
  guard_void([&] { edit(ctx->settings).record_padding.arg = arg; });
}

extern "C" void SSL_set_record_padding_callback_arg(SSL* ssl, void* arg) {
  guard_void([&] { edit(ssl->settings).record_padding.arg = arg; });
}

extern "C" void* SSL_CTX_get_record_padding_callback_arg(const SSL_CTX* ctx) {
  return ctx->settings->record_padding.arg;
}

extern "C" void* SSL_get_record_padding_callback_arg(const SSL* ssl) {
  return ssl->settings->record_padding.arg;
}

// --- RFC 6066 §4 --------------------------------------------------------------------------------

namespace ciao::tls {
namespace {

template <class Owner>
int ask_for_fragment_length(Owner* owner, std::uint8_t mode, Place place = Place::here()) {
  return checked(
      [&]() -> Result<void> {
        if (mode > TLSEXT_max_fragment_length_4096) {
          return silent_error(Reason::ssl3_ext_invalid_max_fragment_length);
        }
        edit_config(owner).max_fragment_length = mode;
        return {};
      },
      place);
}

}  // namespace
}  // namespace ciao::tls

extern "C" int SSL_CTX_set_tlsext_max_fragment_length(SSL_CTX* ctx, uint8_t mode) {
  return ask_for_fragment_length(ctx, mode);
}

extern "C" int SSL_set_tlsext_max_fragment_length(SSL* ssl, uint8_t mode) {
  return ask_for_fragment_length(ssl, mode);
}
