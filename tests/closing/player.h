// Plays a script on two SSL objects joined by the scripted transport, and observes every step of
// it.
#pragma once

#include <string>

#include "endpoint.h"
#include "injector.h"
#include "pipe_bio.h"
#include "row.h"
#include "script.h"
#include "wire_tracker.h"

namespace ciao::closing {

class Player {
 public:
  Player(const Script& script, Role role, const Credential& credential);

  // One step, with everything that could be seen of it.
  Observation play(const std::string& step);

  Endpoint& subject() { return subject_.endpoint; }
  Endpoint& peer() { return peer_.endpoint; }

 private:
  struct Side {
    Side(Role role, const Setup& setup, const Credential& credential, ConnectionSecrets& secrets)
        : endpoint(role, setup, credential, &secrets), writes(secrets, role == Role::client) {}
    PipeEnd pipe;  // before the endpoint: its SSL uses it until the end
    Endpoint endpoint;
    WireTracker writes;
    std::vector<std::string> wire;
  };

  Side& client() { return subject_.endpoint.role() == Role::client ? subject_ : peer_; }
  Side& server() { return subject_.endpoint.role() == Role::client ? peer_ : subject_; }

  void attach(Side& side, bool buffered);
  void follow(Side& side);
  void follow_both();
  Observation observe(Side& side, const std::string& step, CallKind kind,
                      const std::function<int()>& call, bool freed = false);
  bool play_handshake(const std::string& step, Observation& seen);
  bool play_call(Side& side, const std::string& step, const std::string& word, Observation& seen);
  bool play_setting(const std::string& step, Observation& seen);
  bool play_transport(const std::string& step, Observation& seen);
  void run_flights(int count);
  std::string left_unread(const Side& side) const;

  ConnectionSecrets secrets_;
  Side subject_;
  Side peer_;
  Injector injector_;
  std::size_t unread_tickets_ = 0;  // bytes, after hsraw
};

void play_row(const Row& row, Stage& stage);

}  // namespace ciao::closing
