#include "keys/prf12.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include <string>

namespace ciao::tls {
namespace {

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

Bytes numbered(std::size_t size, unsigned first) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(first + i);
  return bytes;
}

// libcrypto's own PRF: an independent opinion.
Bytes libcrypto_prf(HashId hash, ByteView secret, std::string_view label, const Bytes& seed,
                    std::size_t size) {
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr);
  EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
  Bytes labelled = to_bytes(as_bytes(label));
  labelled.insert(labelled.end(), seed.begin(), seed.end());
  Bytes key = to_bytes(secret);
  std::string digest = hash == HashId::sha256 ? "SHA2-256" : "SHA2-384";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, key.data(), key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, labelled.data(), labelled.size()),
      OSSL_PARAM_construct_end()};
  Bytes out(size);
  EXPECT_EQ(EVP_KDF_derive(context, out.data(), out.size(), parameters), 1);
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  return out;
}

class Prf12 : public ::testing::TestWithParam<HashId> {
 protected:
  const HashId hash = GetParam();
  const Algorithms algorithms{nullptr, nullptr};
  const Bytes master = numbered(kMasterSecretSize, 1);
  const Bytes client_random = numbered(32, 0x40);
  const Bytes server_random = numbered(32, 0x80);

  static Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes bytes;
    for (const ByteView part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
  }
};
INSTANTIATE_TEST_SUITE_P(Hashes, Prf12, ::testing::Values(HashId::sha256, HashId::sha384),
                         [](const auto& test) {
                           return test.param == HashId::sha256 ? "sha256" : "sha384";
                         });

// The vectors that were published on the TLS working group's list for the PRF of RFC 5246.
TEST_P(Prf12, KnownAnswer) {
  struct Vector {
    const char* secret;
    const char* seed;
    const char* output;
  };
  const Vector sha256 = {
      "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
      "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14ba"
      "f9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a51"
      "10fff70187347b66"};
  const Vector sha384 = {
      "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
      "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c91"
      "46a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad0"
      "5d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa"
      "3be85e0990703d73e56f"};
  const Vector& vector = hash == HashId::sha256 ? sha256 : sha384;
  const Bytes expected = from_hex(vector.output);
  Bytes out(expected.size());
  const Bytes secret = from_hex(vector.secret);
  const Bytes seed = from_hex(vector.seed);
  ASSERT_TRUE(prf12(algorithms, hash, secret, "test label", {seed}, out));
  EXPECT_EQ(out, expected);
}

TEST_P(Prf12, EveryOutputSizeAgreesWithLibcrypto) {
  const Bytes seed = numbered(7, 9);
  for (std::size_t size = 1; size <= 200; ++size) {
    Bytes out(size);
    ASSERT_TRUE(prf12(algorithms, hash, master, "label", {seed}, out));
    EXPECT_EQ(out, libcrypto_prf(hash, master, "label", seed, size)) << size;
  }
}

TEST_P(Prf12, SecretsOfEverySizeAgreeWithLibcrypto) {
  // Longer than a block of the hash, too: HMAC then hashes the key first.
  for (const std::size_t size : {1U, 32U, 48U, 63U, 64U, 65U, 127U, 128U, 129U, 256U}) {
    const Bytes secret = numbered(size, 3);
    Bytes out(48);
    ASSERT_TRUE(prf12(algorithms, hash, secret, "label", {client_random, server_random}, out));
    EXPECT_EQ(out, libcrypto_prf(hash, secret, "label", joined({client_random, server_random}), 48))
        << size;
  }
}

// RFC 5246 §8.1: the client's random comes first.
TEST_P(Prf12, MasterSecret) {
  const Bytes premaster = numbered(66, 5);
  const auto secret = master_secret(algorithms, hash, premaster, client_random, server_random);
  ASSERT_TRUE(secret);
  EXPECT_EQ(to_bytes(secret->view()), libcrypto_prf(hash, premaster, "master secret",
                                                    joined({client_random, server_random}), 48));
}

TEST_P(Prf12, ExtendedMasterSecret) {
  const Bytes premaster = numbered(32, 5);
  const Bytes session_hash = numbered(hash_size(hash), 70);
  const auto secret = extended_master_secret(algorithms, hash, premaster, session_hash);
  ASSERT_TRUE(secret);
  EXPECT_EQ(to_bytes(secret->view()),
            libcrypto_prf(hash, premaster, "extended master secret", session_hash, 48));
}

TEST_P(Prf12, FinishedOfBothSides) {
  const Bytes transcript = numbered(hash_size(hash), 70);
  const auto client = verify_data12(algorithms, hash, master, Role::client, transcript);
  const auto server = verify_data12(algorithms, hash, master, Role::server, transcript);
  ASSERT_TRUE(client && server);
  EXPECT_EQ(to_bytes(client->view()),
            libcrypto_prf(hash, master, "client finished", transcript, kVerifyDataSize));
  EXPECT_EQ(to_bytes(server->view()),
            libcrypto_prf(hash, master, "server finished", transcript, kVerifyDataSize));
}

// RFC 5246 §6.3: here the server's random comes first; keys are cut from the block in the order of
// the struct. Every suite that ciao has.
TEST_P(Prf12, KeyBlockOfEverySuite) {
  int suites = 0;
  for (unsigned id = 0; id < 0x10000; ++id) {
    const Suite* suite = find_suite12(static_cast<std::uint16_t>(id));
    if (suite == nullptr || suite->hash != hash) continue;
    ++suites;
    SCOPED_TRACE(suite->name);
    const auto keys = key_block12(algorithms, *suite, master, client_random, server_random);
    ASSERT_TRUE(keys);
    const Bytes block =
        joined({keys->client_mac_key.view(), keys->server_mac_key.view(), keys->client_key.view(),
                keys->server_key.view(), keys->client_iv.view(), keys->server_iv.view()});
    EXPECT_EQ(block, libcrypto_prf(hash, master, "key expansion",
                                   joined({server_random, client_random}), block.size()));
    const std::string_view name = suite->name;
    const bool cbc = name.find("_CBC_") != std::string_view::npos;
    const bool chacha = name.find("CHACHA20") != std::string_view::npos;
    const std::size_t key = chacha || name.find("AES_256") != std::string_view::npos ? 32 : 16;
    std::size_t mac = 0;
    if (cbc) mac = name.ends_with("_SHA") ? 20 : name.ends_with("_SHA256") ? 32 : 48;
    EXPECT_EQ(keys->client_mac_key.size(), mac);
    EXPECT_EQ(keys->server_mac_key.size(), mac);
    EXPECT_EQ(keys->client_key.size(), key);
    EXPECT_EQ(keys->server_key.size(), key);
    // RFC 5246 §6.3 for CBC (the IV is in the record), RFC 5288 §3, RFC 7905 §2.
    EXPECT_EQ(keys->client_iv.size(), cbc ? 0U : chacha ? 12U : 4U);
    EXPECT_EQ(keys->server_iv.size(), keys->client_iv.size());
  }
  EXPECT_GT(suites, 5);
}

TEST_P(Prf12, ExporterWithoutWithEmptyAndWithContext) {
  const auto exported = [&](std::optional<ByteView> context) {
    Bytes out(50);
    EXPECT_TRUE(export_keying_material12(algorithms, hash, master, client_random, server_random,
                                         "EXPERIMENTAL label", context, out));
    return out;
  };
  const auto expected = [&](ByteView tail) {
    return libcrypto_prf(hash, master, "EXPERIMENTAL label",
                         joined({client_random, server_random, tail}), 50);
  };
  const Bytes zero = {0, 0};
  const Bytes some = {0, 3, 'a', 'b', 'c'};
  EXPECT_EQ(exported(std::nullopt), expected({}));
  EXPECT_EQ(exported(ByteView()), expected(zero));
  EXPECT_EQ(exported(as_bytes("abc")), expected(some));
  // About as long as libcrypto's own PRF takes.
  Bytes longer = {900 >> 8, 900 & 0xff};
  longer.resize(2 + 900, 7);
  EXPECT_EQ(exported(ByteView(longer).subspan(2)), expected(longer));
}

// RFC 5705 §4: the context's length has sixteen bits.
TEST_P(Prf12, ExporterTakesTheLongestContextAndNoLongerOne) {
  const Bytes context(0x10000, 1);
  Bytes out(32);
  const auto exported = [&](ByteView part) {
    return export_keying_material12(algorithms, hash, master, client_random, server_random, "label",
                                    part, out);
  };
  EXPECT_TRUE(exported(ByteView(context).first(0xffff)));
  EXPECT_FALSE(exported(context));
}

}  // namespace
}  // namespace ciao::tls
