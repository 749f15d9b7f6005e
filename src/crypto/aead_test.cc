#include "crypto/aead.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace ciao::tls {
namespace {

Bytes from_hex(const std::string& text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

AeadId aead_called(const std::string& name) {
  static const std::map<std::string, AeadId> kNames = {
      {"aes_128_gcm", AeadId::aes_128_gcm},
      {"aes_256_gcm", AeadId::aes_256_gcm},
      {"chacha20_poly1305", AeadId::chacha20_poly1305},
      {"aes_128_ccm", AeadId::aes_128_ccm},
      {"aes_128_ccm_8", AeadId::aes_128_ccm_8},
  };
  return kNames.at(name);
}

constexpr AeadId kAll[] = {AeadId::aes_128_gcm, AeadId::aes_256_gcm, AeadId::chacha20_poly1305,
                           AeadId::aes_128_ccm, AeadId::aes_128_ccm_8};

class AeadTest : public ::testing::Test {
 protected:
  Aead keyed(AeadId id, Direction direction, ByteView key) const {
    Aead aead;
    EXPECT_TRUE(aead.set_key(algorithms, id, direction, key));
    return aead;
  }
  Aead keyed(AeadId id, Direction direction) const {
    return keyed(id, direction, Bytes(aead_key_size(id), 0x42));
  }
  // The plaintext's last byte as the trailer, as a record's content type is.
  static Bytes seal(Aead& aead, ByteView nonce, ByteView aad, ByteView text) {
    Bytes out(text.size() + aead.tag_size());
    const std::size_t trailer = text.empty() ? 0 : 1;
    EXPECT_TRUE(aead.seal(nonce, aad, text.first(text.size() - trailer), text.last(trailer), out));
    return out;
  }
  static void expect_bad_mac(const Result<MutableBytes>& opened) {
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, Reason::decryption_failed_or_bad_record_mac);
    EXPECT_EQ(opened.error().alert, AlertDescription::bad_record_mac);
  }

  Algorithms algorithms{nullptr, nullptr};
  const Bytes nonce = Bytes(kAeadNonceSize, 7);
  const Bytes aad = {23, 3, 3, 0, 99};
};

TEST_F(AeadTest, AgreesWithTheKnownAnswers) {
  std::ifstream file(CIAO_TEST_VECTORS "/aead.json");
  const nlohmann::json cases = nlohmann::json::parse(file).at("cases");
  ASSERT_GE(cases.size(), 100u);
  int refused = 0;
  for (const nlohmann::json& each : cases) {
    SCOPED_TRACE(each.dump());
    const AeadId id = aead_called(each.at("aead"));
    const auto field = [&](const char* name) { return from_hex(each.at(name)); };
    Bytes sealed = field("sealed");
    if (each.at("valid")) {
      Aead sealer = keyed(id, Direction::seal, field("key"));
      EXPECT_EQ(seal(sealer, field("nonce"), field("aad"), field("text")), sealed);
    }
    Aead opener = keyed(id, Direction::open, field("key"));
    const Result<MutableBytes> opened = opener.open(field("nonce"), field("aad"), sealed);
    if (each.at("valid")) {
      ASSERT_TRUE(opened);
      EXPECT_TRUE(equal(*opened, field("text")));
    } else {
      expect_bad_mac(opened);
      ++refused;
    }
  }
  EXPECT_GE(refused, 30);
}

TEST_F(AeadTest, EveryChangedBitIsNoticed) {
  for (const AeadId id : kAll) {
    SCOPED_TRACE(static_cast<int>(id));
    Aead sealer = keyed(id, Direction::seal);
    Aead opener = keyed(id, Direction::open);
    const Bytes sealed = seal(sealer, nonce, aad, as_bytes("plain text"));
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
      Bytes changed = sealed;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      expect_bad_mac(opener.open(nonce, aad, changed));
    }
    Bytes other_nonce = nonce;
    other_nonce[11] ^= 1;
    Bytes copy = sealed;
    expect_bad_mac(opener.open(other_nonce, aad, copy));
    copy = sealed;
    expect_bad_mac(opener.open(nonce, ByteView(aad).first(4), copy));
    copy = sealed;
    EXPECT_TRUE(opener.open(nonce, aad, copy)) << "after failures";
  }
}

TEST_F(AeadTest, WhatIsShorterThanATagIsNotOpened) {
  for (const AeadId id : kAll) {
    Aead opener = keyed(id, Direction::open);
    for (std::size_t size = 0; size <= 64; ++size) {
      SCOPED_TRACE(size);
      Bytes sealed(size, 0x55);
      expect_bad_mac(opener.open(nonce, aad, sealed));
    }
  }
}

// Anyone on the path can cause the failure: the application's error queue must not tell of it.
TEST_F(AeadTest, AWrongTagLeavesTheErrorQueueAlone) {
  ERR_clear_error();
  for (const AeadId id : kAll) {
    Aead opener = keyed(id, Direction::open);
    Bytes sealed(40, 0x55);
    expect_bad_mac(opener.open(nonce, aad, sealed));
    EXPECT_EQ(ERR_peek_error(), 0u);
  }
}

TEST_F(AeadTest, ANewKeyReplacesTheOld) {
  for (const AeadId id : kAll) {
    SCOPED_TRACE(static_cast<int>(id));
    Aead sealer = keyed(id, Direction::seal);
    const Bytes before = seal(sealer, nonce, aad, as_bytes("text"));
    const Bytes key(aead_key_size(id), 0x43);
    ASSERT_TRUE(sealer.set_key(algorithms, id, Direction::seal, key));
    Bytes after = seal(sealer, nonce, aad, as_bytes("text"));
    EXPECT_NE(before, after);
    Aead opener = keyed(id, Direction::open, key);
    EXPECT_TRUE(opener.open(nonce, aad, after));
  }
}

TEST_F(AeadTest, RefusesAKeyOfTheWrongSizeAndNoAlgorithm) {
  Aead aead;
  EXPECT_FALSE(aead.set_key(algorithms, AeadId::aes_256_gcm, Direction::seal, Bytes(16)));
  EXPECT_FALSE(aead.set_key(algorithms, AeadId::aes_128_gcm, Direction::seal, Bytes(32)));
  EXPECT_FALSE(aead.set_key(algorithms, AeadId::none, Direction::seal, Bytes(16)));
  EXPECT_EQ(aead.id(), AeadId::none);
}

}  // namespace
}  // namespace ciao::tls
