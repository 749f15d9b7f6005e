// Connections: their handshakes, what comes after them, and how they begin again.
#include "operation.h"

namespace ciao::differential {
namespace {

void handshake(World& world, Arguments& draw) {
  world.handshake(draw.chance(85) ? 30 : 1 + static_cast<int>(draw.below(3)));
}

void one_step(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (ssl == nullptr || world.in_early_data(ssl)) return;
  const size_t which = draw.below(10);
  if (which == 0) {
    TRANSFER(world, SSL_connect, ssl);
  } else if (which == 1) {
    TRANSFER(world, SSL_accept, ssl);
  } else {
    TRANSFER(world, SSL_do_handshake, ssl);
  }
}

void renegotiate(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (!world.is_quiet()) return;
  switch (draw.below(3)) {
    case 0: CALL(world, SSL_renegotiate, ssl); break;
    case 1: CALL(world, SSL_renegotiate_abbreviated, ssl); break;
    default:
      CALL(world, SSL_renegotiate, ssl);
      TRANSFER(world, SSL_do_handshake, ssl);
      break;
  }
}

void key_update(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (ssl == nullptr) return;
  static constexpr int kTypes[] = {SSL_KEY_UPDATE_REQUESTED, SSL_KEY_UPDATE_NOT_REQUESTED,
                                   SSL_KEY_UPDATE_REQUESTED, 2, -1};
  CALL(world, SSL_key_update, ssl, draw.pick(kTypes));
  if (draw.chance(60)) TRANSFER(world, SSL_do_handshake, ssl);
}

void after_handshake(World& world, Arguments& draw) {
  SSL* ssl = draw.chance(80) ? world.end[kServer].ssl : world.end[kClient].ssl;
  // How much of two messages gets through a narrow transport depends on their sizes.
  if (ssl == nullptr || SSL_get_key_update_type(ssl) != SSL_KEY_UPDATE_NONE) return;
  if (draw.chance(50)) {
    CALL(world, SSL_verify_client_post_handshake, ssl);
  } else {
    CALL(world, SSL_new_session_ticket, ssl);
  }
  if (draw.chance(60)) TRANSFER(world, SSL_do_handshake, ssl);
}

void begin_again(World& world, Arguments& draw) {
  const size_t role = draw.below(2);
  SSL* ssl = world.end[role].ssl;
  // 3.0 keeps some of what it knows of early data over SSL_clear (docs/DIFFERENCES.md).
  if (ssl == nullptr || world.early) return;
  switch (draw.below(3)) {
    case 0:
    case 1: world.start_over(); break;
    default:
      // Later it forgets more than in 3.0 (docs/DIFFERENCES.md).
      if (!SSL_in_before(ssl)) break;
      if (role == kClient) {
        CALL(world, SSL_set_connect_state, ssl);
      } else {
        CALL(world, SSL_set_accept_state, ssl);
      }
      break;
  }
}

void duplicate(World& world, Arguments& draw) {
  End& side = world.end[draw.below(2)];
  if (side.ssl == nullptr) return;
  SSL* copy = world.invoke("SSL_dup", [](SSL* ssl) { return SSL_dup(ssl); }, side.ssl);
  world.note(copy == side.ssl ? "the same connection" : "another connection");
  if (copy != side.ssl) {
    BIO* bio = closing::new_pipe_bio(side.pipe);
    SSL_set_bio(copy, bio, bio);
    side.established = false;
  }
  SSL_free(side.ssl);
  side.ssl = copy;
}

void other_context(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (ssl == nullptr) return;
  SSL_CTX* ctx = draw.chance(90) ? world.any_context(draw) : nullptr;
  // One that is made for the other role is for nothing.
  if (ctx != nullptr && (ctx == world.context[kClient]) != (ssl == world.end[kClient].ssl)) return;
  CALL(world, SSL_set_SSL_CTX, ssl, ctx);
  CALL(world, SSL_get_SSL_CTX, ssl);
}

void methods(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  if (ssl == nullptr || SSL_in_before(ssl) == 0) return;
  struct Method {
    const SSL_METHOD* (*make)();
    const char* name;
  };
  static constexpr Method kMethods[] = {{TLS_method, "TLS_method()"},
                                        {TLS_client_method, "TLS_client_method()"},
                                        {TLS_server_method, "TLS_server_method()"},
                                        {TLSv1_2_method, "TLSv1_2_method()"}};
  const Method& method = draw.pick(kMethods);
  // One for the other role is for nothing.
  if (method.make == (SSL_is_server(ssl) == 1 ? TLS_client_method : TLS_server_method)) return;
  CALL(world, SSL_set_ssl_method, ssl, named(method.make(), method.name));
}

// A second connection of the same contexts, for most with the session of the first.
void reconnect(World& world, Arguments& draw) {
  SSL* client = world.end[kClient].ssl;
  SSL_SESSION*& kept = world.session[0];
  if (client != nullptr) {
    if (draw.chance(60) && !world.in_early_data(client)) {
      char data[16];
      TRANSFER(world, SSL_read, client, named(static_cast<void*>(data), "data"), 16);
      world.settle();
    }
    if (draw.chance(80) && SSL_in_before(client) == 0 && !World::has_failed(client)) {
      SSL_SESSION_free(kept);
      kept = nullptr;
      SSL_SESSION* session = SSL_get1_session(client);
      world.note(session == nullptr
                     ? "no session"
                     : "resumable " + std::to_string(SSL_SESSION_is_resumable(session)));
      if (session != nullptr && SSL_is_init_finished(client) == 0) mark_unfinished(session);
      kept = session;
    }
    if (draw.chance(70)) {
      for (const End& side : world.end) {
        if (side.ssl == nullptr || world.in_early_data(side.ssl)) continue;
        TRANSFER(world, SSL_shutdown, side.ssl);
      }
    }
  }
  world.note("new connections");
  world.connect();
  if (kept != nullptr && world.end[kClient].ssl != nullptr && draw.chance(90)) {
    CALL(world, SSL_set_session, world.end[kClient].ssl, kept);
  }
  if (draw.chance(80)) world.handshake(30);
}

constexpr Operation kOperations[] = {
    {"handshake", When::kMidway, 12, handshake},
    {"one_step", When::kMidway, 10, one_step},
    {"renegotiate", When::kMidway, 7, renegotiate},
    {"key_update", When::kMidway, 7, key_update, false},
    {"after_handshake", When::kMidway, 6, after_handshake, false},
    {"begin_again", When::kMidway, 5, begin_again, false},
    {"duplicate", When::kSetting, 2, duplicate, false},
    {"other_context", When::kBetween, 2, other_context},
    {"methods", When::kSetting, 1, methods},
    {"reconnect", When::kMidway, 9, reconnect},
};

}  // namespace

std::span<const Operation> handshake_operations() { return kOperations; }

}  // namespace ciao::differential
