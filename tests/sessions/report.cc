// What the session family of libssl does, as lines on standard output: compare.py runs it on two
// libraries and compares them. Nothing random is printed.
#include <openssl/lhash.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <cstring>
#include <ctime>

#include "callbacks.h"
#include "duo.h"

namespace sessions {
namespace {

void show(const char* what, long value) {
  std::printf("%s = %ld%s\n", what, value, take_errors().c_str());
}

void show_statistics(const char* side, const Context& context) {
  SSL_CTX* ctx = context.get();
  std::printf(
      "  %s: number %ld connect %ld/%ld accept %ld/%ld hits %ld callback %ld misses %ld "
      "timeouts %ld full %ld\n",
      side, SSL_CTX_sess_number(ctx), SSL_CTX_sess_connect(ctx), SSL_CTX_sess_connect_good(ctx),
      SSL_CTX_sess_accept(ctx), SSL_CTX_sess_accept_good(ctx), SSL_CTX_sess_hits(ctx),
      SSL_CTX_sess_cb_hits(ctx), SSL_CTX_sess_misses(ctx), SSL_CTX_sess_timeouts(ctx),
      SSL_CTX_sess_cache_full(ctx));
}

// A full handshake, and one that offers its session.
void twice(const char* what, const Context& client, const Context& server) {
  std::printf("== %s\n", what);
  Duo first = handshake(client, server);
  std::printf(" first: established %d%s\n", first.established, take_errors().c_str());
  if (!first.established) return;
  const Session session = first.session();
  std::printf(" resumable %d\n", SSL_SESSION_is_resumable(session.get()));
  first.close();
  Duo second = handshake(client, server, session.get());
  std::printf(" second: established %d, reused %d\n", second.established, second.reused());
  take_errors();
  show_statistics("client", client);
  show_statistics("server", server);
  if (second.established) second.close();
}

void watch(const Context& context) {
  SSL_CTX_sess_set_new_cb(context.get(), new_session);
  SSL_CTX_sess_set_get_cb(context.get(), find_session);
  SSL_CTX_sess_set_remove_cb(context.get(), removed_session);
}

void server_modes(const Context& client) {
  struct Mode {
    const char* name;
    long mode;
    std::uint64_t options;
  };
  const Mode modes[] = {
      {"server", SSL_SESS_CACHE_SERVER, 0},
      {"off", SSL_SESS_CACHE_OFF, 0},
      {"server, stateful", SSL_SESS_CACHE_SERVER, SSL_OP_NO_TICKET},
      {"off, stateful", SSL_SESS_CACHE_OFF, SSL_OP_NO_TICKET},
      {"no internal", SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL, 0},
      {"no internal, stateful", SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL,
       SSL_OP_NO_TICKET},
      {"no lookup, stateful", SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL_LOOKUP,
       SSL_OP_NO_TICKET},
      {"no store, stateful", SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL_STORE,
       SSL_OP_NO_TICKET},
      {"client only, stateful", SSL_SESS_CACHE_CLIENT, SSL_OP_NO_TICKET},
  };
  for (const Mode& mode : modes) {
    const Context server = make_server();
    SSL_CTX_set_session_cache_mode(server.get(), mode.mode);
    SSL_CTX_set_options(server.get(), mode.options);
    twice(mode.name, client, server);
    watch(server);
    twice("the same, watched", client, server);
    std::printf(" context goes\n");
  }
}

void stateful_life(const Context& client) {
  std::printf("== stateful: ends\n");
  const Context server = make_server();
  SSL_CTX_set_options(server.get(), SSL_OP_NO_TICKET);
  watch(server);
  Duo unclosed = handshake(client, server);
  unclosed.server.reset();
  show("unclosed server leaves", SSL_CTX_sess_number(server.get()));
  Duo flushed = handshake(client, server);
  const Session session = flushed.session();
  flushed.close();
  SSL_CTX_flush_sessions(server.get(), 0);
  Duo again = handshake(client, server, session.get());
  show("reused after flush", again.reused());
  Duo expiring = handshake(client, server);
  const Session expired = expiring.session();
  SSL_SESSION_set_time(SSL_get_session(expiring.server.get()), std::time(nullptr) - 8000);
  expiring.close();
  Duo late = handshake(client, server, expired.get());
  show("reused after its time", late.reused());
  show_statistics("server", server);
  late.close();
  // The application's callback finds it, with and without giving away a reference.
  for (const int copy : {1, 0}) {
    Duo stored = handshake(client, server);
    const Session ticket = stored.session();
    SSL_SESSION* kept = SSL_get1_session(stored.server.get());
    SSL_SESSION* copied = SSL_SESSION_dup(kept);
    stored.close();
    SSL_CTX_remove_session(server.get(), kept);
    SSL_SESSION_free(kept);
    answers.found_session = copied;
    answers.found_copy = copy;
    Duo found = handshake(client, server, ticket.get());
    show("reused from the callback", found.reused());
    answers.found_session = nullptr;
    if (copy == 1) SSL_SESSION_free(copied);
    show_statistics("server", server);
    found.close();
  }
  answers.found_copy = 1;
}

void ticket_callbacks(const Context& client) {
  const Context server = make_server();
  SSL_CTX_set_session_ticket_cb(server.get(), generate_ticket, decrypt_ticket, &answers);
  struct Case {
    const char* name;
    SSL_TICKET_RETURN answer;
  };
  const Case cases[] = {{"ticket: use", SSL_TICKET_RETURN_USE},
                        {"ticket: use, renew", SSL_TICKET_RETURN_USE_RENEW},
                        {"ticket: ignore", SSL_TICKET_RETURN_IGNORE},
                        {"ticket: ignore, renew", SSL_TICKET_RETURN_IGNORE_RENEW},
                        {"ticket: abort", SSL_TICKET_RETURN_ABORT}};
  for (const Case& each : cases) {
    answers.decrypt_ticket = each.answer;
    twice(each.name, client, server);
  }
  Duo elsewhere = handshake(client, make_server());
  const Session foreign = elsewhere.session();
  elsewhere.close();
  for (const Case& each : cases) {
    answers.decrypt_ticket = each.answer;
    Duo duo = handshake(client, server, foreign.get());
    std::printf(" foreign ticket, answer %d: established %d, reused %d\n", each.answer,
                duo.established, duo.reused());
    take_errors();
  }
  answers.decrypt_ticket = SSL_TICKET_RETURN_USE;
  answers.generate_ticket = 0;
  twice("ticket: not generated", client, server);
  answers.generate_ticket = 1;
}

void key_callbacks(const Context& client) {
  for (const bool mac : {false, true}) {
    const Context server = make_server();
    if (mac) {
      SSL_CTX_set_tlsext_ticket_key_evp_cb(server.get(), ticket_key_mac);
    } else {
      SSL_CTX_set_tlsext_ticket_key_cb(server.get(), ticket_key_hmac);
    }
    for (const int answer : {1, 2, 0, -1}) {
      answers.ticket_key = answer;
      std::printf("%s callback, answer %d\n", mac ? "mac" : "hmac", answer);
      twice("ticket key", client, server);
    }
    answers.ticket_key = 1;
    Duo duo = handshake(client, server);
    const Session session = duo.session();
    duo.close();
    for (const int answer : {0, -1}) {
      answers.ticket_key = answer;
      SSL_CTX_set_num_tickets(server.get(), 0);
      Duo later = handshake(client, server, session.get());
      std::printf(" key gone, answer %d: established %d, reused %d\n", answer, later.established,
                  later.reused());
      take_errors();
    }
  }
  answers.ticket_key = 1;
}

void ids_and_resumability(const Context& client) {
  for (const int resumable : {1, 0}) {
    const Context server = make_server();
    watch(server);
    answers.not_resumable = resumable;
    SSL_CTX_set_not_resumable_session_callback(server.get(), not_resumable);
    twice("not resumable callback", client, server);
    SSL_CTX_set_options(server.get(), SSL_OP_NO_TICKET);
    twice("not resumable callback, stateful", client, server);
  }
  const Context server = make_server();
  SSL_CTX_set_options(server.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(server.get(), 1);
  SSL_CTX_set_generate_session_id(server.get(), generate_id);
  twice("own id", client, server);  // the second one is a conflict
  answers.id_byte = 2;
  for (const unsigned size : {0u, 33u}) {
    answers.id_size = size;
    twice("own id of wrong size", client, server);
  }
  answers.id_size = 32;
  answers.generate_id = 0;
  twice("own id fails", client, server);
  answers.generate_id = 1;
  const Context strict = make_server();
  watch(strict);
  SSL_CTX_set_verify(strict.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_id_context(strict.get(), nullptr, 0);
  twice("verifies without an id context", client, strict);
}

void client_cache() {
  const Context client = make_client();
  const Context server = make_server();
  watch(client);
  SSL_CTX_set_session_cache_mode(client.get(), SSL_SESS_CACHE_CLIENT);
  twice("client cache", client, server);
  Duo unclosed = handshake(client, server);
  unclosed.client.reset();
  show_statistics("client", client);
  SSL_CTX_set_session_cache_mode(client.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  twice("client without internal cache", client, server);
  Duo unclosed_again = handshake(client, server);
  unclosed_again.client.reset();
  SSL_CTX_set_session_cache_mode(client.get(), SSL_SESS_CACHE_CLIENT);
  for (const long size : {3, 2, 1, 5}) {
    SSL_CTX_sess_set_cache_size(client.get(), size);
    for (int i = 0; i < 3; ++i) {
      Duo duo = handshake(client, server);
      duo.close();
    }
    show_statistics("client", client);
  }
  SSL_CTX_flush_sessions(client.get(), std::time(nullptr));
  show_statistics("client", client);
  SSL_CTX_flush_sessions(client.get(), std::time(nullptr) + 10000);
  show_statistics("client", client);
  const Context forgetful = make_server();
  Duo before = handshake(client, server);
  const Session session = before.session();
  before.close();
  Duo refused = handshake(client, forgetful, session.get());
  show("reused elsewhere", refused.reused());
  show_statistics("client", client);
}

void ticket_numbers(const Context& client) {
  std::printf("== numbers of tickets\n");
  const Context server = make_server();
  SSL_CTX_sess_set_new_cb(server.get(), new_session);
  for (const size_t count : {size_t{0}, size_t{1}, size_t{3}}) {
    show("set", SSL_CTX_set_num_tickets(server.get(), count));
    show("get", static_cast<long>(SSL_CTX_get_num_tickets(server.get())));
    Duo duo = handshake(client, server);
    show("of the connection", static_cast<long>(SSL_get_num_tickets(duo.server.get())));
    show("client asks for one", SSL_new_session_ticket(duo.client.get()));
    show("server asks for one", SSL_new_session_ticket(duo.server.get()));
    show("and for another", SSL_new_session_ticket(duo.server.get()));
    show("in init", SSL_in_init(duo.server.get()));
    show("handshake", SSL_do_handshake(duo.server.get()));
    show("in init", SSL_in_init(duo.server.get()));
    duo.deliver();
    show("has ticket", SSL_SESSION_has_ticket(SSL_get_session(duo.client.get())));
    show("asks again", SSL_new_session_ticket(duo.server.get()));
    show("writes", SSL_write(duo.server.get(), "x", 1));
    char byte = 0;
    show("read", SSL_read(duo.client.get(), &byte, 1));
  }
  const Connection fresh(SSL_new(server.get()));
  SSL_set_accept_state(fresh.get());
  show("before the handshake", SSL_new_session_ticket(fresh.get()));
}

// A client offers a session that it made in another of its contexts.
void client_id_contexts() {
  std::printf("== a client's session id context\n");
  const Context server = make_server();
  const Context client = make_client();
  const Context other = make_client();
  const unsigned char id_context[] = {'o', 't', 'h', 'e', 'r'};
  SSL_CTX_set_session_id_context(other.get(), id_context, sizeof id_context);
  for (const Context* maker : {&client, &other}) {
    Duo first = handshake(*maker, server);
    const Session session = first.session();
    first.close();
    for (const Context* taker : {&client, &other}) {
      Duo second = handshake(*taker, server, session.get());
      std::printf("made by %d, taken by %d: established %d%s\n", maker == &other, taker == &other,
                  second.established, take_errors().c_str());
    }
  }
}

void ticket_keys() {
  std::printf("== ticket keys\n");
  const Context server = make_server();
  unsigned char keys[80];
  std::memset(keys, 5, sizeof keys);
  show("size", SSL_CTX_get_tlsext_ticket_keys(server.get(), nullptr, 0));
  show("size", SSL_CTX_set_tlsext_ticket_keys(server.get(), nullptr, 0));
  show("short", SSL_CTX_set_tlsext_ticket_keys(server.get(), keys, 79));
  show("short", SSL_CTX_get_tlsext_ticket_keys(server.get(), keys, 48));
  show("set", SSL_CTX_set_tlsext_ticket_keys(server.get(), keys, 80));
  unsigned char back[80] = {};
  show("get", SSL_CTX_get_tlsext_ticket_keys(server.get(), back, 80));
  show("equal", std::memcmp(keys, back, 80));
}

}  // namespace

void report_objects();

}  // namespace sessions

int main() {
  using namespace sessions;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  report_objects();
  const Context client = make_client();
  server_modes(client);
  stateful_life(client);
  ticket_callbacks(client);
  key_callbacks(client);
  ids_and_resumability(client);
  client_cache();
  ticket_numbers(client);
  ticket_keys();
  client_id_contexts();
  return 0;
}
