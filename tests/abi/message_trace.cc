// SSL_trace(3): the text for whole messages of every kind, for messages cut short at each byte, and
// for messages with bytes changed, on connections of both versions and every key exchange.
// With the number of a case as its argument it prints that case's text.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "trial.h"

namespace {

using namespace abi;
using Bytes = std::vector<unsigned char>;

// A P-256 certificate for CN=localhost that signed itself.
constexpr char kCertificate[] =
    "3082017d30820123a003020102021415cb0d8851c3861683aebadc8c87763c2585e887300a06082a8648ce3d0403"
    "0230143112301006035504030c096c6f63616c686f7374301e170d3236313132333038303830305a170d32363131"
    "32353038303830305a30143112301006035504030c096c6f63616c686f73743059301306072a8648ce3d02010608"
    "2a8648ce3d03010703420004730e24cfa472e52f1f2ebc3ee68e8bd12277e89078f6671822796dbb86937fe0b5e8"
    "3041206017fa99f1268b882a4ae2a067fd54b368b69a296a792bdf14faf2a3533051301d0603551d0e04160414b4"
    "6f5a2a88050c78fa8afa415265367b9e0b9592301f0603551d23041830168014b46f5a2a88050c78fa8afa415265"
    "367b9e0b9592300f0603551d130101ff040530030101ff300a06082a8648ce3d040302034800304502200b1fa588"
    "b9914e49a2072cc23df56d05ddf119bed5858e9a89264e6bbc8b1a49022100e325a378ac9fb42a17bac4a195d66f"
    "e10285d37d36ff8a6978175e6bad57d7a3";

Bytes from_hex(const char* text) {
  Bytes bytes;
  for (; *text != 0; text += 2) {
    bytes.push_back(
        static_cast<unsigned char>(std::strtoul(std::string(text, 2).c_str(), nullptr, 16)));
  }
  return bytes;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes number(std::size_t value, int size) {
  Bytes bytes;
  for (int i = size - 1; i >= 0; --i) {
    bytes.push_back(static_cast<unsigned char>(value >> (8 * i)));
  }
  return bytes;
}

// A vector whose length takes so many bytes.
Bytes vector(int size, const Bytes& content) { return number(content.size(), size) + content; }

Bytes text(const char* content) {
  return Bytes(content, content + std::char_traits<char>::length(content));
}

Bytes message(unsigned type, const Bytes& body) { return number(type, 1) + vector(3, body); }

Bytes extension(unsigned type, const Bytes& content) {
  return number(type, 2) + vector(2, content);
}

Bytes random_field() {
  Bytes bytes;
  for (unsigned i = 0; i < 32; ++i) bytes.push_back(static_cast<unsigned char>(3 * i));
  return bytes;
}

Bytes hello_extensions() {
  const Bytes share = number(29, 2) + vector(2, {1, 2, 3});
  Bytes all;
  for (const unsigned type :
       {0u, 5u, 14u, 18u, 21u, 22u, 23u, 35u, 41u, 42u, 44u, 47u, 49u, 50u, 13172u, 4660u}) {
    all = all + extension(type, {}) +
          extension(type, {1, 2, 3, 4, 5, 6, 7, 8, 9, 65, 66, 67, 68, 69, 70, 71, 72});
  }
  all = all + extension(1, {2}) + extension(11, vector(1, {0, 1, 2, 9}));
  all = all + extension(10, vector(2, {0, 29, 0, 23, 1, 1, 9, 9}));
  all = all + extension(13, vector(2, {4, 3, 8, 4, 2, 2, 9, 9}));
  all = all + extension(16, vector(2, vector(1, text("h2")) + vector(1, text("http/1.1"))));
  all = all + extension(43, vector(1, {3, 4, 3, 3, 3, 2, 9, 9}));
  all = all + extension(45, vector(1, {0, 1, 7}));
  all = all + extension(51, vector(2, share + share));
  return all + extension(65281, vector(1, {})) + extension(65281, vector(1, {1, 2}));
}

Bytes client_hello(const Bytes& extensions) {
  return message(1, number(0x303, 2) + random_field() + vector(1, {7, 8}) +
                        vector(2, {0x13, 1, 0xc0, 0x2b, 0, 0xff, 0x56, 0, 0xfa, 0xfa}) +
                        vector(1, {0, 1, 64}) + extensions);
}

Bytes server_hello(const Bytes& extensions) {
  return message(
      2, number(0x303, 2) + random_field() + vector(1, {7, 8}) + Bytes{0x13, 1, 0} + extensions);
}

std::vector<Bytes> messages() {
  const Bytes der = from_hex(kCertificate);
  const Bytes junk = {0x30, 3, 1, 2, 3};
  const Bytes name = from_hex("30143112301006035504030c096c6f63616c686f7374");
  const Bytes signature = Bytes{8, 4} + vector(2, {1, 2, 3});
  const Bytes schemes = vector(2, {4, 3, 8, 7, 1, 1});
  const Bytes share13 = extension(51, Bytes{0, 29} + vector(2, {1, 2, 3}));
  const Bytes of_server = extension(43, {3, 4}) + share13 + extension(51, {0, 23}) +
                          extension(65281, vector(1, {1, 2, 3, 4})) + extension(11, vector(1, {0}));
  std::vector<Bytes> all = {
      client_hello(vector(2, hello_extensions())),
      client_hello({}),
      client_hello({0, 0}),
      server_hello(vector(2, of_server)),
      server_hello({}),
      message(3, Bytes{3, 3} + vector(1, {1, 2, 3})),
      message(4, {}),
      message(4, number(7200, 4) + vector(2, {1, 2, 3})),
      message(4, number(7200, 4) + number(99, 4) + vector(1, {5, 6}) + vector(2, {1, 2, 3}) +
                     vector(2, {})),
      message(4, number(7200, 4) + number(99, 4) + vector(1, {}) + vector(2, {1}) +
                     vector(2, extension(42, {0, 0, 1, 0}) + extension(99, {1}))),
      message(8, vector(2, {})),
      message(8, vector(2, extension(16, vector(2, vector(1, text("h2")))) +
                               extension(10, vector(2, {0, 29})))),
      message(11, vector(3, {})),
      message(11, vector(3, vector(3, der))),
      message(11, vector(3, vector(3, der) + vector(3, der))),
      message(11, vector(3, vector(3, junk))),
      message(11, vector(3, vector(3, der + Bytes{1, 2}))),
      message(11, vector(1, {}) + vector(3, vector(3, der) + vector(2, {}))),
      message(11, vector(1, {9}) + vector(3, vector(3, der) + vector(2, extension(5, {1, 2})))),
      message(11, vector(1, {9}) + vector(3, {})),
      message(13,
              vector(1, {1, 2, 64, 99}) + schemes + vector(2, vector(2, name) + vector(2, name))),
      message(13, vector(1, {1}) + schemes + vector(2, vector(2, junk))),
      message(13, vector(1, {1}) + schemes + vector(2, {})),
      message(13, vector(1, {}) + vector(2, extension(13, schemes))),
      message(13, vector(1, {4, 5}) + vector(2, {})),
      message(14, {}),
      message(14, {1, 2}),
      message(15, signature),
      message(15, signature + Bytes{1}),
      message(20, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
      message(20, {}),
      message(24, {0}),
      message(24, {1}),
      message(24, {2}),
      message(24, {1, 1}),
      message(67, vector(1, text("h2")) + vector(1, {0, 0})),
      // ServerKeyExchange and ClientKeyExchange of each key exchange.
      message(12, Bytes{3, 0, 29} + vector(1, {1, 2, 3}) + signature),
      message(12, Bytes{1, 0, 29} + signature),
      message(12, Bytes{2} + signature),
      message(12, Bytes{9} + signature),
      message(12, vector(2, {1, 2}) + vector(2, {3}) + vector(2, {4, 5}) + signature),
      message(12, vector(2, text("hint"))),
      message(12, vector(2, text("hint")) + vector(2, {1, 2}) + vector(2, {3}) + vector(2, {4, 5})),
      message(12, vector(2, text("hint")) + Bytes{3, 0, 29} + vector(1, {1, 2, 3})),
      message(12, {}),
      message(16, vector(1, {1, 2, 3})),
      message(16, vector(2, {1, 2, 3})),
      message(16, vector(2, text("me"))),
      message(16, vector(2, text("me")) + vector(2, {1, 2})),
      message(16, vector(2, text("me")) + vector(1, {1, 2})),
      message(16, {}),
  };
  for (unsigned type = 0; type < 256; ++type) all.push_back(message(type, {1, 2, 3}));
  return all;
}

// As good as any here, and the same everywhere.
struct Generator {
  std::uint64_t state = 7;
  std::size_t below(std::size_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state >> 33) % bound;
  }
};

// libcrypto's printer of certificates shows its errors with the number of the thread.
std::string without_threads(std::string text) {
  for (std::size_t at = 0; (at = text.find(":error:", at)) != std::string::npos;) {
    const std::size_t start = text.rfind('\n', at) + 1;
    text.erase(start, at - start);
    at = start + 1;
  }
  return text;
}

class Tracer {
 public:
  explicit Tracer(long wanted) : wanted_(wanted) {}

  void trace(const std::string& what, SSL* ssl, int written, int type, const Bytes& content) {
    ++number_;
    BIO* out = BIO_new(BIO_s_mem());
    // A copy of its own size: what is read behind its end is seen.
    const Bytes exact(content);
    SSL_trace(written, TLS1_2_VERSION, type, exact.data(), exact.size(), ssl, out);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    const std::string said = without_threads(std::string(data, static_cast<std::size_t>(size)));
    std::uint64_t hash = 14695981039346656037u;
    for (const char each : said) {
      hash = (hash ^ static_cast<unsigned char>(each)) * 1099511628211u;
    }
    ERR_clear_error();
    if (wanted_ == 0) line(what + " " + std::to_string(number_), static_cast<unsigned long>(hash));
    if (wanted_ == number_) std::fputs(said.c_str(), stdout);
    BIO_free(out);
  }

 private:
  long wanted_;
  long number_ = 0;
};

void play(Tracer& tracer, const std::string& what, SSL* ssl) {
  Generator generator;
  for (const Bytes& whole : messages()) {
    for (const int written : {0, 1}) {
      tracer.trace(what, ssl, written, SSL3_RT_HANDSHAKE, whole);
    }
    for (int i = 0; i < 4; ++i) {
      Bytes cut(whole.begin(), whole.begin() + static_cast<long>(generator.below(whole.size())));
      tracer.trace(what + " cut", ssl, i % 2, SSL3_RT_HANDSHAKE, cut);
      // As long as it says.
      if (cut.size() >= 4) {
        const Bytes length = number(cut.size() - 4, 3);
        std::copy(length.begin(), length.end(), cut.begin() + 1);
        tracer.trace(what + " short", ssl, i % 2, SSL3_RT_HANDSHAKE, cut);
      }
      Bytes changed = whole;
      for (std::size_t n = 1 + generator.below(3); n > 0 && changed.size() > 4; --n) {
        changed[4 + generator.below(changed.size() - 4)] =
            static_cast<unsigned char>(generator.below(256));
      }
      tracer.trace(what + " changed", ssl, i % 2, SSL3_RT_HANDSHAKE, changed);
    }
  }
}

void play_records(Tracer& tracer, SSL* ssl) {
  for (int type = 0; type < 300; ++type) {
    if (type == SSL3_RT_HANDSHAKE) continue;
    for (const Bytes& content :
         {Bytes{1}, Bytes{2, 40}, Bytes{22, 3, 3, 0, 5}, Bytes{9, 9, 9, 9, 9, 9}}) {
      tracer.trace("type " + std::to_string(type), ssl, type % 2, type, content);
    }
  }
  for (unsigned i = 0; i < 256; ++i) {
    const auto byte = static_cast<unsigned char>(i);
    tracer.trace("alert", ssl, 0, SSL3_RT_ALERT, {static_cast<unsigned char>(i % 4), byte});
    tracer.trace("header", ssl, 1, SSL3_RT_HEADER,
                 {byte, static_cast<unsigned char>(i % 5), byte, 1, byte});
    tracer.trace("inner", ssl, 1, SSL3_RT_INNER_CONTENT_TYPE, {byte});
  }
}

unsigned of_client(SSL*, const char*, char* identity, unsigned, unsigned char* key, unsigned) {
  identity[0] = 'i';
  identity[1] = 0;
  std::fill(key, key + 32, 7);
  return 32;
}

unsigned of_server(SSL*, const char*, unsigned char* key, unsigned) {
  std::fill(key, key + 32, 7);
  return 32;
}

}  // namespace

int main(int count, char** arguments) {
  Tracer tracer(count > 1 ? std::atol(arguments[1]) : 0);
  const char* const kSuites[] = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
                                 "DHE-RSA-AES128-GCM-SHA256",     "AES128-GCM-SHA256",
                                 "PSK-AES128-GCM-SHA256",         "DHE-PSK-AES128-GCM-SHA256",
                                 "ECDHE-PSK-AES128-CBC-SHA256",   "TLS 1.3"};
  for (const std::string suite : kSuites) {
    const bool tls13 = suite == "TLS 1.3";
    const bool rsa = suite.find("PSK") == std::string::npos && !tls13 &&
                     suite.find("ECDSA") == std::string::npos;
    Trial trial(suite, tls13 ? TLS1_3_VERSION : TLS1_2_VERSION, rsa);
    for (SSL_CTX* ctx : {trial.client_ctx(), trial.server_ctx()}) {
      if (!tls13) SSL_CTX_set_cipher_list(ctx, suite.c_str());
    }
    SSL_CTX_set_dh_auto(trial.server_ctx(), 1);
    if (suite.find("PSK") != std::string::npos) {
      SSL_CTX_set_psk_client_callback(trial.client_ctx(), of_client);
      SSL_CTX_set_psk_server_callback(trial.server_ctx(), of_server);
    }
    for (int i = 0; i < 4; ++i) {
      SSL_do_handshake(trial.client());
      SSL_do_handshake(trial.server());
    }
    if (SSL_is_init_finished(trial.server()) == 0) return 1;
    play(tracer, suite + " client", trial.client());
    play(tracer, suite + " server", trial.server());
    if (tls13) play_records(tracer, trial.client());
  }
  return 0;
}
