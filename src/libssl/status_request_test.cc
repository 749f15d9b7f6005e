// What a server makes of a client's status_request (RFC 6066 §8).
#include "libssl/status_request.h"

#include <gtest/gtest.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "libssl/owned_for_tests.h"
#include "libssl/ssl_st.h"
#include "wire/writer.h"

// The macros of <openssl/ssl.h> cast as C does.
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace ciao::tls::testing {
namespace {

// ResponderID: byName, of a name without a part.
constexpr std::uint8_t kId[] = {0xa1, 0x02, 0x30, 0x00};
// Extensions: one, with the object identifier 1.2 and an empty value.
constexpr std::uint8_t kExtensions[] = {0x30, 0x07, 0x30, 0x05, 0x06, 0x01, 0x2a, 0x04, 0x00};

Bytes request(std::size_t ids, ByteView id = kId, ByteView extensions = kExtensions) {
  Bytes content;
  Writer body(content);
  body.u8(TLSEXT_STATUSTYPE_ocsp);
  {
    const Writer::Scope list = body.scope16();
    for (std::size_t i = 0; i < ids; ++i) body.vector16(id);
  }
  body.vector16(extensions);
  EXPECT_TRUE(body.finish());
  return content;
}

class StatusRequest : public ::testing::Test {
 protected:
  int ids() {
    STACK_OF(OCSP_RESPID)* stack = nullptr;
    SSL_get_tlsext_status_ids(server.get(), &stack);
    return sk_OCSP_RESPID_num(stack);
  }
  int extensions() {
    STACK_OF(X509_EXTENSION)* stack = nullptr;
    SSL_get_tlsext_status_exts(server.get(), &stack);
    return sk_X509_EXTENSION_num(stack);
  }

  const Context context{SSL_CTX_new(TLS_server_method())};
  const Connection server{SSL_new(context.get())};
};

TEST_F(StatusRequest, IsToldWhenItIsAskedFor) {
  take_status_request(server.get(), request(3));
  EXPECT_EQ(ids(), 3);
  EXPECT_EQ(extensions(), 1);
  EXPECT_EQ(ids(), 3);
}

// 64 KiB of it would be 2.5 MiB of libcrypto's objects in each of an attacker's connections.
TEST_F(StatusRequest, TakesNoMoreMemoryThanItHasBytes) {
  const Bytes content = request(10'000);
  take_status_request(server.get(), content);
  EXPECT_EQ(server->cold->ocsp_ids, nullptr);
  EXPECT_EQ(server->cold->ocsp_extensions, nullptr);
  EXPECT_EQ(server->cold->status_request.size(), content.size());
  EXPECT_EQ(ids(), 10'000);
  EXPECT_TRUE(server->cold->status_request.empty());
}

TEST_F(StatusRequest, OfASecondClientHelloTakesThePlaceOfTheFirst) {
  take_status_request(server.get(), request(3));
  EXPECT_EQ(ids(), 3);
  take_status_request(server.get(), request(2, kId, {}));
  EXPECT_EQ(ids(), 2);
  EXPECT_EQ(extensions(), -1);
  take_status_request(server.get(), request(0, kId, {}));
  EXPECT_EQ(ids(), -1);
}

TEST_F(StatusRequest, OfWhichNothingCanBeReadSaysNothing) {
  constexpr std::uint8_t kNoDer[] = {0xff, 0x01};
  take_status_request(server.get(), request(2, kNoDer, kNoDer));
  EXPECT_EQ(ids(), -1);
  EXPECT_EQ(extensions(), -1);
}

}  // namespace
}  // namespace ciao::tls::testing
