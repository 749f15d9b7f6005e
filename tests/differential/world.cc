#include "world.h"

#include <algorithm>
#include <cstdlib>

namespace ciao::differential {
namespace {

World* current_world = nullptr;

// The contexts of every sequence know each other's certificates; what else they are is up to the
// sequence.
SSL_CTX* make_context(const Identities& identities, const SSL_METHOD* method) {
  SSL_CTX* ctx = SSL_CTX_new(method);
  if (ctx == nullptr) std::abort();
  SSL_CTX_set1_cert_store(ctx, identities.roots());
  SSL_CTX_set_default_passwd_cb(ctx, [](char*, int, int, void*) { return 0; });
  return ctx;
}

int unfinished_index() {
  static const int kIndex = SSL_SESSION_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

}  // namespace

void mark_unfinished(SSL_SESSION* session) {
  static char mark;
  SSL_SESSION_set_ex_data(session, unfinished_index(), &mark);
}

bool is_unfinished(const SSL_SESSION* session) {
  return SSL_SESSION_get_ex_data(session, unfinished_index()) != nullptr;
}

World::World(const Identities& all, Trace& trace) : identities(all), trace_(trace) {
  current_world = this;
  context[kClient] = make_context(all, TLS_client_method());
  context[kServer] = make_context(all, TLS_server_method());
  context[kOther] = make_context(all, TLS_server_method());
  closing::join(end[kClient].pipe, end[kServer].pipe);
}

World::~World() {
  disconnect();
  for (SSL_SESSION* each : session) SSL_SESSION_free(each);
  for (SSL_CTX* each : context) SSL_CTX_free(each);
  ERR_clear_error();
  current_world = nullptr;
}

World& World::current() { return *current_world; }

void World::connect() {
  disconnect();
  early = reading_early_ = false;
  early_written = 0;
  for (const Role role : {kClient, kServer}) {
    End& side = end[role];
    side.pipe = closing::PipeEnd();
    side.wire.start_over();
    side.state.clear();
    side.established = false;
    side.blocked = 0;
    side.ssl = SSL_new(context[role]);
    if (side.ssl == nullptr) {
      note("no connection");
      continue;
    }
    BIO* bio = closing::new_pipe_bio(side.pipe);
    SSL_set_bio(side.ssl, bio, bio);
    role == kClient ? SSL_set_connect_state(side.ssl) : SSL_set_accept_state(side.ssl);
  }
  closing::join(end[kClient].pipe, end[kServer].pipe);
  ERR_clear_error();
}

void World::start_over() {
  for (End& side : end) {
    CALL(*this, SSL_clear, side.ssl);
    side.pipe.inbox.clear();
    side.pipe.eof = side.pipe.broken = false;
    side.pipe.room.reset();
    static_cast<void>(side.pipe.take_handed());
    side.wire.start_over();
    side.established = false;
    side.blocked = 0;
  }
}

void World::disconnect() {
  for (End& side : end) {
    SSL_free(side.ssl);
    side.ssl = nullptr;
  }
}

bool World::is_in_handshake(const SSL* ssl) {
  return ssl != nullptr && SSL_in_init(ssl) == 1 && SSL_in_before(ssl) == 0 && !has_failed(ssl);
}

bool World::is_in_handshake() const {
  return std::ranges::any_of(end, [](const End& side) { return is_in_handshake(side.ssl); });
}

bool World::is_renegotiating() const {
  return std::ranges::any_of(end, [](const End& side) {
    if (side.ssl == nullptr) return false;
    return SSL_renegotiate_pending(side.ssl) == 1 ||
           (side.established && is_in_handshake(side.ssl) &&
            SSL_version(side.ssl) == TLS1_2_VERSION);
  });
}

bool World::is_quiet() const {
  return std::ranges::all_of(end, [this](const End& side) {
    return side.ssl != nullptr && SSL_is_init_finished(side.ssl) == 1 &&
           SSL_renegotiate_pending(side.ssl) == 0 && SSL_get_shutdown(side.ssl) == 0 &&
           SSL_has_pending(side.ssl) == 0 && side.blocked == 0 && side.pipe.inbox.empty() &&
           SSL_want(side.ssl) != SSL_WRITING && !side.pipe.eof && !side.pipe.broken &&
           (capacity != 0 || !side.pipe.room);
  });
}

int World::read_early_data(size_t size) {
  static char buffer[70000];
  size_t count = 7;
  const int result =
      TRANSFER(*this, SSL_read_early_data, end[kServer].ssl,
               named(static_cast<void*>(buffer), "buffer"), size, named(&count, "&count"));
  note("count " + std::to_string(count));
  const int error = SSL_get_error(end[kServer].ssl, result);
  reading_early_ = result == SSL_READ_EARLY_DATA_SUCCESS ||
                   (result == SSL_READ_EARLY_DATA_ERROR &&
                    (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE));
  return result;
}

bool World::in_early_data(const SSL* ssl) const {
  if (ssl == end[kServer].ssl && reading_early_) return true;
  return SSL_in_init(ssl) == 0 && SSL_is_init_finished(ssl) == 0 && SSL_in_before(ssl) == 0;
}

// Both ends take turns until neither gets on. Over a narrow transport the number of turns depends
// on how many bytes the messages came to: then only the end is written down.
void World::handshake(int rounds) {
  if (capacity != 0 && rounds > 3) {
    narrow_handshake();
    return;
  }
  bool over[2] = {};
  for (int round = 0; round < rounds && !(over[0] && over[1]); ++round) {
    for (const Role role : {kClient, kServer}) {
      SSL* ssl = end[role].ssl;
      if (over[role] || ssl == nullptr || has_failed(ssl)) continue;
      while (role == kServer && reading_early_ && read_early_data(1000) == 1) settle();
      if (role == kServer && reading_early_) continue;
      const int result = TRANSFER(*this, SSL_do_handshake, ssl);
      const int error = SSL_get_error(ssl, result);
      over[role] = result == 1 || error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL ||
                   error == SSL_ERROR_ZERO_RETURN;
      settle();
    }
  }
}

void World::narrow_handshake() {
  int last[2] = {SSL_ERROR_WANT_READ, SSL_ERROR_WANT_READ};
  std::optional<Role> failed;
  const auto goes_on = [&](Role role) {
    return end[role].ssl != nullptr && !has_failed(end[role].ssl) &&
           (last[role] == SSL_ERROR_WANT_READ || last[role] == SSL_ERROR_WANT_WRITE);
  };
  silent_ = true;
  const auto held = [&] {
    size_t bytes = 0;
    for (const End& side : end) bytes += side.pipe.inbox.size() + 2 * side.pipe.handed.size();
    return bytes;
  };
  // Until nothing has moved for some turns: there are turns of callbacks alone.
  constexpr int kStill = 10;
  for (int still = 0; still < kStill; ++still) {
    const size_t before = held();
    for (const Role role : {kClient, kServer}) {
      if (!goes_on(role)) continue;
      end[role].pipe.room = capacity;
      while (role == kServer && reading_early_ && read_early_data(1000) == 1) {
      }
      if (role == kServer && reading_early_) continue;
      if (has_failed(end[role].ssl)) {
        last[role] = SSL_ERROR_SSL;
        if (!failed) failed = role;
        continue;
      }
      ERR_clear_error();
      last[role] = SSL_get_error(end[role].ssl, SSL_do_handshake(end[role].ssl));
      if (last[role] == SSL_ERROR_SSL && !failed) failed = role;
    }
    if (!goes_on(kClient) && !goes_on(kServer)) break;
    if (held() != before) still = 0;
  }
  silent_ = false;
  // Whether an alert gets through depends on how long it is.
  constexpr size_t kRoomForAnAlert = 100;
  over = failed && capacity < kRoomForAnAlert;
  for (const Role role : {kClient, kServer}) {
    if (over && role != *failed) continue;
    note("handshake over a narrow transport:" + std::string(error_name(last[role])));
    end[role].wire.describe(end[role].pipe.take_handed(), false);
  }
  if (!over) settle();
}

void World::settle() {
  for (const Role role : {kClient, kServer}) {
    End& side = end[role];
    const char* name = role == kClient ? "client" : "server";
    const std::string sent = side.pipe.take_handed();
    if (!sent.empty()) {
      // How many records of a flight fit into a narrow transport is a matter of their sizes.
      const std::string what = side.wire.describe(sent, exact);
      const bool cut = capacity != 0 && !exact && what.ends_with(" part");
      note(std::string(name) + " sent" + (cut ? " part" : what));
    }
    // Where a flight of a handshake is cut depends on how many bytes it came to.
    if (capacity != 0) {
      const bool done = side.ssl != nullptr && SSL_is_init_finished(side.ssl) == 1;
      side.pipe.room = done ? std::optional(capacity) : std::nullopt;
    }
    if (side.ssl == nullptr) continue;
    if (SSL_is_init_finished(side.ssl) == 1) side.established = true;
    std::string state = state_of(side.ssl);
    if (state != side.state) {
      note(std::string(name) + " is" + state);
      side.state = std::move(state);
    }
  }
}

std::string World::state_of(SSL* ssl) const {
  std::string text = has_failed(ssl)             ? " failed"
                     : SSL_in_before(ssl)        ? " before"
                     : SSL_is_init_finished(ssl) ? " finished"
                     : SSL_in_init(ssl)          ? " init"
                                                 : " neither";
  // A server that fails may have settled on one.
  if (!SSL_in_init(ssl) || SSL_is_server(ssl) == 0) text += std::string(" ") + SSL_get_version(ssl);
  const auto add = [&](const char* name, long value) {
    if (value != 0) text += std::string(" ") + name + ":" + std::to_string(value);
  };
  add("shutdown", SSL_get_shutdown(ssl));
  // How far into a flight a handshake has come, and what of a broken one lies about, is left out.
  if (SSL_is_init_finished(ssl) == 1) {
    add("want", SSL_want(ssl) - SSL_NOTHING);
    add("pending", SSL_pending(ssl));
    // How much is read ahead is the library's own choice.
    // So is how many tickets share a record, which shows where a read stops behind each.
    const bool shows =
        SSL_get_read_ahead(ssl) == 0 && (SSL_get_mode(ssl) & SSL_MODE_AUTO_RETRY) != 0;
    if (shows) add("has_pending", SSL_has_pending(ssl));
  }
  add("renegotiate", SSL_renegotiate_pending(ssl));
  add("key_update", SSL_get_key_update_type(ssl) - SSL_KEY_UPDATE_NONE);
  add("reused", SSL_session_reused(ssl));
  // 3.0 says it of the last handshake until this one has got on.
  if (SSL_is_init_finished(ssl) == 1) add("early", SSL_get_early_data_status(ssl));
  return text;
}

std::string World::name_of(const void* object) const {
  static const char* const kContexts[] = {"client_ctx", "server_ctx", "other_ctx"};
  static const char* const kSessions[] = {"session_a", "session_b", "session_c"};
  for (size_t i = 0; i < 3; ++i) {
    if (object == context[i]) return kContexts[i];
    if (object == session[i]) return kSessions[i];
  }
  if (object == end[kClient].ssl) return "client";
  if (object == end[kServer].ssl) return "server";
  for (const Identity& each : identities.all()) {
    if (object == each.certificate) return each.name + "_cert";
    if (object == each.key) return each.name + "_key";
  }
  if (object == identities.roots()) return "roots";
  return "object";
}

const char* World::error_name(int error) {
  switch (error) {
    case SSL_ERROR_NONE: return "";
    case SSL_ERROR_SSL: return " SSL_ERROR_SSL";
    case SSL_ERROR_WANT_READ: return " WANT_READ";
    case SSL_ERROR_WANT_WRITE: return " WANT_WRITE";
    case SSL_ERROR_WANT_X509_LOOKUP: return " WANT_X509_LOOKUP";
    case SSL_ERROR_SYSCALL: return " SYSCALL";
    case SSL_ERROR_ZERO_RETURN: return " ZERO_RETURN";
    case SSL_ERROR_WANT_CLIENT_HELLO_CB: return " WANT_CLIENT_HELLO_CB";
    default: return " another error";
  }
}

}  // namespace ciao::differential
