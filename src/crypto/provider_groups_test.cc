// What a provider says of its groups is taken as little on trust as what a peer says.
#include "crypto/provider_groups.h"

#include <gtest/gtest.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <memory>

namespace ciao::tls {
namespace {

int nameless = 0;  // which of the group's three names has no text

int capabilities(void*, const char*, OSSL_CALLBACK* callback, void* arg) {
  static char text[] = "X25519";
  static int id = 0xfe01;
  static int bits = 128;
  static int lowest = 0x304;
  static int highest = 0;
  static const char* const kNames[] = {OSSL_CAPABILITY_TLS_GROUP_NAME,
                                       OSSL_CAPABILITY_TLS_GROUP_NAME_INTERNAL,
                                       OSSL_CAPABILITY_TLS_GROUP_ALG};
  const auto name = [](int at) {
    OSSL_PARAM made = OSSL_PARAM_construct_utf8_string(kNames[at], text, sizeof text - 1);
    if (at == nameless) made.data = nullptr;
    return made;
  };
  const OSSL_PARAM parameters[] = {
      name(0),
      name(1),
      name(2),
      OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_ID, &id),
      OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_SECURITY_BITS, &bits),
      OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_MIN_TLS, &lowest),
      OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_MAX_TLS, &highest),
      OSSL_PARAM_construct_end()};
  return callback(parameters, arg);
}

const OSSL_ALGORITHM* query(void*, int, int* no_cache) {
  *no_cache = 0;
  return nullptr;
}

int start(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
          void** context) {
  static const OSSL_DISPATCH kFunctions[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(query)},
      {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, reinterpret_cast<void (*)()>(capabilities)},
      {0, nullptr}};
  static int nothing;
  *out = kFunctions;
  *context = &nothing;
  return 1;
}

TEST(ProviderGroups, OneWithoutAnyOfItsNamesIsNone) {
  const std::unique_ptr<OSSL_LIB_CTX, decltype(&OSSL_LIB_CTX_free)> libctx(OSSL_LIB_CTX_new(),
                                                                           OSSL_LIB_CTX_free);
  ASSERT_EQ(OSSL_PROVIDER_add_builtin(libctx.get(), "nameless", start), 1);
  OSSL_PROVIDER* provider = OSSL_PROVIDER_load(libctx.get(), "nameless");
  ASSERT_NE(provider, nullptr);
  for (nameless = 0; nameless < 3; ++nameless) {
    EXPECT_TRUE(provider_groups(libctx.get(), nullptr, [](NamedGroup) { return false; }).empty());
  }
  OSSL_PROVIDER_unload(provider);
}

}  // namespace
}  // namespace ciao::tls
