// SSL_get_all_async_fds(3), SSL_CTX_set_async_callback(3), SSL_MODE_ASYNC in SSL_CTX_set_mode(3).
#include "libssl/async.h"

#include "libssl/entry.h"
#include "libssl/owner.h"

namespace ciao::tls {
namespace {

ASYNC_WAIT_CTX* wait_of(const SSL* ssl) {
  return ssl->cold && ssl->cold->async ? ssl->cold->async->wait.get() : nullptr;
}

int invoke_callback(void* arg) {
  SSL* ssl = static_cast<SSL*>(arg);
  const Callback<SSL_async_callback_fn> callback = ssl->settings->async_callback;
  return callback ? callback.invoke(ssl) : 0;
}

int run_call(void* arg) {
  SSL* ssl = *static_cast<SSL**>(arg);
  AsyncState& state = *ssl->cold->async;
  // Its own copy: the job may be paused when the connection is freed.
  const AsyncCall call = state.call;
  return call.body(ssl, call, &state.done);
}

bool prepare(SSL* ssl) {
  std::unique_ptr<AsyncState>& state = ssl->cold_state().async;
  if (!state) state = std::make_unique<AsyncState>();
  if (state->wait) return true;
  state->wait.reset(ASYNC_WAIT_CTX_new());
  if (!state->wait) {
    raise(Reason::malloc_failure);
    return false;
  }
  return !ssl->settings->async_callback ||
         ASYNC_WAIT_CTX_set_callback(state->wait.get(), invoke_callback, ssl) == 1;
}

template <class Owner>
int set_callback(Owner* owner, SSL_async_callback_fn callback) {
  return guard(0, [&] {
    edit_settings(owner).async_callback.fn = callback;
    return 1;
  });
}

template <class Owner>
int set_callback_arg(Owner* owner, void* arg) {
  return guard(0, [&] {
    edit_settings(owner).async_callback.arg = arg;
    return 1;
  });
}

}  // namespace

bool runs_as_job(const SSL* ssl) {
  return config_of(ssl).has_mode(mode::kAsync) && ASYNC_get_current_job() == nullptr;
}

int run_as_job(SSL* ssl, const AsyncCall& call, std::size_t* done) {
  if (done != nullptr) *done = 0;
  if (!guard(false, [&] { return prepare(ssl); })) return -1;
  AsyncState& state = *ssl->cold->async;
  // Going on with a read as if it were a write would hand its bytes to nobody; and a job that was
  // given another buffer would still fill the first one.
  if (state.job != nullptr && state.call != call) {
    raise(Reason::should_not_have_been_called);
    return -1;
  }
  state.call = call;
  ssl->rwstate = SSL_NOTHING;
  int result = 0;
  switch (ASYNC_start_job(&state.job, state.wait.get(), &result, run_call, static_cast<void*>(&ssl),
                          sizeof(SSL*))) {
    case ASYNC_FINISH:
      state.job = nullptr;
      if (done != nullptr) *done = state.done;
      return result;
    case ASYNC_PAUSE: ssl->rwstate = SSL_ASYNC_PAUSED; return -1;
    case ASYNC_NO_JOBS: ssl->rwstate = SSL_ASYNC_NO_JOBS; return -1;
    default: raise(Reason::failed_to_init_async); return -1;
  }
}

}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

int SSL_waiting_for_async(SSL* s) {
  return s->cold && s->cold->async && s->cold->async->job != nullptr ? 1 : 0;
}

int SSL_get_async_status(SSL* s, int* status) {
  ASYNC_WAIT_CTX* wait = wait_of(s);
  if (wait == nullptr) return 0;
  *status = ASYNC_WAIT_CTX_get_status(wait);
  return 1;
}

int SSL_get_all_async_fds(SSL* s, int* fds, size_t* numfds) {
  ASYNC_WAIT_CTX* wait = wait_of(s);
  return wait != nullptr ? ASYNC_WAIT_CTX_get_all_fds(wait, fds, numfds) : 0;
}

int SSL_get_changed_async_fds(SSL* s, int* addfd, size_t* numaddfds, int* delfd,
                              size_t* numdelfds) {
  ASYNC_WAIT_CTX* wait = wait_of(s);
  if (wait == nullptr) return 0;
  return ASYNC_WAIT_CTX_get_changed_fds(wait, addfd, numaddfds, delfd, numdelfds);
}

int SSL_CTX_set_async_callback(SSL_CTX* ctx, SSL_async_callback_fn callback) {
  return set_callback(ctx, callback);
}

int SSL_set_async_callback(SSL* s, SSL_async_callback_fn callback) {
  return set_callback(s, callback);
}

int SSL_CTX_set_async_callback_arg(SSL_CTX* ctx, void* arg) { return set_callback_arg(ctx, arg); }

int SSL_set_async_callback_arg(SSL* s, void* arg) { return set_callback_arg(s, arg); }

}  // extern "C"
