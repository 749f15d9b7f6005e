// Section 20: closing a socket with unread input destroys what was sent (rows T1, T2).
#include <unistd.h>

#include <csignal>

#include "duo.h"
#include "names.h"

namespace ciao::closing {

namespace {

constexpr size_t kAnswerSize = 300'000;
constexpr size_t kUnreadRequest = 20'000;
constexpr size_t kUploadSize = 1 << 20;
constexpr int kSmallWindow = 32'768;
constexpr int kTries = 20'000;
constexpr useconds_t kPauseUs = 100;

struct Reading {
  size_t count = 0;
  bool ended = false;
  std::string end = "-";

  // Reads until nothing is there.
  void take(SSL* ssl) {
    char block[16384];
    while (!ended) {
      const Observation seen = observe_read_into(ssl, block, sizeof block);
      const int ret = std::stoi(seen.fields.at("ret"));
      if (ret > 0) {
        count += static_cast<size_t>(ret);
      } else if (seen.fields.at("err") == "WANT_READ") {
        return;
      } else {
        ended = true;
        end = seen.fields.at("err");
      }
    }
  }

  // One read of at most 16 kB.
  void sip(SSL* ssl) {
    char block[16384];
    const int ret = SSL_read(ssl, block, sizeof block);
    if (ret > 0) count += static_cast<size_t>(ret);
  }

  static Observation observe_read_into(SSL* ssl, char* block, size_t size) {
    return observe_call("R", ssl, CallKind::io,
                        [&] { return SSL_read(ssl, block, static_cast<int>(size)); });
  }
};

// Writes `total` bytes, while the peer reads only when nothing else goes on: it stays far behind.
bool write_all(SSL* ssl, size_t total, SSL* reader, Reading& reading) {
  const std::string data(total, 'a');
  for (int i = 0; i < kTries; ++i) {
    const int ret = SSL_write(ssl, data.data(), static_cast<int>(data.size()));
    if (ret == static_cast<int>(total)) return true;
    if (SSL_get_error(ssl, ret) != SSL_ERROR_WANT_WRITE) return false;
    reading.sip(reader);
    usleep(kPauseUs);
  }
  return false;
}

void finish_reading(Duo& duo, Reading& reading) {
  while (!reading.ended) {
    duo.peer_socket().await_input();
    reading.take(duo.peer_ssl());
  }
}

// The whole close: the write half first, then everything is read up to the peer's end of file.
void finish_lingering(Duo& duo, Reading& reading) {
  duo.socket().shut_write();
  bool drained = false;
  for (int i = 0; i < kTries && !drained; ++i) {
    if (!reading.ended) reading.take(duo.peer_ssl());
    if (reading.ended) duo.peer_socket().close();
    drained = duo.socket().discard();
    usleep(kPauseUs);
  }
}

void close_after_writing(Stage& stage, Duo& duo, size_t total, bool linger) {
  (void)std::signal(SIGPIPE, SIG_IGN);
  Reading reading;
  if (!write_all(duo.ssl(), total, duo.peer_ssl(), reading)) {
    stage.trace.state("write", {{"whole", "0"}});
    return;
  }
  stage.trace.add(observe_shutdown(duo.ssl()));
  if (linger) {
    finish_lingering(duo, reading);
  } else {
    duo.socket().close();
    finish_reading(duo, reading);
  }
  stage.trace.state("peer's reading",
                    {{"whole", reading.count == total ? "1" : "0"}, {"end", reading.end}});
}

// T1: a server answers, closes, and has not read all of the request.
void answer_with_unread_request(Stage& stage, bool linger) {
  Duo duo(stage);
  duo.use_sockets(kSmallWindow);
  duo.handshake();
  const std::string request(kUnreadRequest, 'q');
  SSL_write(duo.peer_ssl(), request.data(), static_cast<int>(request.size()));
  close_after_writing(stage, duo, kAnswerSize, linger);
}

// T2: a client that only writes leaves the tickets unread.
void upload_with_unread_tickets(Stage& stage, bool linger) {
  Duo duo(stage);
  duo.use_sockets(kSmallWindow);
  duo.handshake_without_tickets();
  close_after_writing(stage, duo, kUploadSize, linger);
}

}  // namespace

std::vector<Row> trap_rows() {
  const std::string sent = "0 SYSCALL* - S .;";
  return {
      {"T1", kServer | kBoth, "300,000 bytes, S, close with 20,000 unread",
       sent + "whole=0 end=SYSCALL:ECONNRESET", "", "",
       [](Stage& stage) { answer_with_unread_request(stage, false); }},
      {"T1", kServer | kBoth, "the same, write half closed and input drained first",
       sent + "whole=1 end=ZERO_RETURN", "", "",
       [](Stage& stage) { answer_with_unread_request(stage, true); }},
      {"T2", kClient | kTls13, "1 MiB, S, close with the tickets unread",
       sent + "whole=0 end=SYSCALL:ECONNRESET", "", "",
       [](Stage& stage) { upload_with_unread_tickets(stage, false); }},
      {"T2", kClient | kTls12, "1 MiB, S, close with nothing unread",
       sent + "whole=1 end=ZERO_RETURN", "", "",
       [](Stage& stage) { upload_with_unread_tickets(stage, false); }},
      {"T2", kClient | kBoth, "1 MiB, S, write half closed and input drained first",
       sent + "whole=1 end=ZERO_RETURN", "", "",
       [](Stage& stage) { upload_with_unread_tickets(stage, true); }},
  };
}

}  // namespace ciao::closing
