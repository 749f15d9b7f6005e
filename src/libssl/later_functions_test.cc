// What OpenSSL 3.2 to 3.5 added, by its manual pages: there is no libssl on Debian 12 to compare
// with.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "libssl/later_prototypes.h"
#include "libssl/owned_for_tests.h"

// Those of them that ciao has no header for.
extern "C" {
int SSL_stream_conclude(SSL* s, uint64_t flags);
uint64_t SSL_get_stream_id(SSL* s);
int SSL_get_negotiated_server_cert_type(const SSL* s);
int SSL_add_expected_rpk(SSL* s, EVP_PKEY* rpk);
int SSL_compress_certs(SSL* s, int alg);
const SSL_METHOD* OSSL_QUIC_client_method(void);
}

namespace {

using namespace ciao::tls::testing;

class LaterFunctions : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(use_new_certificate(server_context_.get()));
    client_.reset(SSL_new(client_context_.get()));
    server_.reset(SSL_new(server_context_.get()));
    join(client_.get(), server_.get());
  }

  void shake_hands() {
    for (int i = 0; i < 10 && SSL_is_init_finished(server_.get()) == 0; ++i) {
      (void)SSL_do_handshake(client_.get());
      (void)SSL_do_handshake(server_.get());
    }
    ASSERT_EQ(SSL_is_init_finished(server_.get()), 1);
  }

  const Context client_context_{SSL_CTX_new(TLS_client_method())};
  const Context server_context_{SSL_CTX_new(TLS_server_method())};
  Connection client_;
  Connection server_;
};

// SSL_get0_group_name(3)
TEST_F(LaterFunctions, TheGroupHasAName) {
  EXPECT_EQ(SSL_get0_group_name(client_.get()), nullptr);
  std::string groups = "P-384";
  SSL_ctrl(client_.get(), SSL_CTRL_SET_GROUPS_LIST, 0, groups.data());
  shake_hands();
  EXPECT_STREQ(SSL_get0_group_name(client_.get()), "secp384r1");
  EXPECT_STREQ(SSL_get0_group_name(server_.get()), "secp384r1");
}

// SSL_get1_builtin_sigalgs(3): what a context can be given.
TEST_F(LaterFunctions, TheSignatureAlgorithmsOfAContextHaveNames) {
  char* names = SSL_get1_builtin_sigalgs(nullptr);
  ASSERT_NE(names, nullptr);
  const std::string all = ':' + std::string(names) + ':';
  for (const char* name : {"ecdsa_secp256r1_sha256", "ed25519", "rsa_pss_rsae_sha256"}) {
    EXPECT_NE(all.find(':' + std::string(name) + ':'), std::string::npos) << name;
  }
  EXPECT_EQ(SSL_CTX_ctrl(client_context_.get(), SSL_CTRL_SET_SIGALGS_LIST, 0, names), 1);
  OPENSSL_free(names);

  OSSL_LIB_CTX* bare = OSSL_LIB_CTX_new();
  OSSL_PROVIDER* null = OSSL_PROVIDER_load(bare, "null");
  names = SSL_get1_builtin_sigalgs(bare);
  EXPECT_STREQ(names, "");
  OPENSSL_free(names);
  OSSL_PROVIDER_unload(null);
  OSSL_LIB_CTX_free(bare);
}

struct Hello {
  int calls = 0;
  std::vector<int> present;
  std::vector<std::uint16_t> order;
  std::size_t count = 0;
  int too_few = -1;
  int without_count = -1;
};

int on_hello(SSL* ssl, int*, void* arg) {
  auto& hello = *static_cast<Hello*>(arg);
  ++hello.calls;
  int* types = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(SSL_client_hello_get1_extensions_present(ssl, &types, &size), 1);
  hello.present.assign(types, types + size);
  OPENSSL_free(types);
  EXPECT_EQ(SSL_client_hello_get_extension_order(ssl, nullptr, &hello.count), 1);
  hello.order.resize(hello.count);
  std::size_t room = hello.count - 1;
  hello.too_few = SSL_client_hello_get_extension_order(ssl, hello.order.data(), &room);
  hello.without_count = SSL_client_hello_get_extension_order(ssl, hello.order.data(), nullptr);
  room = hello.count;
  EXPECT_EQ(SSL_client_hello_get_extension_order(ssl, hello.order.data(), &room), 1);
  EXPECT_EQ(room, hello.count);
  return SSL_CLIENT_HELLO_SUCCESS;
}

// SSL_CTX_set_client_hello_cb(3)
TEST_F(LaterFunctions, TheOrderOfExtensionsIsTheHellos) {
  Hello hello;
  SSL_CTX_set_client_hello_cb(server_context_.get(), on_hello, &hello);
  std::size_t count = 1;
  EXPECT_EQ(SSL_client_hello_get_extension_order(server_.get(), nullptr, &count), 0);
  server_.reset(SSL_new(server_context_.get()));
  client_.reset(SSL_new(client_context_.get()));
  join(client_.get(), server_.get());
  shake_hands();
  EXPECT_EQ(hello.calls, 1);
  EXPECT_GT(hello.count, 5u);
  EXPECT_EQ(std::vector<int>(hello.order.begin(), hello.order.end()), hello.present);
  EXPECT_EQ(hello.too_few, 0);
  EXPECT_EQ(hello.without_count, 0);
}

// SSL_get_handshake_rtt(3)
TEST_F(LaterFunctions, TheRoundTripIsThatOfTheFirstFlight) {
  static constexpr std::int64_t kWait = 20000;  // the peer takes its time, and is seen to
  const auto wait = [] { std::this_thread::sleep_for(std::chrono::microseconds(kWait)); };
  uint64_t rtt = 0;
  const std::int64_t begun = ciao::tls::steady_clock_us();
  (void)SSL_do_handshake(client_.get());
  EXPECT_EQ(SSL_get_handshake_rtt(client_.get(), &rtt), 0);
  wait();
  const std::int64_t answering = ciao::tls::steady_clock_us();
  (void)SSL_do_handshake(server_.get());
  EXPECT_EQ(SSL_get_handshake_rtt(server_.get(), &rtt), 0);
  wait();
  shake_hands();
  const std::int64_t ended = ciao::tls::steady_clock_us();
  ASSERT_EQ(SSL_get_handshake_rtt(client_.get(), &rtt), 1);
  EXPECT_GE(static_cast<std::int64_t>(rtt), 2 * kWait);
  EXPECT_LE(static_cast<std::int64_t>(rtt), ended - begun);
  ASSERT_EQ(SSL_get_handshake_rtt(server_.get(), &rtt), 1);
  EXPECT_GE(static_cast<std::int64_t>(rtt), kWait);
  EXPECT_LE(static_cast<std::int64_t>(rtt), ended - answering);
  SSL_clear(client_.get());
  EXPECT_EQ(SSL_get_handshake_rtt(client_.get(), &rtt), 0);
  SSL_set_accept_state(server_.get());
  EXPECT_EQ(SSL_get_handshake_rtt(server_.get(), &rtt), 0);
}

// SSL_write_ex2(3): the flags are for QUIC.
TEST_F(LaterFunctions, WritingTakesNoFlags) {
  shake_hands();
  std::size_t written = 0;
  EXPECT_EQ(SSL_write_ex2(client_.get(), "ciao", 4, 1, &written), 0);
  EXPECT_EQ(ERR_GET_REASON(ERR_peek_last_error()), ERR_R_PASSED_INVALID_ARGUMENT);
  ERR_clear_error();
  EXPECT_EQ(SSL_write_ex2(client_.get(), "ciao", 4, 0, &written), 1);
  EXPECT_EQ(written, 4u);
  char data[8] = {};
  EXPECT_EQ(SSL_read(server_.get(), data, sizeof data), 4);
  EXPECT_STREQ(data, "ciao");
}

std::vector<std::size_t>& lengths() {
  static std::vector<std::size_t> list;
  return list;
}

void note_header(int write_p, int, int content_type, const void* bytes, std::size_t, SSL*, void*) {
  const auto* header = static_cast<const unsigned char*>(bytes);
  if (write_p != 0 && content_type == SSL3_RT_HEADER && header[0] == SSL3_RT_APPLICATION_DATA) {
    lengths().push_back(static_cast<std::size_t>(header[3] << 8 | header[4]));
  }
}

// SSL_CTX_set_block_padding_ex(3)
TEST_F(LaterFunctions, HandshakeAndDataHaveTheirOwnPadding) {
  constexpr std::size_t kTag = 16;
  EXPECT_EQ(SSL_set_block_padding_ex(server_.get(), 16385, 0), 0);
  EXPECT_EQ(SSL_set_block_padding_ex(server_.get(), 0, 16385), 0);
  EXPECT_EQ(SSL_CTX_set_block_padding_ex(server_context_.get(), 0, 16385), 0);
  ASSERT_EQ(SSL_set_block_padding_ex(server_.get(), 100, 1000), 1);
  SSL_set_msg_callback(server_.get(), note_header);
  lengths().clear();
  shake_hands();
  ASSERT_FALSE(lengths().empty());
  for (const std::size_t length : lengths()) EXPECT_EQ((length - kTag) % 1000, 0u);
  lengths().clear();
  EXPECT_EQ(SSL_write(server_.get(), "ciao", 4), 4);
  EXPECT_EQ(lengths(), std::vector<std::size_t>{100 + kTag});
}

// SSL_shutdown(3): without QUIC the arguments do not count.
TEST_F(LaterFunctions, ShutdownExIsShutdown) {
  shake_hands();
  EXPECT_EQ(SSL_shutdown_ex(client_.get(), 1, nullptr, 0), 0);
  EXPECT_EQ(SSL_get_shutdown(client_.get()), SSL_SENT_SHUTDOWN);
  EXPECT_EQ(SSL_shutdown_ex(server_.get(), 0, nullptr, 0), 0);
  EXPECT_EQ(SSL_shutdown_ex(server_.get(), 0, nullptr, 0), 1);
  EXPECT_EQ(SSL_shutdown_ex(client_.get(), 0, nullptr, 0), 1);
}

// SSL_SESSION_get_time(3), d2i_SSL_SESSION(3), SSL_CTX_flush_sessions(3)
TEST_F(LaterFunctions, SessionsKnowTimesBehind2038) {
  shake_hands();
  char byte = 0;
  (void)SSL_read(client_.get(), &byte, 1);
  SSL_SESSION* session = SSL_get0_session(client_.get());
  constexpr time_t kLate = 5000000000;
  EXPECT_EQ(SSL_SESSION_set_time_ex(session, kLate), kLate);
  EXPECT_EQ(SSL_SESSION_get_time_ex(session), kLate);
  EXPECT_EQ(SSL_SESSION_set_time_ex(nullptr, kLate), 0);
  EXPECT_EQ(SSL_SESSION_get_time_ex(nullptr), 0);

  unsigned char* der = nullptr;
  const int size = i2d_SSL_SESSION(session, &der);
  const unsigned char* at = der;
  OSSL_LIB_CTX* libctx = OSSL_LIB_CTX_new();
  const Session read(d2i_SSL_SESSION_ex(nullptr, &at, size, libctx, nullptr));
  ASSERT_TRUE(read);
  EXPECT_EQ(at, der + size);
  EXPECT_EQ(SSL_SESSION_get_time_ex(read.get()), kLate);
  EXPECT_NE(SSL_SESSION_get0_peer(read.get()), nullptr);
  at = der;
  EXPECT_EQ(d2i_SSL_SESSION_ex(nullptr, &at, size - 1, libctx, nullptr), nullptr);
  EXPECT_EQ(at, der);
  OSSL_LIB_CTX_free(libctx);
  ERR_clear_error();
  OPENSSL_free(der);

  SSL_CTX_set_session_cache_mode(client_context_.get(), SSL_SESS_CACHE_CLIENT);
  EXPECT_EQ(SSL_CTX_add_session(client_context_.get(), read.get()), 1);
  SSL_SESSION_set_timeout(read.get(), 100);
  SSL_CTX_flush_sessions_ex(client_context_.get(), kLate + 99);
  EXPECT_EQ(SSL_CTX_sess_number(client_context_.get()), 1);
  SSL_CTX_flush_sessions_ex(client_context_.get(), kLate + 101);
  EXPECT_EQ(SSL_CTX_sess_number(client_context_.get()), 0);
}

// SSL_get0_connection(3), SSL_get0_listener(3), SSL_get0_domain(3)
TEST_F(LaterFunctions, AnSslIsAConnectionOfTls) {
  SSL* ssl = client_.get();
  EXPECT_EQ(SSL_is_tls(ssl), 1);
  EXPECT_EQ(SSL_is_quic(ssl), 0);
  EXPECT_EQ(SSL_is_connection(ssl), 1);
  EXPECT_EQ(SSL_is_connection(nullptr), 0);
  EXPECT_EQ(SSL_is_listener(ssl), 0);
  EXPECT_EQ(SSL_is_domain(ssl), 0);
  EXPECT_EQ(SSL_get0_connection(ssl), ssl);
  EXPECT_EQ(SSL_get0_listener(ssl), nullptr);
  EXPECT_EQ(SSL_get0_domain(ssl), nullptr);
}

// SSL_handle_events(3), SSL_get_event_timeout(3), SSL_get_rpoll_descriptor(3)
TEST_F(LaterFunctions, EventLoopsLearnWhatToWaitFor) {
  SSL* ssl = client_.get();
  EXPECT_EQ(SSL_handle_events(ssl), 1);
  timeval time{};
  int is_infinite = 0;
  EXPECT_EQ(SSL_get_event_timeout(ssl, &time, &is_infinite), 1);
  EXPECT_EQ(is_infinite, 1);

  bio_poll_descriptor_st descriptor{};
  EXPECT_EQ(SSL_get_rpoll_descriptor(ssl, &descriptor), 0);  // a pair of BIOs has none
  int in[2];
  int out[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, in), 0);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, out), 0);
  SSL_set_fd(ssl, in[0]);
  SSL_set_wfd(ssl, out[0]);
  ASSERT_EQ(SSL_get_rpoll_descriptor(ssl, &descriptor), 1);
  EXPECT_EQ(descriptor.type, static_cast<std::uint32_t>(BIO_POLL_DESCRIPTOR_TYPE_SOCK_FD));
  EXPECT_EQ(descriptor.value.fd, in[0]);
  ASSERT_EQ(SSL_get_wpoll_descriptor(ssl, &descriptor), 1);
  EXPECT_EQ(descriptor.value.fd, out[0]);

  EXPECT_EQ(SSL_net_read_desired(ssl), 0);
  EXPECT_EQ(SSL_net_write_desired(ssl), 0);
  EXPECT_EQ(SSL_do_handshake(ssl), -1);
  EXPECT_EQ(SSL_net_read_desired(ssl), 1);
  EXPECT_EQ(SSL_net_write_desired(ssl), 0);
  client_.reset();
  for (const int fd : {in[0], in[1], out[0], out[1]}) close(fd);
}

// An object or a place for the answer that is not there. The manual pages say nothing of it, or
// that it may not be.
TEST_F(LaterFunctions, NullIsRefused) {
  shake_hands();
  SSL* const ssl = client_.get();
  const auto refused = [] {
    const unsigned long error = ERR_get_error();
    return ERR_GET_REASON(error) == ERR_R_PASSED_NULL_PARAMETER && ERR_get_error() == 0;
  };
  ERR_clear_error();
  std::size_t size = 0;
  uint64_t rtt = 0;
  timeval time{};
  int is_infinite = 0;
  bio_poll_descriptor_st descriptor{};
  EXPECT_EQ(SSL_get0_group_name(nullptr), nullptr);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_client_hello_get_extension_order(nullptr, nullptr, &size), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_client_hello_get_extension_order(ssl, nullptr, nullptr), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_get_handshake_rtt(nullptr, &rtt), -1);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_get_handshake_rtt(ssl, nullptr), -1);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_write_ex2(nullptr, "ciao", 4, 0, &size), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_write_ex2(ssl, nullptr, 4, 0, &size), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_write_ex2(ssl, "ciao", 4, 0, nullptr), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_CTX_set_block_padding_ex(nullptr, 1, 1), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_set_block_padding_ex(nullptr, 1, 1), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_shutdown_ex(nullptr, 0, nullptr, 0), -1);
  EXPECT_TRUE(refused());
  EXPECT_EQ(d2i_SSL_SESSION_ex(nullptr, nullptr, 1, nullptr, nullptr), nullptr);
  EXPECT_TRUE(refused());
  const unsigned char* nothing = nullptr;
  EXPECT_EQ(d2i_SSL_SESSION_ex(nullptr, &nothing, 1, nullptr, nullptr), nullptr);
  EXPECT_TRUE(refused());
  SSL_CTX_flush_sessions_ex(nullptr, 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_handle_events(nullptr), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_get_event_timeout(nullptr, &time, &is_infinite), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_get_event_timeout(ssl, nullptr, &is_infinite), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_get_event_timeout(ssl, &time, nullptr), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_get_rpoll_descriptor(nullptr, &descriptor), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_get_rpoll_descriptor(ssl, nullptr), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_get_wpoll_descriptor(nullptr, &descriptor), 0);
  EXPECT_TRUE(refused());
  EXPECT_EQ(SSL_get_wpoll_descriptor(ssl, nullptr), 0);
  EXPECT_TRUE(refused());
}

// Questions that nothing is the answer to.
TEST_F(LaterFunctions, NothingIsNoConnection) {
  ERR_clear_error();
  EXPECT_EQ(SSL_is_tls(nullptr), 0);
  EXPECT_EQ(SSL_is_quic(nullptr), 0);
  EXPECT_EQ(SSL_is_listener(nullptr), 0);
  EXPECT_EQ(SSL_is_domain(nullptr), 0);
  EXPECT_EQ(SSL_get0_connection(nullptr), nullptr);
  EXPECT_EQ(SSL_get0_listener(nullptr), nullptr);
  EXPECT_EQ(SSL_get0_domain(nullptr), nullptr);
  EXPECT_EQ(SSL_net_read_desired(nullptr), 0);
  EXPECT_EQ(SSL_net_write_desired(nullptr), 0);
  EXPECT_EQ(SSL_get_stream_id(nullptr), UINT64_MAX);
  EXPECT_EQ(SSL_get_negotiated_server_cert_type(nullptr), 0);
  EXPECT_EQ(ERR_peek_error(), 0u);
}

// What is left out says so, or answers as for a connection that is not of QUIC.
TEST_F(LaterFunctions, WhatIsLeftOutSaysSo) {
  ERR_clear_error();
  EXPECT_EQ(SSL_get_stream_id(client_.get()), UINT64_MAX);
  EXPECT_EQ(SSL_get_negotiated_server_cert_type(client_.get()), 0);
  EXPECT_EQ(ERR_peek_error(), 0u);
  const auto unsupported = [] {
    const unsigned long error = ERR_get_error();
    ERR_clear_error();
    return ERR_GET_REASON(error) == ERR_R_UNSUPPORTED;
  };
  EXPECT_EQ(SSL_stream_conclude(client_.get(), 0), 0);
  EXPECT_TRUE(unsupported());
  EXPECT_EQ(SSL_add_expected_rpk(client_.get(), nullptr), 0);
  EXPECT_TRUE(unsupported());
  EXPECT_EQ(SSL_compress_certs(client_.get(), 0), 0);
  EXPECT_TRUE(unsupported());
  EXPECT_EQ(OSSL_QUIC_client_method(), nullptr);
  EXPECT_TRUE(unsupported());
}

}  // namespace
