// Sections 5 and 14 on real sockets (rows B11, L5, L11-L17).
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "duo.h"

namespace ciao::closing {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kPeerDelay{300};
constexpr milliseconds kLimit{200};
// A step that "returns at once" has to be clear of every delay above, also on a loaded machine.
constexpr milliseconds kAtOnce{100};
// Timers of sockets and of sleep are not of one clock: allow them this much.
constexpr milliseconds kSlack{20};

Observation timed_shutdown(SSL* ssl, milliseconds at_least) {
  const auto start = Clock::now();
  Observation seen = observe_shutdown(ssl);
  const auto took = Clock::now() - start;
  seen.fields["waited"] = took + kSlack >= at_least && took > kAtOnce ? "1"
                          : took < kAtOnce                            ? "0"
                                                                      : "?";
  return seen;
}

void over_sockets(Duo& duo, int peer_receive_buffer = 0) {
  duo.use_sockets(peer_receive_buffer);
  duo.handshake();
}

// Small buffers, so that they fill at once and do not grow while they do.
void over_full_sockets(Duo& duo) {
  constexpr int kSmall = 16'384;
  over_sockets(duo, kSmall);
  duo.socket().limit_send_buffer(kSmall);
}

void empty(Socket& socket) {
  for (int i = 0; i < 10; ++i) {
    socket.discard();
    usleep(5000);
  }
}

// B11: the transport is whole after a full close.
void plaintext_afterwards(Stage& stage) {
  Duo duo(stage);
  over_sockets(duo);
  stage.trace.add(observe_shutdown(duo.ssl()));
  duo.peer_socket().await_input();
  stage.trace.add(observe_read(duo.peer_ssl(), 100, "pR"));
  stage.trace.add(observe_shutdown(duo.peer_ssl(), "pS"));
  duo.socket().await_input();
  stage.trace.add(observe_shutdown(duo.ssl()));
  const auto carry = [&](const char* step, const Socket& from, Socket& to,
                         const std::string& text) {
    std::string got(100, '\0');
    const ssize_t sent = send(from.fd(), text.data(), text.size(), 0);
    to.await_input();
    const ssize_t count = recv(to.fd(), got.data(), got.size(), 0);
    got.resize(count > 0 ? static_cast<size_t>(count) : 0);
    const bool same = sent == static_cast<ssize_t>(text.size()) && got == text;
    stage.trace.state(step, {{"intact", same ? "1" : "0"}});
  };
  carry("plaintext in", duo.peer_socket(), duo.socket(), "220 ready\r\n");
  carry("plaintext out", duo.socket(), duo.peer_socket(), "NOOP\r\n");
}

// L5: F18 with a socket behind the buffer.
void buffered_full_socket(Stage& stage) {
  Duo duo(stage);
  over_full_sockets(duo);
  BIO* plain = SSL_get_wbio(duo.ssl());
  BIO_up_ref(plain);
  SSL_set0_wbio(duo.ssl(), BIO_push(BIO_new(BIO_f_buffer()), plain));
  duo.socket().fill();
  stage.trace.add(observe_shutdown(duo.ssl()));
  stage.trace.add(observe_shutdown(duo.ssl()));
  empty(duo.peer_socket());
  stage.trace.add(observe_shutdown(duo.ssl()));
  stage.trace.state("still buffered",
                    {{"bytes", std::to_string(BIO_wpending(SSL_get_wbio(duo.ssl())))}});
}

// L11: the first call only sends, the second blocks until the peer's close_notify.
void blocking(Stage& stage) {
  Duo duo(stage);
  over_sockets(duo);
  duo.socket().block(true);
  stage.trace.add(timed_shutdown(duo.ssl(), kPeerDelay));
  std::thread peer([&] {
    std::this_thread::sleep_for(kPeerDelay);
    SSL_shutdown(duo.peer_ssl());
  });
  stage.trace.add(timed_shutdown(duo.ssl(), kPeerDelay));
  peer.join();
}

// L12: SO_RCVTIMEO bounds the wait, and the wait may be repeated.
void receive_limit(Stage& stage) {
  Duo duo(stage);
  over_sockets(duo);
  duo.socket().block(true);
  duo.socket().limit_receive(kLimit);
  stage.trace.add(timed_shutdown(duo.ssl(), kLimit));
  stage.trace.add(timed_shutdown(duo.ssl(), kLimit));
  stage.trace.add(timed_shutdown(duo.ssl(), kLimit));
  SSL_shutdown(duo.peer_ssl());
  stage.trace.add(timed_shutdown(duo.ssl(), kLimit));
}

// L13: SO_SNDTIMEO bounds the sending.
void send_limit(Stage& stage) {
  Duo duo(stage);
  over_full_sockets(duo);
  duo.socket().fill();
  duo.socket().block(true);
  duo.socket().limit_send(kLimit);
  stage.trace.add(timed_shutdown(duo.ssl(), kLimit));
}

// L14: F1 and F2 on a full non-blocking socket.
void full_socket(Stage& stage) {
  Duo duo(stage);
  over_full_sockets(duo);
  duo.socket().fill();
  stage.trace.add(observe_shutdown(duo.ssl()));
  stage.trace.add(observe_shutdown(duo.ssl()));
  empty(duo.peer_socket());
  stage.trace.add(observe_shutdown(duo.ssl()));
  stage.trace.add(observe_shutdown(duo.ssl()));
}

void reset_by_peer(Stage& stage) {
  Duo duo(stage);
  over_sockets(duo);
  duo.peer_socket().close_with_reset();
  duo.socket().await_reset();
  for (int i = 0; i < 3; ++i) stage.trace.add(observe_shutdown(duo.ssl()));
}

// L15: the socket BIO writes without MSG_NOSIGNAL.
void reset_kills(Stage& stage) {
  (void)std::signal(SIGPIPE, SIG_DFL);
  reset_by_peer(stage);
}

void reset_reported(Stage& stage) {
  (void)std::signal(SIGPIPE, SIG_IGN);
  reset_by_peer(stage);
}

// L17: the peer went without a close_notify, but in order at TCP's level.
void closed_below(Stage& stage) {
  Duo duo(stage);
  over_sockets(duo);
  duo.peer_socket().close();
  duo.socket().await_input();
  stage.trace.add(observe_shutdown(duo.ssl()));
  stage.trace.add(observe_shutdown(duo.ssl()));
}

}  // namespace

std::vector<Row> bio_rows_socket() {
  const std::string sent = "0 SYSCALL* - S .";
  const std::string waits = "-1 WANT_READ - S .";
  const std::string blocked = "-1 WANT_WRITE - S .";
  return {
      {"B11", kAll, "TCP: S pR pS S, then plaintext both ways",
       "0 SYSCALL* - S .;0 ZERO_RETURN - R .;1 NONE - SR .;1 NONE - SR .;intact=1;intact=1", "", "",
       plaintext_afterwards},
      {"L5", kEither | kTls13, "BIO_f_buffer over a full socket: S S, room, S",
       "0 SYSCALL:EAGAIN - S .;" + waits + ";" + waits + ";bytes=24", "D9",
       ". . . . .;. . . . .;bytes=0", buffered_full_socket},
      {"L5", kEither | kTls12, "BIO_f_buffer over a full socket: S S, room, S",
       "0 SYSCALL:EAGAIN - S .;" + waits + ";" + waits + ";bytes=31", "D9",
       ". . . . .;. . . . .;bytes=0", buffered_full_socket},
      {"L11", kAll, "blocking socket, the peer closes after 300 ms: S S",
       sent + " waited=0;1 NONE - SR . waited=1", "", "", blocking},
      {"L12", kAll, "blocking socket, SO_RCVTIMEO: S S S, the peer closes, S",
       sent + " waited=0;" + waits + " waited=1;" + waits + " waited=1;1 NONE - SR . waited=0", "",
       "", receive_limit},
      {"L13", kAll, "blocking full socket, SO_SNDTIMEO: S", blocked + " waited=1", "", "",
       send_limit},
      {"L14", kAll, "non-blocking full socket: S S, room, S S",
       blocked + ";" + blocked + ";" + sent + ";" + waits, "", "", full_socket},
      {"L15", kAll, "reset by the peer, default SIGPIPE: S S",
       "-1 SYSCALL:ECONNRESET - S .;signal=13", "", "", reset_kills},
      {"L16", kAll, "reset by the peer, SIGPIPE ignored: S S S",
       "-1 SYSCALL:ECONNRESET - S .;-1 SYSCALL:EPIPE - S .;-1 SYSCALL:EPIPE - S .", "", "",
       reset_reported},
      {"L17", kAll, "the peer closed the socket without close_notify: S S",
       sent + ";-1 SSL UNEXPECTED_EOF_WHILE_READING S . init=1", "", "", closed_below},
  };
}

}  // namespace ciao::closing
