#include "record/cbc_protection.h"

#include <gtest/gtest.h>

#include <tuple>

namespace ciao::tls {
namespace {

constexpr std::size_t kMaxContent = 16384;

Bytes content_of(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + size);
  return bytes;
}

using Form = std::tuple<CbcId, MacId, bool>;

// The two directions of one connection's records, and the means to seal what no honest peer does.
class CbcProtectionTest : public ::testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sealer.install(cipher, mac, Direction::seal, mac_key, key, encrypt_then_mac));
    ASSERT_TRUE(opener.install(cipher, mac, Direction::open, mac_key, key, encrypt_then_mac));
    ASSERT_TRUE(raw_cipher.set_key(algorithms, cipher, Direction::seal, key));
    ASSERT_TRUE(raw_mac.set_key(algorithms, mac, mac_key));
  }

  static MacHeader header(std::size_t size) {
    MacHeader bytes = {0, 1, 2, 3, 4, 5, 6, 7, 23, 3, 3};
    set_mac_size(bytes, size);
    return bytes;
  }
  Bytes sealed(ByteView content) {
    Bytes out(sealer.sealed_size(content.size()));
    EXPECT_TRUE(sealer.seal(header(content.size()), content, out));
    return out;
  }
  // A record whose MAC is right for `content`, with exactly this padding (its length byte
  // included).
  Bytes sealed_with_padding(ByteView content, ByteView padding) {
    Bytes text = to_bytes(content);
    if (!encrypt_then_mac) append_mac(header(content.size()), content, text);
    text.insert(text.end(), padding.begin(), padding.end());
    EXPECT_EQ(text.size() % kCbcBlockSize, 0U);
    Bytes out(kCbcIvSize, 0x5a);
    out.insert(out.end(), text.begin(), text.end());
    EXPECT_TRUE(raw_cipher.crypt(Bytes(kCbcIvSize, 0x5a), MutableBytes(out).subspan(kCbcIvSize)));
    if (encrypt_then_mac) append_mac(header(out.size()), Bytes(out), out);
    return out;
  }
  void append_mac(const MacHeader& covered_header, ByteView covered, Bytes& out) {
    Bytes value(mac_size(mac));
    EXPECT_TRUE(raw_mac.compute(covered_header, covered, value));
    out.insert(out.end(), value.begin(), value.end());
  }
  // Sizes of content that fill a block up to this many bytes of padding, the length byte included.
  std::size_t content_before_padding(std::size_t padding) const {
    const std::size_t covered = (encrypt_then_mac ? 0 : mac_size(mac)) + padding;
    return 4 * kCbcBlockSize - covered % kCbcBlockSize;
  }
  Result<MutableBytes> open(Bytes& record) { return opener.open(header(0), record); }
  void expect_opens(Bytes record, ByteView content) {
    const auto opened = open(record);
    ASSERT_TRUE(opened) << "reason " << static_cast<int>(opened.error().reason);
    EXPECT_TRUE(equal(*opened, content));
  }
  void expect_refused(Bytes record) {
    const auto opened = open(record);
    ASSERT_FALSE(opened);
    // One alert and one reason, whatever is wrong.
    EXPECT_EQ(opened.error().reason, Reason::decryption_failed_or_bad_record_mac);
    EXPECT_EQ(code(opened.error().alert), code(AlertDescription::bad_record_mac));
  }

  const CbcId cipher = std::get<0>(GetParam());
  const MacId mac = std::get<1>(GetParam());
  const bool encrypt_then_mac = std::get<2>(GetParam());
  const Algorithms algorithms{nullptr, nullptr};
  const Bytes key = content_of(cbc_key_size(cipher));
  const Bytes mac_key = content_of(mac_size(mac));
  CbcProtection sealer{algorithms};
  CbcProtection opener{algorithms};
  CbcCipher raw_cipher;
  RecordMac raw_mac;
};

std::string name_of(const ::testing::TestParamInfo<Form>& test) {
  const auto& [cipher, mac, etm] = test.param;
  std::string name = cipher == CbcId::aes_128 ? "aes128" : "aes256";
  name += mac == MacId::sha1 ? "_sha1" : mac == MacId::sha256 ? "_sha256" : "_sha384";
  return name + (etm ? "_encrypt_then_mac" : "_mac_then_encrypt");
}
INSTANTIATE_TEST_SUITE_P(Forms, CbcProtectionTest,
                         ::testing::Combine(::testing::Values(CbcId::aes_128, CbcId::aes_256),
                                            ::testing::Values(MacId::sha1, MacId::sha256,
                                                              MacId::sha384),
                                            ::testing::Bool()),
                         name_of);

TEST_P(CbcProtectionTest, EverySizeOpensAgain) {
  const auto check = [&](std::size_t size) {
    SCOPED_TRACE(size);
    const Bytes content = content_of(size);
    const Bytes record = sealed(content);
    EXPECT_LE(record.size(), size + sealer.overhead());
    expect_opens(record, content);
  };
  for (std::size_t size = 0; size <= 300; ++size) check(size);
  for (std::size_t size = kMaxContent - 80; size <= kMaxContent + 80; ++size) check(size);
}

// RFC 5246 §6.2.3.2: "MUST be unpredictable": at least it is another one each time.
TEST_P(CbcProtectionTest, EachRecordHasItsOwnIv) {
  const Bytes content = content_of(10);
  const Bytes a = sealed(content);
  const Bytes b = sealed(content);
  EXPECT_FALSE(equal(ByteView(a).first(kCbcIvSize), ByteView(b).first(kCbcIvSize)));
}

TEST_P(CbcProtectionTest, EachChangedBitIsRefused) {
  for (const std::size_t size : {0U, 1U, 15U, 33U, 100U}) {
    const Bytes record = sealed(content_of(size));
    for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
      SCOPED_TRACE(bit);
      Bytes changed = record;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      expect_refused(changed);
    }
  }
}

TEST_P(CbcProtectionTest, EachByteOfTheHeaderIsCovered) {
  const Bytes content = content_of(20);
  const Bytes record = sealed(content);
  // The last two are the size, which the opener finds out by itself.
  for (std::size_t i = 0; i + 2 < kMacHeaderSize; ++i) {
    MacHeader changed = header(0);
    changed[i] ^= 1;
    Bytes copy = record;
    EXPECT_FALSE(opener.open(changed, copy)) << i;
  }
}

TEST_P(CbcProtectionTest, EveryLengthOfPaddingThatFits) {
  for (std::size_t padding = 1; padding <= 256; ++padding) {
    SCOPED_TRACE(padding);
    const Bytes content = content_of(content_before_padding(padding));
    expect_opens(
        sealed_with_padding(content, Bytes(padding, static_cast<std::uint8_t>(padding - 1))),
        content);
  }
}

// POODLE in TLS (CVE-2014-8730): every byte of the padding counts.
TEST_P(CbcProtectionTest, EachWrongByteOfPaddingIsRefused) {
  for (const std::size_t padding : {1U, 2U, 16U, 17U, 32U, 255U, 256U}) {
    const Bytes content = content_of(content_before_padding(padding));
    const Bytes right(padding, static_cast<std::uint8_t>(padding - 1));
    for (std::size_t i = 0; i + 1 < padding; ++i) {
      for (const unsigned difference : {0x01U, 0x80U, 0xffU}) {
        Bytes wrong = right;
        wrong[i] ^= static_cast<std::uint8_t>(difference);
        SCOPED_TRACE(i);
        expect_refused(sealed_with_padding(content, wrong));
      }
    }
  }
}

TEST_P(CbcProtectionTest, EachWrongLengthOfPaddingIsRefused) {
  for (const std::size_t padding : {1U, 16U, 200U}) {
    const Bytes content = content_of(content_before_padding(padding));
    for (unsigned last = 0; last < 256; ++last) {
      if (last == padding - 1) continue;
      // Without a MAC inside, what comes before a padding of one byte is content.
      if (encrypt_then_mac && last == 0) continue;
      SCOPED_TRACE(last);
      Bytes wrong(padding, static_cast<std::uint8_t>(padding - 1));
      wrong.back() = static_cast<std::uint8_t>(last);
      expect_refused(sealed_with_padding(content, wrong));
    }
  }
}

// CVE-2016-2107: whole blocks of well-formed padding that leave no room for a MAC.
TEST_P(CbcProtectionTest, RecordsOfNothingButPaddingAreRefused) {
  for (std::size_t blocks = 1; blocks <= 16; ++blocks) {
    for (unsigned value = 0; value < 256; ++value) {
      Bytes record((1 + blocks) * kCbcBlockSize, static_cast<std::uint8_t>(value));
      ASSERT_TRUE(raw_cipher.crypt(Bytes(kCbcIvSize, static_cast<std::uint8_t>(value)),
                                   MutableBytes(record).subspan(kCbcIvSize)));
      SCOPED_TRACE(value);
      expect_refused(record);
    }
  }
}

// The last byte is then one of the MAC, or of the content, and no padding.
TEST_P(CbcProtectionTest, NoPaddingAtAllIsRefused) {
  for (unsigned more = 0; more < 20; ++more) {
    Bytes content(content_before_padding(0), static_cast<std::uint8_t>(40 + more));
    content[content.size() - 2] ^= 1;
    SCOPED_TRACE(more);
    expect_refused(sealed_with_padding(content, {}));
  }
}

// A peer that has the keys and pads with more than it sent.
class EncryptThenMacTest : public CbcProtectionTest {};
INSTANTIATE_TEST_SUITE_P(Forms, EncryptThenMacTest,
                         ::testing::Combine(::testing::Values(CbcId::aes_128, CbcId::aes_256),
                                            ::testing::Values(MacId::sha1, MacId::sha256,
                                                              MacId::sha384),
                                            ::testing::Values(true)),
                         name_of);
TEST_P(EncryptThenMacTest, PaddingLongerThanTheRecordIsRefused) {
  expect_refused(sealed_with_padding({}, Bytes(16, 16)));
  expect_refused(sealed_with_padding({}, Bytes(16, 255)));
  expect_opens(sealed_with_padding({}, Bytes(16, 15)), {});
}

TEST_P(CbcProtectionTest, EveryWrongSizeIsRefused) {
  const Bytes record = sealed(content_of(100));
  for (std::size_t size = 0; size < record.size(); ++size) {
    SCOPED_TRACE(size);
    expect_refused(to_bytes(ByteView(record).first(size)));
    expect_refused(to_bytes(ByteView(record).last(size)));
  }
  for (std::size_t more = 1; more <= 40; ++more) {
    SCOPED_TRACE(more);
    Bytes longer = record;
    longer.resize(record.size() + more, 0);
    expect_refused(longer);
  }
}

TEST_P(CbcProtectionTest, KeysOfAnotherSizeAreNotTaken) {
  CbcProtection other(algorithms);
  EXPECT_FALSE(other.install(cipher, mac, Direction::seal, mac_key, content_of(24), false));
  EXPECT_FALSE(other.install(cipher, mac, Direction::seal, content_of(19), key, false));
}

// The MAC that hides how much it covers is the same MAC, from nothing at all to everything.
TEST_P(CbcProtectionTest, HidingTheSizeChangesNothingAboutTheMac) {
  const Bytes all = content_of(700);
  for (std::size_t size = 0; size + mac_size(mac) + 1 <= all.size(); ++size) {
    // A record hides 255 bytes of padding at most.
    const std::size_t shown = std::min(all.size(), size + mac_size(mac) + 1 + size % 256);
    Bytes plain(mac_size(mac));
    Bytes hiding(mac_size(mac));
    ASSERT_TRUE(raw_mac.compute(header(size), ByteView(all).first(size), plain));
    ASSERT_TRUE(raw_mac.compute_hiding_size(header(size), ByteView(all).first(shown), size, hiding))
        << size;
    EXPECT_EQ(plain, hiding) << size;
  }
}

}  // namespace
}  // namespace ciao::tls
