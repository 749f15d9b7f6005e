// Calls that may be paused in the middle (SSL_MODE_ASYNC, ASYNC_start_job(3)): a private key that
// is answered by hardware gives the thread back instead of blocking it.
#pragma once

#include <openssl/async.h>
#include <openssl/ssl.h>

#include <memory>

#include "base/bytes.h"

namespace ciao::tls {

// A call of the application as a job carries it: copied, because a job that pauses outlives the
// call that started it. Repeating the call goes on with the job.
struct AsyncCall {
  // What the C function answers; called inside the job, and lets nothing be thrown.
  int (*body)(SSL* ssl, const AsyncCall& call, std::size_t* done) = nullptr;
  void* read_into = nullptr;
  const void* write_from = nullptr;
  std::size_t size = 0;

  bool operator==(const AsyncCall&) const = default;
};

struct AsyncWaitFree {
  void operator()(ASYNC_WAIT_CTX* wait) const { ASYNC_WAIT_CTX_free(wait); }
};

// What a connection has once a call of it has run as a job.
struct AsyncState {
  std::unique_ptr<ASYNC_WAIT_CTX, AsyncWaitFree> wait;
  ASYNC_JOB* job = nullptr;  // that is paused; libcrypto's thread owns it
  AsyncCall call;            // that it carries
  std::size_t done = 0;      // bytes that the call has read or written
};

// Whether a call is to be run as a job: the mode is set, and the application runs no job of its
// own.
bool runs_as_job(const SSL* ssl);

// Starts the job, or goes on with the one that is paused, which must carry the same call. -1 with
// rwstate set while it pauses, or when there is no job to be had. `done`: bytes read or written;
// null for a call that does neither.
int run_as_job(SSL* ssl, const AsyncCall& call, std::size_t* done = nullptr);

}  // namespace ciao::tls
