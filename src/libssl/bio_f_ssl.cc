// BIO_f_ssl(3).
#include <openssl/ssl.h>

#include <climits>
#include <ctime>
#include <new>
#include <string>

#include "libssl/pump.h"
#include "libssl/raise.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

// What a BIO of this type carries.
struct SslFilter {
  SSL* ssl = nullptr;
  // BIO_set_ssl_renegotiate_bytes, BIO_set_ssl_renegotiate_timeout; 0 is off.
  unsigned long renegotiate_bytes = 0;
  unsigned long renegotiate_seconds = 0;
  unsigned long moved = 0;    // bytes, since the last renegotiation
  unsigned long started = 0;  // when the seconds began to count
  int renegotiations = 0;
};

SslFilter& filter_of(BIO* bio) { return *static_cast<SslFilter*>(BIO_get_data(bio)); }

// Passes on what the SSL waits for, as retry flags and reason.
void set_retry(BIO* bio, int error) {
  switch (error) {
    case SSL_ERROR_WANT_READ: BIO_set_retry_read(bio); break;
    case SSL_ERROR_WANT_WRITE: BIO_set_retry_write(bio); break;
    case SSL_ERROR_WANT_X509_LOOKUP:
      BIO_set_retry_special(bio);
      BIO_set_retry_reason(bio, BIO_RR_SSL_X509_LOOKUP);
      break;
    case SSL_ERROR_WANT_CONNECT:
      BIO_set_retry_special(bio);
      BIO_set_retry_reason(bio, BIO_RR_CONNECT);
      break;
    case SSL_ERROR_WANT_ACCEPT:
      BIO_set_retry_special(bio);
      BIO_set_retry_reason(bio, BIO_RR_ACCEPT);
      break;
    default: break;
  }
}

unsigned long now() { return static_cast<unsigned long>(std::time(nullptr)); }

// Asks for a renegotiation when as many bytes have gone through, or as much time has passed, as
// the application set.
void renegotiate_if_due(SslFilter& filter, std::size_t size) {
  if (filter.renegotiate_bytes != 0) {
    filter.moved += size;
    if (filter.moved > filter.renegotiate_bytes) {
      filter.moved = 0;
      ++filter.renegotiations;
      SSL_renegotiate(filter.ssl);
      return;
    }
  }
  if (filter.renegotiate_seconds != 0 && now() > filter.started + filter.renegotiate_seconds) {
    filter.started = now();
    ++filter.renegotiations;
    SSL_renegotiate(filter.ssl);
  }
}

// Both setters answer the value before; what is too small is not taken, as in OpenSSL.
long set_renegotiate_bytes(SslFilter& filter, long bytes) {
  constexpr long kLeast = 512;
  const auto before = static_cast<long>(filter.renegotiate_bytes);
  if (bytes >= kLeast) filter.renegotiate_bytes = static_cast<unsigned long>(bytes);
  return before;
}

long set_renegotiate_seconds(SslFilter& filter, long seconds) {
  constexpr long kLeast = 60;
  constexpr long kInstead = 5;
  const auto before = static_cast<long>(filter.renegotiate_seconds);
  filter.renegotiate_seconds = static_cast<unsigned long>(seconds < kLeast ? kInstead : seconds);
  filter.started = now();
  return before;
}

int filter_create(BIO* bio) {
  SslFilter* filter = new (std::nothrow) SslFilter;
  if (filter == nullptr) {
    raise(Reason::malloc_failure);
    return 0;
  }
  BIO_set_init(bio, 0);
  BIO_set_data(bio, filter);
  BIO_clear_flags(bio, ~0);
  return 1;
}

// Closing the filter closes the connection: one step of SSL_shutdown, if there is a connection to
// close.
void drop_ssl(BIO* bio) {
  SslFilter& filter = filter_of(bio);
  if (BIO_get_shutdown(bio) == 0) return;
  if (filter.ssl != nullptr && !in_init(filter.ssl)) SSL_shutdown(filter.ssl);
  if (BIO_get_init(bio) != 0) SSL_free(filter.ssl);
  BIO_clear_flags(bio, ~0);
  BIO_set_init(bio, 0);
}

int filter_destroy(BIO* bio) {
  if (bio == nullptr) return 0;
  drop_ssl(bio);
  delete &filter_of(bio);
  BIO_set_data(bio, nullptr);
  return 1;
}

int filter_read(BIO* bio, char* buffer, std::size_t size, std::size_t* taken) {
  if (buffer == nullptr) return 0;
  SSL* ssl = filter_of(bio).ssl;
  BIO_clear_retry_flags(bio);
  const int wanted = static_cast<int>(size > INT_MAX ? INT_MAX : size);
  const int result = SSL_read(ssl, buffer, wanted);
  *taken = result > 0 ? static_cast<std::size_t>(result) : 0;
  set_retry(bio, SSL_get_error(ssl, result));
  if (result > 0) renegotiate_if_due(filter_of(bio), *taken);
  return result > 0 ? 1 : result;
}

int filter_write(BIO* bio, const char* buffer, std::size_t size, std::size_t* written) {
  if (buffer == nullptr) return 0;
  SSL* ssl = filter_of(bio).ssl;
  BIO_clear_retry_flags(bio);
  const int wanted = static_cast<int>(size > INT_MAX ? INT_MAX : size);
  const int result = SSL_write(ssl, buffer, wanted);
  *written = result > 0 ? static_cast<std::size_t>(result) : 0;
  set_retry(bio, SSL_get_error(ssl, result));
  if (result > 0) renegotiate_if_due(filter_of(bio), *written);
  return result > 0 ? 1 : result;
}

int filter_puts(BIO* bio, const char* text) {
  return BIO_write(bio, text, static_cast<int>(std::char_traits<char>::length(text)));
}

void choose_role(SSL* ssl, bool client) {
  if (client) {
    SSL_set_connect_state(ssl);
  } else {
    SSL_set_accept_state(ssl);
  }
}

long reset(BIO* bio, long number, void* pointer) {
  SSL* ssl = filter_of(bio).ssl;
  SSL_shutdown(ssl);  // says so if it is too early for that
  const bool had_role = ssl->connection.phase() != Phase::no_role;
  const bool client = ssl->connection.role() == Role::client;
  // The session is judged by how the connection was closed, so before the role is set anew.
  if (SSL_clear(ssl) == 0) return 0;
  if (had_role) choose_role(ssl, client);
  if (BIO* next = BIO_next(bio)) return BIO_ctrl(next, BIO_CTRL_RESET, number, pointer);
  if (ssl->rbio != nullptr) return BIO_ctrl(ssl->rbio, BIO_CTRL_RESET, number, pointer);
  return 1;
}

// The filter takes over `ssl`; the BIO that it reads from becomes the next of the chain.
long set_ssl(BIO* bio, SSL* ssl, long close_flag) {
  SslFilter& filter = filter_of(bio);
  if (filter.ssl != nullptr) {
    drop_ssl(bio);
    filter.ssl = nullptr;
  }
  BIO_set_shutdown(bio, static_cast<int>(close_flag));
  filter.ssl = ssl;
  if (BIO* source = ssl->rbio) {
    if (BIO* next = BIO_next(bio)) BIO_push(source, next);
    BIO_set_next(bio, source);
    BIO_up_ref(source);
  }
  BIO_set_init(bio, 1);
  return 1;
}

long drive(BIO* bio) {
  SSL* ssl = filter_of(bio).ssl;
  BIO_clear_retry_flags(bio);
  BIO_set_retry_reason(bio, 0);
  const int result = SSL_do_handshake(ssl);
  const int error = SSL_get_error(ssl, result);
  set_retry(bio, error);
  if (error == SSL_ERROR_WANT_CONNECT && BIO_next(bio) != nullptr) {
    BIO_set_retry_reason(bio, BIO_get_retry_reason(BIO_next(bio)));
  }
  return result;
}

long duplicate(const SslFilter& from, BIO* to_bio) {
  SslFilter& to = filter_of(to_bio);
  SSL_free(to.ssl);
  to.ssl = SSL_dup(from.ssl);
  return to.ssl != nullptr ? 1 : 0;
}

long flush(BIO* bio, long number, void* pointer) {
  SSL* ssl = filter_of(bio).ssl;
  BIO_clear_retry_flags(bio);
  if (ssl->wbio == nullptr) return 0;
  const long result = BIO_ctrl(ssl->wbio, BIO_CTRL_FLUSH, number, pointer);
  BIO_copy_next_retry(bio);
  return result;
}

long pending(SSL* ssl) {
  const long here = SSL_pending(ssl);
  return here != 0 || ssl->rbio == nullptr ? here : static_cast<long>(BIO_pending(ssl->rbio));
}

// A flight of the handshake is buffered in front of the BIO; application data is not.
long to_be_written(SSL* ssl) {
  const std::size_t own = ssl->flight_pending ? ssl->connection.output().size() : 0;
  return own != 0 ? static_cast<long>(own) : BIO_ctrl(ssl->wbio, BIO_CTRL_WPENDING, 0, nullptr);
}

long filter_ctrl(BIO* bio, int command, long number, void* pointer) {
  SSL* ssl = filter_of(bio).ssl;
  if (ssl == nullptr && command != BIO_C_SET_SSL) return 0;
  switch (command) {
    case BIO_CTRL_RESET: return reset(bio, number, pointer);
    case BIO_CTRL_INFO: return 0;
    case BIO_C_SSL_MODE: choose_role(ssl, number != 0); return 1;
    case BIO_C_SET_SSL: return set_ssl(bio, static_cast<SSL*>(pointer), number);
    case BIO_C_GET_SSL:
      if (pointer == nullptr) return 0;
      *static_cast<SSL**>(pointer) = ssl;
      return 1;
    case BIO_C_SET_SSL_RENEGOTIATE_TIMEOUT: return set_renegotiate_seconds(filter_of(bio), number);
    case BIO_C_SET_SSL_RENEGOTIATE_BYTES: return set_renegotiate_bytes(filter_of(bio), number);
    case BIO_C_GET_SSL_NUM_RENEGOTIATES: return filter_of(bio).renegotiations;
    case BIO_CTRL_GET_CLOSE: return BIO_get_shutdown(bio);
    case BIO_CTRL_SET_CLOSE: BIO_set_shutdown(bio, static_cast<int>(number)); return 1;
    case BIO_CTRL_WPENDING: return to_be_written(ssl);
    case BIO_CTRL_PENDING: return pending(ssl);
    case BIO_CTRL_FLUSH: return flush(bio, number, pointer);
    case BIO_CTRL_PUSH:
      if (BIO* next = BIO_next(bio); next != nullptr && next != ssl->rbio) {
        BIO_up_ref(next);
        SSL_set_bio(ssl, next, next);
      }
      return 1;
    case BIO_CTRL_POP:
      if (bio == pointer) SSL_set_bio(ssl, nullptr, nullptr);
      return 1;
    case BIO_C_DO_STATE_MACHINE: return drive(bio);
    case BIO_CTRL_DUP: return duplicate(filter_of(bio), static_cast<BIO*>(pointer));
    default: return ssl->rbio == nullptr ? 0 : BIO_ctrl(ssl->rbio, command, number, pointer);
  }
}

long filter_callback_ctrl(BIO* bio, int command, BIO_info_cb* callback) {
  SSL* ssl = filter_of(bio).ssl;
  if (ssl == nullptr || command != BIO_CTRL_SET_CALLBACK || ssl->rbio == nullptr) return 0;
  return BIO_callback_ctrl(ssl->rbio, command, callback);
}

BIO_METHOD* make_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_TYPE_SSL, "ssl");
  if (method == nullptr || BIO_meth_set_read_ex(method, filter_read) != 1 ||
      BIO_meth_set_write_ex(method, filter_write) != 1 ||
      BIO_meth_set_puts(method, filter_puts) != 1 || BIO_meth_set_ctrl(method, filter_ctrl) != 1 ||
      BIO_meth_set_create(method, filter_create) != 1 ||
      BIO_meth_set_destroy(method, filter_destroy) != 1 ||
      BIO_meth_set_callback_ctrl(method, filter_callback_ctrl) != 1) {
    BIO_meth_free(method);
    return nullptr;
  }
  return method;
}

SSL* ssl_in_chain(BIO* bio) {
  BIO* found = bio == nullptr ? nullptr : BIO_find_type(bio, BIO_TYPE_SSL);
  return found == nullptr ? nullptr : filter_of(found).ssl;
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" const BIO_METHOD* BIO_f_ssl(void) {
  static const BIO_METHOD* const kMethod = make_method();
  return kMethod;
}

extern "C" BIO* BIO_new_ssl(SSL_CTX* ctx, int client) {
  BIO* bio = BIO_new(BIO_f_ssl());
  if (bio == nullptr) return nullptr;
  SSL* ssl = SSL_new(ctx);
  if (ssl == nullptr) {
    BIO_free(bio);
    return nullptr;
  }
  choose_role(ssl, client != 0);
  BIO_set_ssl(bio, ssl, BIO_CLOSE);
  return bio;
}

extern "C" BIO* BIO_new_ssl_connect(SSL_CTX* ctx) {
  BIO* connect = BIO_new(BIO_s_connect());
  BIO* filter = connect == nullptr ? nullptr : BIO_new_ssl(ctx, 1);
  if (filter == nullptr) {
    BIO_free(connect);
    return nullptr;
  }
  return BIO_push(filter, connect);
}

extern "C" BIO* BIO_new_buffer_ssl_connect(SSL_CTX* ctx) {
  BIO* buffer = BIO_new(BIO_f_buffer());
  BIO* chain = buffer == nullptr ? nullptr : BIO_new_ssl_connect(ctx);
  if (chain == nullptr) {
    BIO_free(buffer);
    return nullptr;
  }
  return BIO_push(buffer, chain);
}

extern "C" int BIO_ssl_copy_session_id(BIO* to, BIO* from) {
  SSL* target = ssl_in_chain(to);
  const SSL* source = ssl_in_chain(from);
  return target != nullptr && source != nullptr ? SSL_copy_session_id(target, source) : 0;
}

extern "C" void BIO_ssl_shutdown(BIO* bio) {
  for (; bio != nullptr; bio = BIO_next(bio)) {
    if (BIO_method_type(bio) != BIO_TYPE_SSL) continue;
    if (SSL* ssl = filter_of(bio).ssl) SSL_shutdown(ssl);
  }
}
