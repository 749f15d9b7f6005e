#include "player.h"

#include <cstdlib>
#include <stdexcept>

namespace ciao::closing {

namespace {

constexpr int kDefaultReadSize = 100;
constexpr int kDefaultWriteSize = 10;

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

int number_after(const std::string& word, size_t letters, int otherwise) {
  return word.size() == letters ? otherwise : std::atoi(word.c_str() + letters);
}

std::string join_names(const std::vector<std::string>& names, char between) {
  std::string all;
  for (const std::string& name : names) {
    if (!all.empty()) all += between;
    all += name;
  }
  return all.empty() ? "-" : all;
}

Setup peer_setup(const Setup& subject) {
  Setup setup;
  setup.version = subject.version;
  setup.suite = subject.suite;
  setup.no_tickets = subject.no_tickets;
  return setup;
}

Role other(Role role) { return role == Role::client ? Role::server : Role::client; }

}  // namespace

Player::Player(const Script& script, Role role, const Credential& credential)
    : subject_(role, script.setup, credential, secrets_),
      peer_(other(role), peer_setup(script.setup), credential, secrets_),
      injector_(peer_.writes, subject_.pipe) {
  secrets_.version = script.setup.version;
  join(subject_.pipe, peer_.pipe);
  attach(subject_, script.buffered);
  attach(peer_, false);
}

void Player::attach(Side& side, bool buffered) {
  BIO* read_bio = new_pipe_bio(side.pipe);
  BIO* write_bio = new_pipe_bio(side.pipe);
  if (buffered) write_bio = BIO_push(BIO_new(BIO_f_buffer()), write_bio);
  SSL_set_bio(side.endpoint.ssl(), read_bio, write_bio);
}

void Player::follow(Side& side) {
  for (std::string& name : side.writes.feed(side.pipe.take_handed())) {
    side.wire.push_back(std::move(name));
  }
}

// The client first: its hello has to be known before the server's can be made use of.
void Player::follow_both() {
  follow(client());
  follow(server());
}

Observation Player::observe(Side& side, const std::string& step, CallKind kind,
                            const std::function<int()>& call, bool freed) {
  Endpoint& endpoint = side.endpoint;
  const SessionPtr session(freed && endpoint.ssl() == nullptr ? nullptr
                                                              : SSL_get1_session(endpoint.ssl()));
  endpoint.reports() = {};
  side.wire.clear();
  side.pipe.forget_calls();

  Observation seen = observe_call(step, endpoint.ssl(), kind, call, freed);

  follow_both();
  Fields& fields = seen.fields;
  fields["wire"] = join_names(side.wire, '+');
  fields["bio"] =
      std::string(side.pipe.read_called ? "r" : "") + (side.pipe.write_called ? "w" : "");
  fields["alerts"] = join_names(endpoint.reports().alerts, ',');
  fields["added"] = std::to_string(endpoint.reports().sessions_added);
  fields["removed"] = std::to_string(endpoint.reports().sessions_removed);
  fields["cached"] = std::to_string(SSL_CTX_sess_number(endpoint.ctx()));
  fields["resumable"] =
      session == nullptr ? "-" : std::to_string(SSL_SESSION_is_resumable(session.get()));
  // What a dead connection has left unread is of no use to anybody.
  if (!freed && fields["init"] == "0") fields["left"] = left_unread(side);
  return seen;
}

// Bytes in the transport. How long its tickets are is a library's own affair.
std::string Player::left_unread(const Side& side) const {
  const std::size_t size = side.pipe.inbox.size();
  return size != 0 && size == unread_tickets_ ? "tickets" : std::to_string(size);
}

Observation Player::play(const std::string& step) {
  Observation seen;
  if (play_handshake(step, seen)) return seen;
  if (play_setting(step, seen)) return seen;
  if (play_transport(step, seen)) return seen;
  if (step[0] == 'p' && play_call(peer_, step, step.substr(1), seen)) return seen;
  if (play_call(subject_, step, step, seen)) return seen;
  throw std::runtime_error("no such step in the notation: " + step);
}

void Player::run_flights(int count) {
  for (int flight = 1; flight <= count; ++flight) {
    Side& writer = flight % 2 == 1 ? client() : server();
    SSL_do_handshake(writer.endpoint.ssl());
    follow_both();
  }
}

bool Player::play_handshake(const std::string& step, Observation& seen) {
  if (!step.starts_with("hs")) return false;
  SSL* client_ssl = client().endpoint.ssl();
  SSL* server_ssl = server().endpoint.ssl();
  std::function<int()> call;
  if (step == "hs") {
    call = [&] {
      const bool done =
          complete_handshake(client_ssl, server_ssl, Tickets::read, [&] { follow_both(); });
      return done ? 1 : 0;
    };
  } else if (step == "hsraw") {
    constexpr int kWholeHandshake = 4;
    call = [&] {
      run_flights(kWholeHandshake);
      if (secrets_.version == TLS1_2_VERSION) SSL_do_handshake(client_ssl);
      unread_tickets_ = client().pipe.inbox.size();
      return SSL_is_init_finished(client_ssl) && SSL_is_init_finished(server_ssl) ? 1 : 0;
    };
  } else if (step == "hs1" || step == "hs2" || step == "hs3") {
    call = [&] {
      run_flights(step[2] - '0');
      return 0;
    };
  } else {
    return false;
  }
  seen = observe(subject_, step, CallKind::plain, call);
  // A flight that leaves a handshake waiting may leave anything in the queue; only rows' own calls
  // count.
  seen.fields["why"] = "-";
  seen.fields["reused"] = std::to_string(SSL_session_reused(subject_.endpoint.ssl()));
  if ((step == "hs" || step == "hsraw") && seen.fields["ret"] != "1") {
    throw std::runtime_error("the handshake did not finish");
  }
  return true;
}

bool Player::play_call(Side& side, const std::string& step, const std::string& word,
                       Observation& seen) {
  SSL* ssl = side.endpoint.ssl();
  const auto io = [&](const std::function<int()>& call) {
    seen = observe(side, step, CallKind::io, call);
    return true;
  };
  if (word == "S") return io([&] { return SSL_shutdown(ssl); });
  if (word == "H") return io([&] { return SSL_do_handshake(ssl); });
  if (word == "C") {
    seen = observe(side, step, CallKind::plain, [&] { return SSL_clear(ssl); });
    side.writes.restart();
    return true;
  }
  const std::string digits = word.substr(1);
  if (!digits.empty() && !is_number(digits)) return false;
  if (word[0] == 'R' || word[0] == 'P') {
    const int size = number_after(word, 1, kDefaultReadSize);
    std::vector<char> room(static_cast<size_t>(size) + 1);
    const auto function = word[0] == 'R' ? SSL_read : SSL_peek;
    return io([&] { return function(ssl, room.data(), size); });
  }
  if (word[0] == 'W') {
    // Always the same address: a retry from another one is an error of its own.
    static const std::vector<char> kData(1 << 16, 'w');
    const int size = number_after(word, 1, kDefaultWriteSize);
    return io([&] { return SSL_write(ssl, kData.data(), size); });
  }
  return false;
}

bool Player::play_setting(const std::string& step, Observation& seen) {
  SSL* ssl = subject_.endpoint.ssl();
  const auto plain = [&](const std::function<int()>& call, bool freed = false) {
    seen = observe(subject_, step, CallKind::plain, call, freed);
    return true;
  };
  const auto silent = [&](const std::function<void()>& call) {
    return plain([&] {
      call();
      return 0;
    });
  };
  if (step[0] == '=') return silent([&] { SSL_set_shutdown(ssl, std::atoi(step.c_str() + 1)); });
  if (step[0] == 'q' && is_number(step.substr(1))) {
    SSL_set_quiet_shutdown(ssl, std::atoi(step.c_str() + 1));
    return plain([&] { return SSL_get_quiet_shutdown(ssl); });
  }
  if (step == "K") return plain([&] { return SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED); });
  if (step == "G") return plain([&] { return SSL_renegotiate(ssl); });
  if (step == "role") {
    silent([&] { subject_.endpoint.set_role(); });
    subject_.writes.restart();
    return true;
  }
  if (step == "nobio") return silent([&] { SSL_set_bio(ssl, nullptr, nullptr); });
  if (step == "flush") return plain([&] { return BIO_flush(SSL_get_wbio(ssl)); });
  if (step == "pending") return plain([&] { return SSL_pending(ssl); });
  if (step == "has-pending") return plain([&] { return SSL_has_pending(ssl); });
  if (step == "free") {
    return plain(
        [&] {
          subject_.endpoint.free_ssl();
          return 0;
        },
        true);
  }
  return false;
}

bool Player::play_transport(const std::string& step, Observation& seen) {
  PipeEnd& pipe = subject_.pipe;
  seen = {step, {}};
  if (step[0] == '<') {
    if (injector_.say(step.substr(1))) return true;
    throw std::runtime_error("no such thing for a peer to say: " + step);
  }
  if (step == "!eof") {
    pipe.eof = true;
  } else if (step == "!rst") {
    pipe.reset = true;
  } else if (step == "!epipe") {
    pipe.broken = true;
  } else if (step == "cap-") {
    pipe.room.reset();
  } else if (step.starts_with("cap")) {
    pipe.room = static_cast<size_t>(std::atoi(step.c_str() + 3));
  } else {
    return false;
  }
  return true;
}

void play_row(const Row& row, Stage& stage) {
  const Script script = parse_script(row.script, stage.version);
  Player player(script, stage.role, stage.credential);
  for (const std::string& step : script.steps) stage.trace.add(player.play(step));
}

}  // namespace ciao::closing
