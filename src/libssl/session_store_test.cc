// Sessions through the C interface: resumption of each kind, and many threads on one context.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "base/copy_on_write.h"
#include "libssl/owned_for_tests.h"
#include "libssl/ssl_ctx_st.h"

namespace {

using namespace ciao::tls::testing;

// One handshake over a BIO pair, with its tickets delivered and both sides closed.
struct Meeting {
  bool established = false;
  bool reused = false;
  Session session;
};

bool goes_on(SSL* ssl, bool& done) {
  const int result = SSL_do_handshake(ssl);
  done = result == 1;
  return done || SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
}

Meeting meet(const Context& client_context, const Context& server_context,
             SSL_SESSION* offered = nullptr, bool close = true) {
  const Connection client(SSL_new(client_context.get()));
  const Connection server(SSL_new(server_context.get()));
  join(client.get(), server.get());
  if (offered != nullptr) SSL_set_session(client.get(), offered);
  bool client_done = false;
  bool server_done = false;
  for (int i = 0; i < 20 && !(client_done && server_done); ++i) {
    if (!goes_on(client.get(), client_done) || !goes_on(server.get(), server_done)) break;
  }
  char byte = 0;
  if (client_done) (void)SSL_read(client.get(), &byte, 1);
  Meeting meeting{client_done && server_done, SSL_session_reused(server.get()) == 1,
                  Session(SSL_get1_session(client.get()))};
  if (close) {
    SSL_shutdown(client.get());
    SSL_shutdown(server.get());
  }
  ERR_clear_error();
  return meeting;
}

class SessionStore : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(use_new_certificate(server.get()));
    SSL_CTX_set_session_id_context(server.get(), reinterpret_cast<const unsigned char*>("x"), 1);
  }

  const Context client{SSL_CTX_new(TLS_client_method())};
  const Context server{SSL_CTX_new(TLS_server_method())};
};

TEST_F(SessionStore, TicketsResume) {
  const Meeting first = meet(client, server);
  ASSERT_TRUE(first.established);
  EXPECT_EQ(SSL_SESSION_is_resumable(first.session.get()), 1);
  EXPECT_TRUE(meet(client, server, first.session.get()).reused);
  EXPECT_EQ(SSL_CTX_sess_hits(server.get()), 1);
}

TEST_F(SessionStore, TicketsOfOtherKeysDoNot) {
  const Meeting first = meet(client, server);
  unsigned char keys[80] = {1};
  ASSERT_EQ(SSL_CTX_set_tlsext_ticket_keys(server.get(), keys, sizeof keys), 1);
  const Meeting second = meet(client, server, first.session.get());
  EXPECT_TRUE(second.established);
  EXPECT_FALSE(second.reused);
}

TEST_F(SessionStore, KeysOfFreshContextsDiffer) {
  unsigned char keys[2][80];
  for (auto& each : keys) {
    const Context fresh(SSL_CTX_new(TLS_server_method()));
    ASSERT_EQ(SSL_CTX_get_tlsext_ticket_keys(fresh.get(), each, sizeof each), 1);
  }
  for (const std::size_t part : {0U, 16U, 48U}) {
    EXPECT_NE(std::memcmp(keys[0] + part, keys[1] + part, 16), 0);
  }
}

// RFC 5077 §3.4: a client gives the session of its ticket the id that it likes. Ids are no secret
// in TLS 1.2, and whose connection ends without a close_notify loses the session.
TEST_F(SessionStore, ATicketDoesNotPushOutASessionWithTheSameId) {
  SSL_CTX_set_max_proto_version(server.get(), TLS1_2_VERSION);
  const Context without_tickets(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_options(without_tickets.get(), SSL_OP_NO_TICKET);
  const Meeting kept = meet(without_tickets, server);
  const Meeting others = meet(client, server);
  unsigned int size = 0;
  const unsigned char* id = SSL_SESSION_get_id(kept.session.get(), &size);
  ASSERT_EQ(SSL_SESSION_set1_id(others.session.get(), id, size), 1);
  EXPECT_TRUE(meet(client, server, others.session.get(), false).reused);
  EXPECT_TRUE(meet(without_tickets, server, kept.session.get()).reused);
}

TEST_F(SessionStore, AnotherIdContextMeansAFullHandshake) {
  const Meeting first = meet(client, server);
  SSL_CTX_set_session_id_context(server.get(), reinterpret_cast<const unsigned char*>("y"), 1);
  EXPECT_FALSE(meet(client, server, first.session.get()).reused);
}

TEST_F(SessionStore, ADemandForACertificateEndsSessionsWithoutOne) {
  const Meeting first = meet(client, server);
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  const Meeting second = meet(client, server, first.session.get());
  EXPECT_FALSE(second.reused);
  EXPECT_FALSE(second.established);
}

TEST_F(SessionStore, EarlyDataMakesTicketsStatefulAndForOneUse) {
  ciao::tls::edit(server->config).max_early_data = 1000;
  const Meeting first = meet(client, server);
  EXPECT_EQ(SSL_CTX_sess_number(server.get()), 2);
  EXPECT_TRUE(meet(client, server, first.session.get()).reused);
  EXPECT_FALSE(meet(client, server, first.session.get()).reused);
}

// CVE-2024-2511: sessions that were marked as not resumable stayed in the cache for ever.
TEST_F(SessionStore, TheCacheStaysBounded) {
  SSL_CTX_set_options(server.get(), SSL_OP_NO_TICKET);
  SSL_CTX_sess_set_cache_size(server.get(), 10);
  Session session;
  for (int i = 0; i < 100; ++i) {
    Meeting meeting = meet(client, server, session.get(), i % 3 != 0);
    session = std::move(meeting.session);
    EXPECT_LE(SSL_CTX_sess_number(server.get()), 10);
  }
  EXPECT_GT(SSL_CTX_sess_cache_full(server.get()), 50);
}

TEST_F(SessionStore, ATicketOfHostileBytesIsJustForeign) {
  const Meeting first = meet(client, server);
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
  SSL_SESSION_get0_ticket(first.session.get(), &bytes, &size);
  unsigned char* der = nullptr;
  const int der_size = i2d_SSL_SESSION(first.session.get(), &der);
  const std::vector<unsigned char> whole(der, der + der_size);
  const auto ticket = std::search(whole.begin(), whole.end(), bytes, bytes + size);
  ASSERT_NE(ticket, whole.end());
  for (std::size_t at = 0; at < size; at += 5) {
    std::vector<unsigned char> changed = whole;
    changed[static_cast<std::size_t>(ticket - whole.begin()) + at] ^= 0x40;
    const unsigned char* cursor = changed.data();
    const Session session(d2i_SSL_SESSION(nullptr, &cursor, der_size));
    const Meeting meeting = meet(client, server, session.get());
    EXPECT_TRUE(meeting.established);
    EXPECT_FALSE(meeting.reused);
  }
  OPENSSL_free(der);
}

std::atomic<int> made{0};
std::atomic<int> gone{0};

// For ThreadSanitizer: handshakes, a cache that overflows, flushes, new ticket keys and callbacks
// on one pair of contexts.
TEST_F(SessionStore, ManyThreadsOnOneContext) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 40;
  SSL_CTX_sess_set_cache_size(server.get(), 20);
  SSL_CTX_set_session_cache_mode(client.get(), SSL_SESS_CACHE_CLIENT);
  SSL_CTX_sess_set_new_cb(server.get(), [](SSL*, SSL_SESSION*) { return ++made, 0; });
  SSL_CTX_sess_set_remove_cb(server.get(), [](SSL_CTX*, SSL_SESSION*) { ++gone; });
  std::atomic<int> failed{0};
  std::atomic<int> reused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Session session;
      for (int i = 0; i < kRounds; ++i) {
        Meeting meeting = meet(client, server, session.get(), (i + t) % 4 != 0);
        if (!meeting.established) ++failed;
        if (meeting.reused) ++reused;
        session = std::move(meeting.session);
        unsigned char keys[80];
        if (i % 16 == 0 && SSL_CTX_get_tlsext_ticket_keys(server.get(), keys, 80) == 1) {
          SSL_CTX_set_tlsext_ticket_keys(server.get(), keys, 80);
        }
        if (i % 10 == 0) SSL_CTX_flush_sessions(server.get(), time(nullptr));
        if (t == 0 && i % 20 == 0) SSL_CTX_flush_sessions(client.get(), 0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(reused, kThreads * kRounds / 2);
  EXPECT_GE(made, kThreads * kRounds);
  SSL_CTX_flush_sessions(server.get(), 0);
  EXPECT_EQ(SSL_CTX_sess_number(server.get()), 0);
  EXPECT_GE(gone, 1);
}

// The same with the sessions themselves shared: many threads resume one of them.
TEST_F(SessionStore, ManyThreadsResumeOneSession) {
  for (const bool stateful : {false, true}) {
    if (stateful) SSL_CTX_set_options(server.get(), SSL_OP_NO_TICKET);
    const Meeting first = meet(client, server);
    std::atomic<int> established{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          if (meet(client, server, first.session.get(), i % 5 != 0).established) ++established;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(established, 80);
  }
}

}  // namespace
