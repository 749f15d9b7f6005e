#include <array>

#include "duo.h"
#include "fail.h"
#include "scene.h"

namespace ciao::bench {
namespace {

constexpr Shape kShape{KeyType::ecdsa_p256, "TLS_AES_128_GCM_SHA256"};

// One message each way.
void echo(Duo& duo, int size) {
  std::array<char, 4096> data{};
  const auto write = [&](SSL* ssl) { return SSL_write(ssl, data.data(), size); };
  const auto read = [&](SSL* ssl) { return SSL_read(ssl, data.data(), size); };
  const bool echoed = duo.client_meter().measure([&] { return write(duo.client()); }) == size &&
                      duo.server_meter().measure([&] { return read(duo.server()); }) == size &&
                      duo.server_meter().measure([&] { return write(duo.server()); }) == size &&
                      duo.client_meter().measure([&] { return read(duo.client()); }) == size;
  if (!echoed) fail("the echo did not come back");
}

// Bytes that an established connection holds after its tickets and one echo.
class IdleScene final : public Scene {
 public:
  IdleScene() : contexts_(kShape) {}

  Figures run(int samples) override {
    double client = 0;
    double server = 0;
    std::vector<std::unique_ptr<Duo>> duos;
    for (int i = 0; i < samples; ++i) {
      duos.push_back(std::make_unique<Duo>(contexts_));
      Duo& duo = *duos.back();
      duo.connect(nullptr);
      echo(duo, 100);
      // The first connections fill what the libraries keep for all.
      if (i < samples / 2) continue;
      client += static_cast<double>(duo.client_meter().heap().bytes);
      server += static_cast<double>(duo.server_meter().heap().bytes);
    }
    const int counted = samples - samples / 2;
    return {{"client", client / counted}, {"server", server / counted}};
  }

 private:
  Contexts contexts_;
};

// Calls of malloc from SSL_new over the tickets to SSL_free.
class HandshakeMallocs final : public Scene {
 public:
  enum class Kind { full, resumed };
  explicit HandshakeMallocs(Kind kind) : kind_(kind), contexts_(kShape) {}

  Figures run(int samples) override {
    Duo(contexts_).connect(nullptr);
    double client = 0;
    double server = 0;
    for (int i = 0; i < samples; ++i) {
      Duo duo(contexts_);
      duo.connect(kind_ == Kind::resumed ? contexts_.session() : nullptr);
      duo.free();
      client += static_cast<double>(duo.client_meter().heap().calls);
      server += static_cast<double>(duo.server_meter().heap().calls);
    }
    return {{"client", client / samples}, {"server", server / samples}};
  }

 private:
  Kind kind_;
  Contexts contexts_;
};

// Calls of malloc for a record each way, once the connection has settled.
class RecordMallocs final : public Scene {
 public:
  RecordMallocs() : contexts_(kShape), duo_(contexts_) {
    duo_.connect(nullptr);
    echo(duo_, 1024);
  }

  Figures run(int samples) override {
    duo_.client_meter().clear();
    for (int i = 0; i < samples; ++i) echo(duo_, 1024);
    const auto calls = static_cast<double>(duo_.client_meter().heap().calls);
    return {{"write + read", calls / samples}};
  }

 private:
  Contexts contexts_;
  Duo duo_;
};

}  // namespace

std::vector<SceneEntry> scenes() {
  using Kind = HandshakeMallocs::Kind;
  return {
      {"bytes idle", 200, [] { return std::make_unique<IdleScene>(); }},
      {"mallocs full", 20, [] { return std::make_unique<HandshakeMallocs>(Kind::full); }},
      {"mallocs resumed", 20, [] { return std::make_unique<HandshakeMallocs>(Kind::resumed); }},
      {"mallocs record", 50, [] { return std::make_unique<RecordMallocs>(); }},
  };
}

}  // namespace ciao::bench
