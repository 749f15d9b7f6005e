// Callbacks that call the function in whose middle they run, or drop what it works on: refused, and
// the handshake under way is none the worse for it.
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <functional>
#include <string>
#include <utility>

#include "libssl/owned_for_tests.h"

// The macros of <openssl/ssl.h> cast as C does.
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace {

using namespace ciao::tls::testing;

struct Act {
  const char* name;
  void (*run)(SSL* ssl);
};
void PrintTo(const Act& act, std::ostream* out) { *out << act.name; }

char byte = 'x';
const Act kActs[] = {
    {"do_handshake", [](SSL* ssl) { EXPECT_EQ(SSL_do_handshake(ssl), -1); }},
    {"read", [](SSL* ssl) { EXPECT_EQ(SSL_read(ssl, &byte, 1), -1); }},
    {"write", [](SSL* ssl) { EXPECT_EQ(SSL_write(ssl, &byte, 1), -1); }},
    {"shutdown", [](SSL* ssl) { EXPECT_EQ(SSL_shutdown(ssl), -1); }},
    {"clear", [](SSL* ssl) { EXPECT_EQ(SSL_clear(ssl), 0); }},
    {"set_connect_state", [](SSL* ssl) { SSL_set_connect_state(ssl); }},
    {"set_accept_state", [](SSL* ssl) { SSL_set_accept_state(ssl); }},
    {"set_session", [](SSL* ssl) { EXPECT_EQ(SSL_set_session(ssl, nullptr), 0); }},
};

enum class Where { client_hello, server_name, certificate, alpn, status, verify, message, info };
constexpr const char* kWhereNames[] = {"client_hello", "server_name", "certificate", "alpn",
                                       "status",       "verify",      "message",     "info"};

// What the callbacks below do; one test runs at a time.
const Act* current = nullptr;
int runs = 0;

void act(SSL* ssl) {
  // Once is enough, and a callback may be inside another one.
  if (runs != 0) return;
  ++runs;
  current->run(ssl);
  EXPECT_EQ(ERR_GET_LIB(ERR_peek_last_error()), ERR_LIB_SSL);
  ERR_clear_error();
}

int on_client_hello(SSL* ssl, int*, void*) { return act(ssl), SSL_CLIENT_HELLO_SUCCESS; }
int on_server_name(SSL* ssl, int*, void*) { return act(ssl), SSL_TLSEXT_ERR_OK; }
int on_certificate(SSL* ssl, void*) { return act(ssl), 1; }
int on_status(SSL* ssl, void*) { return act(ssl), SSL_TLSEXT_ERR_NOACK; }
int on_alpn(SSL* ssl, const unsigned char** out, unsigned char* size, const unsigned char* in,
            unsigned, void*) {
  *out = in + 1;
  *size = in[0];
  return act(ssl), SSL_TLSEXT_ERR_OK;
}
int on_verify(int, X509_STORE_CTX* store) {
  act(static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())));
  return 1;
}
void on_message(int, int, int type, const void*, std::size_t, SSL* ssl, void*) {
  if (type == SSL3_RT_HANDSHAKE) act(ssl);
}
void on_info(const SSL* ssl, int where, int) {
  if ((where & SSL_CB_LOOP) != 0) act(const_cast<SSL*>(ssl));
}

using Case = std::tuple<Act, Where, int>;

class Reentry : public ::testing::TestWithParam<Case> {
 protected:
  static void set(SSL_CTX* ctx, Where where) {
    switch (where) {
      case Where::client_hello: SSL_CTX_set_client_hello_cb(ctx, on_client_hello, nullptr); break;
      case Where::server_name: SSL_CTX_set_tlsext_servername_callback(ctx, on_server_name); break;
      case Where::certificate: SSL_CTX_set_cert_cb(ctx, on_certificate, nullptr); break;
      case Where::alpn: SSL_CTX_set_alpn_select_cb(ctx, on_alpn, nullptr); break;
      case Where::status: SSL_CTX_set_tlsext_status_cb(ctx, on_status); break;
      case Where::verify: SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, on_verify); break;
      case Where::message: SSL_CTX_set_msg_callback(ctx, on_message); break;
      case Where::info: SSL_CTX_set_info_callback(ctx, on_info); break;
    }
  }

  // A handshake in which `ctx` has the callback; true when both sides come to its end.
  static bool meet(SSL_CTX* client_ctx, SSL_CTX* server_ctx) {
    const Connection client(SSL_new(client_ctx));
    const Connection server(SSL_new(server_ctx));
    BIO* near = nullptr;
    BIO* far = nullptr;
    EXPECT_EQ(BIO_new_bio_pair(&near, 0, &far, 0), 1);
    SSL_set_bio(client.get(), near, near);
    SSL_set_bio(server.get(), far, far);
    SSL_set_tlsext_host_name(client.get(), "localhost");
    SSL_set_tlsext_status_type(client.get(), TLSEXT_STATUSTYPE_ocsp);
    int at_client = 0;
    int at_server = 0;
    for (int i = 0; i < 20 && (at_client != 1 || at_server != 1); ++i) {
      at_client = SSL_connect(client.get());
      at_server = SSL_accept(server.get());
    }
    EXPECT_EQ(SSL_is_server(client.get()), 0);
    EXPECT_EQ(SSL_is_server(server.get()), 1);
    return at_client == 1 && at_server == 1;
  }
};

TEST_P(Reentry, IsRefused) {
  const auto& [wanted, where, version] = GetParam();
  for (const bool at_server : {true, false}) {
    SCOPED_TRACE(at_server ? "at the server" : "at the client");
    const Context client(SSL_CTX_new(TLS_method()));
    const Context server(SSL_CTX_new(TLS_method()));
    for (SSL_CTX* ctx : {client.get(), server.get()}) {
      ASSERT_TRUE(use_new_certificate(ctx));
      SSL_CTX_set_max_proto_version(ctx, version);
      SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    }
    SSL_CTX_set_alpn_protos(client.get(), reinterpret_cast<const unsigned char*>("\1a"), 2);
    SSL_CTX_set_session_id_context(server.get(), reinterpret_cast<const unsigned char*>("s"), 1);
    current = &wanted;
    runs = 0;
    set(at_server ? server.get() : client.get(), where);
    EXPECT_TRUE(meet(client.get(), server.get()));
    const bool servers_only =
        where == Where::client_hello || where == Where::alpn || where == Where::server_name;
    if (at_server || !servers_only) {
      EXPECT_EQ(runs, 1);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Callbacks, Reentry,
    ::testing::Combine(::testing::ValuesIn(kActs),
                       ::testing::Values(Where::client_hello, Where::server_name,
                                         Where::certificate, Where::alpn, Where::status,
                                         Where::verify, Where::message, Where::info),
                       ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION)),
    [](const auto& each) {
      return std::string(std::get<0>(each.param).name) + "_in_" +
             kWhereNames[static_cast<int>(std::get<1>(each.param))] +
             (std::get<2>(each.param) == TLS1_2_VERSION ? "_12" : "_13");
    });

// --- messages of ours that go between ------------------------------------------------------------

// What the callback of the outer call does, once.
void (*inner)(SSL* ssl) = nullptr;

void on_info_once(const SSL* ssl, int, int) {
  void (*const call)(SSL*) = std::exchange(inner, nullptr);
  if (call != nullptr) call(const_cast<SSL*>(ssl));
}

class Between : public ::testing::Test {
 protected:
  void meet(int version) {
    ASSERT_TRUE(use_new_certificate(server_context_.get()));
    SSL_CTX_set_max_proto_version(server_context_.get(), version);
    SSL_CTX_set_post_handshake_auth(client_context_.get(), 1);
    client_.reset(SSL_new(client_context_.get()));
    server_.reset(SSL_new(server_context_.get()));
    join(client_.get(), server_.get());
    for (int i = 0; i < 10 && SSL_is_init_finished(server_.get()) == 0; ++i) {
      (void)SSL_do_handshake(client_.get());
      (void)SSL_do_handshake(server_.get());
    }
    ASSERT_EQ(SSL_is_init_finished(server_.get()), 1);
    SSL_set_info_callback(server_.get(), on_info_once);
  }

  // The server writes; before that, or with it, goes what is owed.
  void write_while(void (*call)(SSL* ssl)) {
    inner = call;
    EXPECT_EQ(SSL_write(server_.get(), "outer", 5), 5);
    EXPECT_EQ(inner, nullptr);
    ERR_clear_error();
  }

  // All that has come to the client.
  std::string heard() {
    std::string all;
    char data[64];
    for (int i = 0; i < 4; ++i) {
      const int size = SSL_read(client_.get(), data, sizeof data);
      if (size > 0) all.append(data, static_cast<std::size_t>(size));
      (void)SSL_do_handshake(client_.get());
    }
    return all;
  }

  const Context client_context_{SSL_CTX_new(TLS_client_method())};
  const Context server_context_{SSL_CTX_new(TLS_server_method())};
  Connection client_;
  Connection server_;
};

// RFC 8446 §4.6.3: the answer to a KeyUpdate goes with the next write.
class BehindKeyUpdate : public Between {
 protected:
  void SetUp() override {
    meet(TLS1_3_VERSION);
    ASSERT_EQ(SSL_key_update(client_.get(), SSL_KEY_UPDATE_REQUESTED), 1);
    ASSERT_EQ(SSL_write(client_.get(), "x", 1), 1);
    ASSERT_EQ(SSL_read(server_.get(), &byte, 1), 1);
  }
};

// docs/DIFFERENCES.md: the outer write is under way.
TEST_F(BehindKeyUpdate, AnotherWriteIsRefused) {
  write_while([](SSL* ssl) {
    EXPECT_EQ(SSL_write(ssl, "inner", 5), -1);
    EXPECT_EQ(ERR_GET_REASON(ERR_peek_last_error()), SSL_R_BAD_WRITE_RETRY);
  });
  EXPECT_EQ(heard(), "outer");
}

TEST_F(BehindKeyUpdate, WhatDrivesIsRefused) {
  for (void (*call)(SSL*) : {+[](SSL* ssl) { EXPECT_EQ(SSL_read(ssl, &byte, 1), -1); },
                             +[](SSL* ssl) { EXPECT_EQ(SSL_peek(ssl, &byte, 1), -1); },
                             +[](SSL* ssl) { EXPECT_EQ(SSL_clear(ssl), 0); },
                             +[](SSL* ssl) { SSL_set_accept_state(ssl); }}) {
    write_while(call);
    EXPECT_EQ(heard(), "outer");
    ASSERT_EQ(SSL_key_update(client_.get(), SSL_KEY_UPDATE_REQUESTED), 1);
    ASSERT_EQ(SSL_write(client_.get(), "x", 1), 1);
    ASSERT_EQ(SSL_read(server_.get(), &byte, 1), 1);
  }
}

void on_record_once(int, int, int type, const void*, std::size_t, SSL* ssl, void*) {
  if (type != SSL3_RT_HEADER) return;
  void (*const call)(SSL*) = std::exchange(inner, nullptr);
  if (call != nullptr) call(ssl);
}

// The record of the CertificateRequest is sealed when its header is shown, and the KeyUpdate of the
// write in the callback changes the key behind it.
TEST_F(BehindKeyUpdate, AWriteGoesBehindTheRecordThatIsSealed) {
  SSL_set_verify(server_.get(), SSL_VERIFY_PEER, nullptr);
  ASSERT_EQ(SSL_verify_client_post_handshake(server_.get()), 1);
  SSL_set_info_callback(server_.get(), nullptr);
  SSL_set_msg_callback(server_.get(), on_record_once);
  inner = [](SSL* ssl) { EXPECT_EQ(SSL_write(ssl, "inner", 5), 5); };
  EXPECT_EQ(SSL_do_handshake(server_.get()), 1);
  EXPECT_EQ(inner, nullptr);
  EXPECT_EQ(heard(), "inner");
}

// RFC 5246 §7.4.1.1: a HelloRequest goes before what is written next.
class BehindHelloRequest : public Between {
 protected:
  void SetUp() override {
    meet(TLS1_2_VERSION);
    ASSERT_EQ(SSL_renegotiate(server_.get()), 1);
  }
};

TEST_F(BehindHelloRequest, AWriteGoesThrough) {
  write_while([](SSL* ssl) { EXPECT_EQ(SSL_write(ssl, "inner", 5), 5); });
}

TEST_F(BehindHelloRequest, ClearIsRefused) {
  write_while([](SSL* ssl) { EXPECT_EQ(SSL_clear(ssl), 0); });
  EXPECT_EQ(heard(), "outer");
}

}  // namespace
