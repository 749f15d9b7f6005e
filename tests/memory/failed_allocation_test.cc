// Each allocation of a connection's life fails in turn: the call says so, and the connection is at
// its end. A step that memory ran out in is half done; going on with it could leave a message out.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <memory>
#include <new>

#include "libssl/owned_for_tests.h"

// The two operators below are a pair, which g++ does not see when it inlines only one of them.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace {

// The allocation that fails, counted from the last reset; -1: none.
long failing = -1;
long allocations = 0;
bool counting = false;

void* allocate(std::size_t size) {
  if (counting && allocations++ == failing) return nullptr;
  return std::malloc(size == 0 ? 1 : size);
}

void* allocate_or_throw(std::size_t size) {
  void* block = allocate(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size); }
void* operator new[](std::size_t size) { return allocate_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }

namespace {

using namespace ciao::tls::testing;

Context make_server() {
  Context ctx(SSL_CTX_new(TLS_server_method()));
  EXPECT_TRUE(use_new_certificate(ctx.get()));
  return ctx;
}

// What one run came to: the connection that a call failed on, or null when all went well.
struct Duo {
  Connection client;
  Connection server;
  SSL* failed = nullptr;

  // Counts only inside the calls under test: not in the BIOs, which are libcrypto's, nor in gtest.
  // Nothing is called any more once a call has failed.
  template <class Call>
  bool call(SSL* ssl, Call function) {
    if (failed != nullptr) return false;
    counting = true;
    const int result = function(ssl);
    counting = false;
    const int error = SSL_get_error(ssl, result);
    const bool waits = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    if (result <= 0 && !waits) failed = ssl;
    return result > 0;
  }
  // Until both are through with it.
  void handshake() {
    bool done[2] = {};
    for (int round = 0; round < 10 && !(done[0] && done[1]); ++round) {
      done[0] = call(client.get(), SSL_do_handshake);
      done[1] = call(server.get(), SSL_do_handshake);
    }
    ASSERT_TRUE((done[0] && done[1]) || failed != nullptr);
  }
  void send(SSL* from) {
    SSL* to = from == server.get() ? client.get() : server.get();
    char text[100] = {};
    const bool wrote = call(from, [&](SSL* ssl) { return SSL_write(ssl, text, sizeof text); });
    const bool got = call(to, [&](SSL* ssl) { return SSL_read(ssl, text, sizeof text); });
    ASSERT_TRUE((wrote && got) || failed != nullptr);
  }
  void talk() {
    for (SSL* from : {server.get(), client.get()}) {
      // Only in TLS 1.3, which SSL_version() does not tell before the handshake.
      if (failed == nullptr && SSL_version(from) == TLS1_3_VERSION) {
        SSL_key_update(from, SSL_KEY_UPDATE_REQUESTED);
      }
      send(from);
    }
  }
  void close() {
    // "0: The shutdown is not yet finished" is no failure.
    const auto shut_down = [](SSL* ssl) { return SSL_shutdown(ssl) < 0 ? -1 : 1; };
    for (SSL* ssl : {client.get(), server.get(), client.get()}) call(ssl, shut_down);
    if (failed != nullptr) return;
    ASSERT_EQ(SSL_get_shutdown(client.get()), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
};

// What the two do, from the first handshake on.
using Script = void (*)(Duo&);

void handshake_and_talk(Duo& duo) {
  duo.handshake();
  duo.talk();
  duo.close();
}

Duo run(const Context& client, const Context& server, SSL_SESSION* session,
        Script script = handshake_and_talk) {
  Duo duo{Connection(SSL_new(client.get())), Connection(SSL_new(server.get()))};
  join(duo.client.get(), duo.server.get());
  if (session != nullptr) SSL_set_session(duo.client.get(), copy_of(session).get());
  allocations = 0;
  script(duo);
  return duo;
}

bool memory_ran_out() {
  bool found = false;
  while (const unsigned long error = ERR_get_error()) {
    found = found || ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
  }
  return found;
}

void expect_dead(SSL* ssl) {
  char byte = 0;
  EXPECT_STREQ(SSL_state_string(ssl), "SSLERR");
  EXPECT_EQ(SSL_do_handshake(ssl), -1);
  EXPECT_NE(SSL_get_error(ssl, -1), SSL_ERROR_WANT_READ);
  // 0 where early data was to be repeated, as in OpenSSL.
  EXPECT_LE(SSL_read(ssl, &byte, 1), 0);
  EXPECT_NE(SSL_get_error(ssl, -1), SSL_ERROR_WANT_READ);
  EXPECT_LE(SSL_write(ssl, &byte, 1), 0);
  EXPECT_NE(SSL_get_error(ssl, -1), SSL_ERROR_WANT_WRITE);
  EXPECT_EQ(SSL_shutdown(ssl), -1);
}

void every_allocation_fails_once(const Context& client, const Context& server, SSL_SESSION* session,
                                 Script script = handshake_and_talk) {
  failing = -1;
  // What is made once for the process is made before anything is counted.
  ASSERT_EQ(run(client, server, session, script).failed, nullptr);
  const Duo whole = run(client, server, session, script);
  ASSERT_EQ(whole.failed, nullptr);
  ASSERT_TRUE(session == nullptr || SSL_session_reused(whole.client.get()) == 1);
  const long total = allocations;
  long failed = 0;
  for (long each = 0; each < total; ++each) {
    SCOPED_TRACE(each);
    ERR_clear_error();
    failing = each;
    const Duo duo = run(client, server, session, script);
    failing = -1;
    ASSERT_FALSE(testing::Test::HasFatalFailure());
    if (duo.failed == nullptr) continue;
    ++failed;
    EXPECT_TRUE(memory_ran_out());
    expect_dead(duo.failed);
  }
  EXPECT_GT(total, 50);
  // There is none that could be done without.
  EXPECT_EQ(failed, total);
}

// The session of a connection of these two, with its ticket.
Session session_of(const Context& client, const Context& server) {
  const Duo first = run(client, server, nullptr);
  EXPECT_EQ(first.failed, nullptr);
  return Session(SSL_get1_session(first.client.get()));
}

Context make_client(int version = TLS1_3_VERSION) {
  Context ctx(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(ctx.get(), version);
  return ctx;
}

// --- TLS 1.3 ---

TEST(FailedAllocation, EndsAFullHandshakeAndWhatFollows) {
  const Context server = make_server();
  const Context client = make_client();
  every_allocation_fails_once(client, server, nullptr);
}

TEST(FailedAllocation, EndsAResumptionAndWhatFollows) {
  const Context server = make_server();
  const Context client = make_client();
  const Session session = session_of(client, server);
  every_allocation_fails_once(client, server, session.get());
}

// A key of the application's own, made before anything fails.
SSL_SESSION* own_key() {
  static const Session kKey = [] {
    const Context ctx(SSL_CTX_new(TLS_method()));
    const Connection ssl(SSL_new(ctx.get()));
    const unsigned char suite[] = {0x13, 0x02};  // the one that both sides put first
    const unsigned char secret[32] = {1};
    Session key(SSL_SESSION_new());
    SSL_SESSION_set_cipher(key.get(), SSL_CIPHER_find(ssl.get(), suite));
    SSL_SESSION_set_protocol_version(key.get(), TLS1_3_VERSION);
    SSL_SESSION_set1_master_key(key.get(), secret, sizeof secret);
    return key;
  }();
  SSL_SESSION_up_ref(kKey.get());
  return kKey.get();
}

TEST(FailedAllocation, EndsAHandshakeWithAKeyOfTheApplications) {
  SSL_SESSION_free(own_key());
  const Context server = make_server();
  const Context client = make_client();
  SSL_CTX_set_psk_use_session_callback(
      client.get(), [](SSL*, const EVP_MD*, const unsigned char** identity, std::size_t* size,
                       SSL_SESSION** key) {
        static const unsigned char kIdentity[] = "key";
        *identity = kIdentity;
        *size = 3;
        *key = own_key();
        return 1;
      });
  SSL_CTX_set_psk_find_session_callback(
      server.get(), [](SSL*, const unsigned char*, std::size_t, SSL_SESSION** key) {
        *key = own_key();
        return 1;
      });
  const Duo duo = run(client, server, nullptr);
  EXPECT_EQ(SSL_session_reused(duo.client.get()), 1);
  every_allocation_fails_once(client, server, nullptr);
}

TEST(FailedAllocation, EndsAHandshakeWithARetry) {
  const Context server = make_server();
  ASSERT_EQ(SSL_CTX_set1_groups_list(server.get(), "P-384"), 1);
  const Context client = make_client();
  every_allocation_fails_once(client, server, nullptr);
}

void send_early_data(Duo& duo) {
  char text[100] = {};
  std::size_t size = 0;
  duo.call(duo.client.get(),
           [&](SSL* ssl) { return SSL_write_early_data(ssl, text, sizeof text, &size); });
  duo.call(duo.server.get(), [&](SSL* ssl) {
    const int result = SSL_read_early_data(ssl, text, sizeof text, &size);
    return result == SSL_READ_EARLY_DATA_ERROR ? 0 : 1;
  });
  ASSERT_TRUE(duo.failed != nullptr ||
              SSL_get_early_data_status(duo.server.get()) == SSL_EARLY_DATA_ACCEPTED);
  handshake_and_talk(duo);
}

TEST(FailedAllocation, EndsEarlyData) {
  const Context server = make_server();
  SSL_CTX_set_max_early_data(server.get(), 1000);
  SSL_CTX_set_options(server.get(), SSL_OP_NO_ANTI_REPLAY);  // the same ticket again and again
  const Context client = make_client();
  const Session session = session_of(client, server);
  every_allocation_fails_once(client, server, session.get(), send_early_data);
}

void ask_for_a_certificate(Duo& duo) {
  duo.handshake();
  duo.call(duo.server.get(), SSL_verify_client_post_handshake);
  duo.call(duo.server.get(), SSL_do_handshake);
  duo.send(duo.server.get());
  duo.send(duo.client.get());
  ASSERT_TRUE(duo.failed != nullptr || SSL_get0_peer_certificate(duo.server.get()) != nullptr);
  duo.talk();
  duo.close();
}

TEST(FailedAllocation, EndsAuthenticationAfterTheHandshake) {
  const Context server = make_server();
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE,
                     [](int, X509_STORE_CTX*) { return 1; });
  const Context client = make_client();
  ASSERT_TRUE(use_new_certificate(client.get()));
  SSL_CTX_set_post_handshake_auth(client.get(), 1);
  every_allocation_fails_once(client, server, nullptr, ask_for_a_certificate);
}

// --- TLS 1.2 ---

TEST(FailedAllocation, EndsAFullHandshakeOfTls12) {
  const Context server = make_server();
  const Context client = make_client(TLS1_2_VERSION);
  every_allocation_fails_once(client, server, nullptr);
}

TEST(FailedAllocation, EndsAResumptionOfTls12) {
  const Context server = make_server();
  const Context client = make_client(TLS1_2_VERSION);
  const Session session = session_of(client, server);
  every_allocation_fails_once(client, server, session.get());
}

void renegotiate(Duo& duo) {
  duo.handshake();
  duo.call(duo.client.get(), SSL_renegotiate);
  // A server learns of it when it reads.
  bool done = false;
  for (int round = 0; round < 5 && !done; ++round) {
    char byte = 0;
    done = duo.call(duo.client.get(), SSL_do_handshake);
    duo.call(duo.server.get(), [&](SSL* ssl) { return SSL_read(ssl, &byte, 1); });
  }
  ASSERT_TRUE((done && SSL_num_renegotiations(duo.client.get()) == 1) || duo.failed != nullptr);
  duo.talk();
  duo.close();
}

TEST(FailedAllocation, EndsARenegotiation) {
  const Context server = make_server();
  SSL_CTX_set_options(server.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  const Context client = make_client(TLS1_2_VERSION);
  every_allocation_fails_once(client, server, nullptr, renegotiate);
}

}  // namespace
