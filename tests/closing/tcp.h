// Loopback TCP for the rows that need a real socket.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

namespace ciao::closing {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() { close(); }

  int fd() const { return fd_; }
  void close();
  void close_with_reset();  // SO_LINGER 0
  void shut_write();
  void block(bool on);
  void limit_receive(std::chrono::milliseconds limit);
  void limit_send(std::chrono::milliseconds limit);
  void limit_send_buffer(int size);
  // Writes junk until the peer's and our own buffers are full. The socket has to be non-blocking.
  void fill();
  // Reads and drops what is there; true at end of file. The socket has to be non-blocking.
  bool discard();
  void await_input();  // or end of file, or an error
  // Waits until the kernel knows of the peer's reset.
  void await_reset();

 private:
  int fd_ = -1;
};

// Two connected, non-blocking sockets. `receive_buffer` of the first (0: the system's default).
std::pair<Socket, Socket> connected_sockets(int receive_buffer = 0);

}  // namespace ciao::closing
