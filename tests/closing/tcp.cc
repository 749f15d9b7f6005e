#include "tcp.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>

namespace ciao::closing {

namespace {

constexpr int kWaitMs = 2000;
// Longer than a delayed acknowledgement, which makes room late.
constexpr int kQuietRounds = 30;
constexpr useconds_t kRoundUs = 15000;

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("socket set-up failed: ") + what);
}

void set_timeout(int fd, int option, std::chrono::milliseconds limit) {
  timeval value{};
  value.tv_sec = static_cast<time_t>(limit.count() / 1000);
  value.tv_usec = static_cast<suseconds_t>(limit.count() % 1000 * 1000);
  require(setsockopt(fd, SOL_SOCKET, option, &value, sizeof value) == 0, "timeout");
}

}  // namespace

void Socket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void Socket::close_with_reset() {
  const linger value{1, 0};
  require(setsockopt(fd_, SOL_SOCKET, SO_LINGER, &value, sizeof value) == 0, "SO_LINGER");
  close();
}

void Socket::shut_write() { require(shutdown(fd_, SHUT_WR) == 0, "shutdown"); }

void Socket::block(bool on) {
  const int flags = fcntl(fd_, F_GETFL);
  require(fcntl(fd_, F_SETFL, on ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) == 0, "fcntl");
}

void Socket::limit_receive(std::chrono::milliseconds limit) {
  set_timeout(fd_, SO_RCVTIMEO, limit);
}
void Socket::limit_send(std::chrono::milliseconds limit) { set_timeout(fd_, SO_SNDTIMEO, limit); }

void Socket::limit_send_buffer(int size) {
  require(setsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) == 0, "SO_SNDBUF");
}

void Socket::fill() {
  const std::string block(1 << 16, 'j');
  // The kernel moves data from one side's buffer to the other's on its own time: the socket is full
  // when it has stayed so for a while.
  for (int quiet_rounds = 0; quiet_rounds < kQuietRounds; ++quiet_rounds) {
    while (send(fd_, block.data(), block.size(), MSG_NOSIGNAL) > 0) quiet_rounds = 0;
    while (send(fd_, block.data(), 1, MSG_NOSIGNAL) > 0) quiet_rounds = 0;
    require(errno == EAGAIN, "fill");
    usleep(kRoundUs);
  }
}

void Socket::await_input() {
  pollfd entry{fd_, POLLIN, 0};
  require(poll(&entry, 1, kWaitMs) == 1, "no input came");
}

bool Socket::discard() {
  std::array<char, 1 << 16> block;
  for (;;) {
    const ssize_t count = recv(fd_, block.data(), block.size(), 0);
    if (count == 0) return true;
    if (count < 0) return false;
  }
}

void Socket::await_reset() {
  pollfd entry{fd_, 0, 0};
  require(poll(&entry, 1, kWaitMs) == 1 && (entry.revents & POLLERR) != 0, "no reset came");
}

std::pair<Socket, Socket> connected_sockets(int receive_buffer) {
  Socket listener(socket(AF_INET, SOCK_STREAM, 0));
  Socket first(socket(AF_INET, SOCK_STREAM, 0));
  require(listener.fd() >= 0 && first.fd() >= 0, "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  require(bind(listener.fd(), generic, size) == 0, "bind");
  require(listen(listener.fd(), 1) == 0, "listen");
  require(getsockname(listener.fd(), generic, &size) == 0, "getsockname");
  if (receive_buffer != 0) {
    require(
        setsockopt(first.fd(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer) == 0,
        "SO_RCVBUF");
  }
  require(connect(first.fd(), generic, size) == 0, "connect");
  Socket second(accept(listener.fd(), nullptr, nullptr));
  require(second.fd() >= 0, "accept");
  first.block(false);
  second.block(false);
  return {std::move(first), std::move(second)};
}

}  // namespace ciao::closing
