// A client and a server in one thread, and what each of them costs.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "credential.h"
#include "heap.h"
#include "pipe.h"

namespace ciao::bench {

struct Shape {
  KeyType key = KeyType::ecdsa_p256;
  const char* suite = nullptr;  // null: the library's default
};

// What the calls of one side took: time, or with heap.cc linked in, mallocs and bytes.
class Meter {
 public:
  template <class Call>
  auto measure(Call call) {
    const Scope scope(*this);
    return call();
  }
  std::int64_t nanoseconds() const { return nanoseconds_; }
  const HeapUse& heap() const { return heap_; }
  void clear() {
    nanoseconds_ = 0;
    heap_ = HeapUse();
  }

 private:
  class Scope {
   public:
    explicit Scope(Meter& meter) : meter_(meter) {
      count_heap_use(&meter.heap_);
      start_ = std::chrono::steady_clock::now();
    }
    ~Scope() {
      const auto took = std::chrono::steady_clock::now() - start_;
      meter_.nanoseconds_ += std::chrono::nanoseconds(took).count();
      count_heap_use(nullptr);
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Meter& meter_;
    std::chrono::steady_clock::time_point start_;
  };

  std::int64_t nanoseconds_ = 0;
  HeapUse heap_;
};

// The contexts of both sides, and the newest session that a client of theirs was given.
class Contexts {
 public:
  explicit Contexts(const Shape& shape);
  ~Contexts();
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;

  SSL_CTX* client() const { return client_.get(); }
  SSL_CTX* server() const { return server_.get(); }
  SSL_SESSION* session() const { return session_; }

 private:
  static int keep_session(SSL* ssl, SSL_SESSION* session);

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> client_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> server_;
  SSL_SESSION* session_ = nullptr;
};

// One connection between the two. Every call of a side goes through its meter; a call that does not
// end as it should ends the program.
class Duo {
 public:
  static constexpr std::size_t kHandshakePipe = 16 * 1024;

  explicit Duo(Contexts& contexts, std::size_t pipe_size = kHandshakePipe);
  ~Duo();
  Duo(const Duo&) = delete;
  Duo& operator=(const Duo&) = delete;

  // From SSL_new to the tickets, which the client reads. `session` null is a full handshake.
  void connect(SSL_SESSION* session);
  // SSL_free of both sides.
  void free();

  SSL* client() const { return client_; }
  SSL* server() const { return server_; }
  Meter& client_meter() { return client_meter_; }
  Meter& server_meter() { return server_meter_; }

 private:
  void make_client(SSL_SESSION* session);
  void make_server();

  Contexts& contexts_;
  Pipe to_server_;
  Pipe to_client_;
  PipeEnd client_end_{&to_client_, &to_server_};
  PipeEnd server_end_{&to_server_, &to_client_};
  SSL* client_ = nullptr;
  SSL* server_ = nullptr;
  Meter client_meter_;
  Meter server_meter_;
};

}  // namespace ciao::bench
