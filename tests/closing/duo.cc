#include "duo.h"

#include <stdexcept>

namespace ciao::closing {

Duo::Duo(const Stage& stage, const Setup& subject_setup, const Setup& peer_setup)
    : subject_(stage.role, subject_setup, stage.credential, nullptr),
      peer_(stage.role == Role::client ? Role::server : Role::client, peer_setup, stage.credential,
            nullptr) {}

void Duo::use_pipes() {
  subject_pipe_ = {};
  peer_pipe_ = {};
  join(subject_pipe_, peer_pipe_);
  SSL_set_bio(ssl(), new_pipe_bio(subject_pipe_), new_pipe_bio(subject_pipe_));
  SSL_set_bio(peer_ssl(), new_pipe_bio(peer_pipe_), new_pipe_bio(peer_pipe_));
}

void Duo::use_memory() {
  BIO* to_peer = BIO_new(BIO_s_mem());
  BIO* to_subject = BIO_new(BIO_s_mem());
  BIO_up_ref(to_peer);
  BIO_up_ref(to_subject);
  SSL_set_bio(ssl(), to_subject, to_peer);
  SSL_set_bio(peer_ssl(), to_peer, to_subject);
  BIO_up_ref(to_peer);  // for `unread_by_peer`, after either SSL is gone
  subject_output_ = to_peer;
}

void Duo::use_pair(size_t buffer_size) {
  BIO* ours = nullptr;
  BIO* theirs = nullptr;
  if (BIO_new_bio_pair(&ours, buffer_size, &theirs, buffer_size) != 1) {
    throw std::runtime_error("BIO_new_bio_pair failed");
  }
  SSL_set_bio(ssl(), ours, ours);
  SSL_set_bio(peer_ssl(), theirs, theirs);
}

void Duo::use_sockets(int peer_receive_buffer) {
  std::tie(peer_socket_, subject_socket_) = connected_sockets(peer_receive_buffer);
  BIO* ours = BIO_new_socket(subject_socket_.fd(), BIO_NOCLOSE);
  BIO* theirs = BIO_new_socket(peer_socket_.fd(), BIO_NOCLOSE);
  SSL_set_bio(ssl(), ours, ours);
  SSL_set_bio(peer_ssl(), theirs, theirs);
}

void Duo::handshake() {
  if (!complete_handshake(client().ssl(), server().ssl(), Tickets::read)) {
    throw std::runtime_error("the handshake did not finish");
  }
  if (subject_socket_.fd() < 0 || SSL_version(client().ssl()) != TLS1_3_VERSION) return;
  // What a socket carries takes its time: the tickets are part of the start of a row.
  constexpr int kTickets = 2;
  Socket& client_socket = subject_.role() == Role::client ? subject_socket_ : peer_socket_;
  while (client().reports().sessions_added < kTickets) {
    client_socket.await_input();
    read_tickets(client().ssl());
  }
}

void Duo::handshake_without_tickets() {
  if (!complete_handshake(client().ssl(), server().ssl(), Tickets::left)) {
    throw std::runtime_error("the handshake did not finish");
  }
}

void Duo::reconnect(const Stage& stage, SSL_SESSION* session) {
  subject_.renew_ssl(stage.setup());
  peer_.renew_ssl(stage.setup());
  use_pipes();
  SSL_set_session(client().ssl(), session);
  handshake();
}

size_t Duo::unread_by_peer() { return BIO_ctrl_pending(subject_output_); }

}  // namespace ciao::closing
