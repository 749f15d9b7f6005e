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
  template <class Call>
  bool call(SSL* ssl, Call function) {
    counting = true;
    const int result = function();
    counting = false;
    const int error = SSL_get_error(ssl, result);
    const bool waits = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    if (result <= 0 && !waits) failed = ssl;
    return result > 0;
  }
  void talk() {
    bool done[2] = {};
    for (int round = 0; round < 10 && failed == nullptr && !(done[0] && done[1]); ++round) {
      done[0] = call(client.get(), [&] { return SSL_do_handshake(client.get()); });
      if (failed == nullptr) {
        done[1] = call(server.get(), [&] { return SSL_do_handshake(server.get()); });
      }
    }
    for (SSL* from : {server.get(), client.get()}) {
      SSL* to = from == server.get() ? client.get() : server.get();
      char text[100] = {};
      if (failed != nullptr) return;
      SSL_key_update(from, SSL_KEY_UPDATE_REQUESTED);
      const bool wrote = call(from, [&] { return SSL_write(from, text, sizeof text); });
      if (failed != nullptr) return;
      const bool got = call(to, [&] { return SSL_read(to, text, sizeof text); });
      ASSERT_TRUE((wrote && got) || failed != nullptr);
    }
    if (failed != nullptr) return;
    ASSERT_EQ(SSL_shutdown(client.get()), 0);
    ASSERT_EQ(SSL_shutdown(server.get()), 0);
  }
};

Duo run(const Context& client, const Context& server, SSL_SESSION* session) {
  Duo duo{Connection(SSL_new(client.get())), Connection(SSL_new(server.get()))};
  BIO* near = nullptr;
  BIO* far = nullptr;
  BIO_new_bio_pair(&near, 0, &far, 0);
  SSL_set_bio(duo.client.get(), near, near);
  SSL_set_bio(duo.server.get(), far, far);
  SSL_set_connect_state(duo.client.get());
  SSL_set_accept_state(duo.server.get());
  if (session != nullptr) SSL_set_session(duo.client.get(), session);
  allocations = 0;
  duo.talk();
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
  EXPECT_EQ(SSL_read(ssl, &byte, 1), -1);
  EXPECT_NE(SSL_get_error(ssl, -1), SSL_ERROR_WANT_READ);
  EXPECT_EQ(SSL_write(ssl, &byte, 1), -1);
  EXPECT_NE(SSL_get_error(ssl, -1), SSL_ERROR_WANT_WRITE);
  EXPECT_EQ(SSL_shutdown(ssl), -1);
}

void every_allocation_fails_once(const Context& client, const Context& server,
                                 SSL_SESSION* session) {
  failing = -1;
  ASSERT_EQ(run(client, server, session).failed, nullptr);
  const long total = allocations;
  ASSERT_GT(total, 50);
  for (long each = 0; each < total; ++each) {
    SCOPED_TRACE(each);
    ERR_clear_error();
    failing = each;
    const Duo duo = run(client, server, session);
    failing = -1;
    ASSERT_FALSE(testing::Test::HasFatalFailure());
    // Here and there memory that cannot be had is done without.
    if (duo.failed == nullptr) continue;
    EXPECT_TRUE(memory_ran_out());
    expect_dead(duo.failed);
  }
}

TEST(FailedAllocation, EndsAFullHandshakeAndWhatFollows) {
  const Context server = make_server();
  const Context client(SSL_CTX_new(TLS_client_method()));
  every_allocation_fails_once(client, server, nullptr);
}

TEST(FailedAllocation, EndsAResumptionAndWhatFollows) {
  const Context server = make_server();
  const Context client(SSL_CTX_new(TLS_client_method()));
  Duo first = run(client, server, nullptr);
  ASSERT_EQ(first.failed, nullptr);
  const Session session(SSL_get1_session(first.client.get()));
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
  const Context client(SSL_CTX_new(TLS_client_method()));
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
  const Context client(SSL_CTX_new(TLS_client_method()));
  every_allocation_fails_once(client, server, nullptr);
}

}  // namespace
