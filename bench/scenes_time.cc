#include <algorithm>
#include <array>
#include <cstring>

#include "duo.h"
#include "fail.h"
#include "scene.h"

namespace ciao::bench {
namespace {

using Clock = std::chrono::steady_clock;

// The median drops the samples that the scheduler interrupted.
double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class Samples {
 public:
  void add(const std::string& row, double nanoseconds) { values_[row].push_back(nanoseconds); }
  Figures medians() const {
    Figures figures;
    for (const auto& [row, values] : values_) figures[row] = median(values);
    return figures;
  }

 private:
  std::map<std::string, std::vector<double>> values_;
};

// All calls of a side, from SSL_new over the tickets to SSL_free.
class HandshakeScene final : public Scene {
 public:
  enum class Kind { full, resumed };
  HandshakeScene(Kind kind, const Shape& shape) : kind_(kind), contexts_(shape) {}

  Figures run(int samples) override {
    if (kind_ == Kind::resumed && contexts_.session() == nullptr) Duo(contexts_).connect(nullptr);
    Samples taken;
    for (int i = 0; i < samples; ++i) {
      Duo duo(contexts_);
      duo.connect(kind_ == Kind::resumed ? contexts_.session() : nullptr);
      duo.free();
      taken.add("client", static_cast<double>(duo.client_meter().nanoseconds()));
      taken.add("server", static_cast<double>(duo.server_meter().nanoseconds()));
    }
    return taken.medians();
  }

 private:
  Kind kind_;
  Contexts contexts_;
};

// SSL_write and SSL_read of one record, timed over a batch.
class BulkScene final : public Scene {
 public:
  BulkScene(const char* suite, std::size_t size)
      : contexts_({KeyType::ecdsa_p256, suite}),
        size_(size),
        // Few enough to stay in the second level cache with both libraries' buffers.
        batch_(std::min<std::size_t>(64, 64 * 1024 / size)),
        data_(size, 0x61),
        duo_(contexts_, batch_ * (size + 64) + Duo::kHandshakePipe) {
    duo_.connect(nullptr);
  }

  Figures run(int samples) override {
    Samples taken;
    for (int i = 0; i < samples; ++i) {
      taken.add("write", per_record(&BulkScene::write_one));
      taken.add("read", per_record(&BulkScene::read_one));
    }
    return taken.medians();
  }

 private:
  double per_record(void (BulkScene::*one)()) {
    const Clock::time_point start = Clock::now();
    for (std::size_t i = 0; i < batch_; ++i) (this->*one)();
    const auto took = std::chrono::nanoseconds(Clock::now() - start).count();
    return static_cast<double>(took) / static_cast<double>(batch_);
  }
  void write_one() {
    const int size = static_cast<int>(size_);
    if (SSL_write(duo_.client(), data_.data(), size) != size) fail("SSL_write");
  }
  void read_one() {
    const int size = static_cast<int>(size_);
    if (SSL_read(duo_.server(), data_.data(), size) != size) fail("SSL_read");
  }

  Contexts contexts_;
  std::size_t size_;
  std::size_t batch_;
  std::vector<char> data_;
  Duo duo_;
};

// Both close_notify alerts: each side sends its own, then reads the other's.
class CloseScene final : public Scene {
 public:
  CloseScene() : contexts_({KeyType::ecdsa_p256, "TLS_AES_128_GCM_SHA256"}) {
    Duo(contexts_).connect(nullptr);
  }

  Figures run(int samples) override {
    Samples taken;
    for (int i = 0; i < samples; ++i) {
      std::vector<std::unique_ptr<Duo>> duos;
      for (int n = 0; n < kBatch; ++n) {
        duos.push_back(std::make_unique<Duo>(contexts_));
        duos.back()->connect(contexts_.session());
      }
      double client = shut_down(duos, &Duo::client, 0);
      double server = shut_down(duos, &Duo::server, 0);
      client += shut_down(duos, &Duo::client, 1);
      server += shut_down(duos, &Duo::server, 1);
      taken.add("client", client);
      taken.add("server", server);
    }
    return taken.medians();
  }

 private:
  static constexpr int kBatch = 16;

  static double shut_down(const std::vector<std::unique_ptr<Duo>>& duos, SSL* (Duo::*side)() const,
                          int expected) {
    const Clock::time_point start = Clock::now();
    for (const auto& duo : duos) {
      if (SSL_shutdown(((*duo).*side)()) != expected) fail("SSL_shutdown");
    }
    return static_cast<double>(std::chrono::nanoseconds(Clock::now() - start).count()) / kBatch;
  }

  Contexts contexts_;
};

class NewFreeScene final : public Scene {
 public:
  NewFreeScene() : contexts_({}) {}

  Figures run(int samples) override {
    Samples taken;
    for (int i = 0; i < samples; ++i) {
      taken.add("client", per_object(contexts_.client()));
      taken.add("server", per_object(contexts_.server()));
    }
    return taken.medians();
  }

 private:
  static double per_object(SSL_CTX* ctx) {
    constexpr int kBatch = 50;
    const Clock::time_point start = Clock::now();
    for (int n = 0; n < kBatch; ++n) {
      SSL* ssl = SSL_new(ctx);
      if (ssl == nullptr) fail("SSL_new");
      SSL_free(ssl);
    }
    return static_cast<double>(std::chrono::nanoseconds(Clock::now() - start).count()) / kBatch;
  }

  Contexts contexts_;
};

using Kind = HandshakeScene::Kind;

struct NamedSuite {
  const char* name;
  const char* suite;
};
constexpr std::array kSuites{
    NamedSuite{"aes128gcm", "TLS_AES_128_GCM_SHA256"},
    NamedSuite{"aes256gcm", "TLS_AES_256_GCM_SHA384"},
    NamedSuite{"chacha20", "TLS_CHACHA20_POLY1305_SHA256"},
};

SceneEntry handshake(const char* name, Kind kind, KeyType key, const char* suite) {
  constexpr int kSamples = 24;
  return {name, kSamples,
          [=] { return std::make_unique<HandshakeScene>(kind, Shape{key, suite}); }};
}

}  // namespace

std::vector<SceneEntry> scenes() {
  const char* aes128 = kSuites[0].suite;
  std::vector<SceneEntry> all = {
      handshake("full ecdsa aes128gcm", Kind::full, KeyType::ecdsa_p256, aes128),
      handshake("full ecdsa default", Kind::full, KeyType::ecdsa_p256, nullptr),
      handshake("full rsa aes128gcm", Kind::full, KeyType::rsa_2048, aes128),
      handshake("full rsa default", Kind::full, KeyType::rsa_2048, nullptr),
      handshake("resumed aes128gcm", Kind::resumed, KeyType::ecdsa_p256, aes128),
      handshake("resumed default", Kind::resumed, KeyType::ecdsa_p256, nullptr),
      {"close", 3, [] { return std::make_unique<CloseScene>(); }},
      {"new+free", 20, [] { return std::make_unique<NewFreeScene>(); }},
  };
  for (const NamedSuite& suite : kSuites) {
    for (const int size : {16384, 1024, 100}) {
      all.push_back(
          {std::string("bulk ") + suite.name + " " + std::to_string(size), 60, [suite, size] {
             return std::make_unique<BulkScene>(suite.suite, static_cast<std::size_t>(size));
           }});
    }
  }
  return all;
}

}  // namespace ciao::bench
