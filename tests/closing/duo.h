// Two SSL objects for the rows that are not scripts, over whichever real BIO the row is about.
#pragma once

#include "pipe_bio.h"
#include "row.h"
#include "tcp.h"

namespace ciao::closing {

class Duo {
 public:
  explicit Duo(const Stage& stage) : Duo(stage, stage.setup(), stage.setup()) {}
  Duo(const Stage& stage, const Setup& subject_setup, const Setup& peer_setup);

  Endpoint& subject() { return subject_; }
  Endpoint& peer() { return peer_; }
  SSL* ssl() { return subject_.ssl(); }
  SSL* peer_ssl() { return peer_.ssl(); }
  Endpoint& client() { return subject_.role() == Role::client ? subject_ : peer_; }
  Endpoint& server() { return subject_.role() == Role::client ? peer_ : subject_; }

  void use_pipes();                   // unlimited, in memory
  void use_memory();                  // BIO_s_mem: what one side writes, the other reads
  void use_pair(size_t buffer_size);  // BIO_s_bio
  void use_sockets(int peer_receive_buffer = 0);  // non-blocking until told otherwise

  void handshake();                  // throws when it does not finish
  void handshake_without_tickets();  // TLS 1.3: the client has not read them

  // A new SSL object on both sides, over pipes; the client offers `session`.
  void reconnect(const Stage& stage, SSL_SESSION* session);

  // After the handshake: bytes the subject has handed to its memory BIO and the peer has not read.
  size_t unread_by_peer();

  Socket& socket() { return subject_socket_; }
  Socket& peer_socket() { return peer_socket_; }

 private:
  PipeEnd subject_pipe_;
  PipeEnd peer_pipe_;
  Socket subject_socket_;
  Socket peer_socket_;
  Endpoint subject_;
  Endpoint peer_;
  BIO* subject_output_ = nullptr;
};

}  // namespace ciao::closing
