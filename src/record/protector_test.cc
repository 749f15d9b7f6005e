// Records of TLS 1.2's AEAD suites (RFC 5288, RFC 6655, RFC 7905).
#include "record/protector.h"

#include <gtest/gtest.h>

namespace ciao::tls {
namespace {

constexpr std::size_t kHeaderSize = 5;

// One suite for each AEAD that TLS 1.2 has here.
constexpr std::uint16_t kSuites[] = {0xc02f, 0xc030, 0xcca8, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af};

class Protector12 : public ::testing::TestWithParam<std::uint16_t> {
 protected:
  void SetUp() override {
    ASSERT_NE(suite, nullptr);
    install(sealer, Direction::seal);
    install(opener, Direction::open);
  }
  void install(Protector& protector, Direction direction) {
    const RecordKeys12 keys = {{}, key, iv, false};
    ASSERT_TRUE(protector.install(algorithms, *suite, direction, keys));
  }
  bool implicit() const { return suite->aead == AeadId::chacha20_poly1305; }
  std::size_t tag() const { return aead_tag_size(suite->aead); }

  static Bytes header(unsigned type, std::size_t size) {
    return {static_cast<std::uint8_t>(type), 3, 3, static_cast<std::uint8_t>(size >> 8),
            static_cast<std::uint8_t>(size)};
  }
  // Header and fragment.
  Bytes sealed(ByteView content, unsigned type = 23) {
    const std::size_t size = sealer.sealed_size(content.size());
    Bytes record = header(type, size);
    Bytes body(size);
    EXPECT_TRUE(sealer.seal(record, content, {}, body));
    record.insert(record.end(), body.begin(), body.end());
    return record;
  }
  Result<MutableBytes> open(Bytes& record) {
    return opener.open(ByteView(record).first(kHeaderSize),
                       MutableBytes(record).subspan(kHeaderSize));
  }
  void expect_opens(Bytes record, ByteView content) {
    const auto opened = open(record);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(equal(*opened, content));
  }
  void expect_refused(Bytes record) {
    const auto opened = open(record);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, Reason::decryption_failed_or_bad_record_mac);
    EXPECT_EQ(code(opened.error().alert), code(AlertDescription::bad_record_mac));
  }

  const Algorithms algorithms{nullptr, nullptr};
  const Suite* suite = find_suite12(GetParam());
  const Bytes key = Bytes(aead_key_size(suite->aead), 0x11);
  const Bytes iv = implicit() ? Bytes{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11} : Bytes{0, 1, 2, 3};
  const Bytes text = to_bytes(as_bytes("what a record carries"));
  Protector sealer;
  Protector opener;
};
INSTANTIATE_TEST_SUITE_P(Suites, Protector12, ::testing::ValuesIn(kSuites), [](const auto& test) {
  return std::string(find_suite12(test.param)->name);
});

TEST_P(Protector12, SizesOfManyKinds) {
  for (std::size_t size = 0; size <= 300; ++size)
    expect_opens(sealed(Bytes(size, 7)), Bytes(size, 7));
  for (const std::size_t size : {16383U, 16384U}) {
    expect_opens(sealed(Bytes(size, 7)), Bytes(size, 7));
  }
}

// The record put together by hand: nonce and additional data as the RFCs define them.
TEST_P(Protector12, RecordsAreThoseOfTheRfc) {
  for (std::uint8_t sequence = 0; sequence < 3; ++sequence) {
    const Bytes number = {0, 0, 0, 0, 0, 0, 0, sequence};
    // RFC 5246 §6.2.3.3: seq_num + type + version + length of the plaintext.
    Bytes additional = number;
    additional.insert(additional.end(), {23, 3, 3, 0, static_cast<std::uint8_t>(text.size())});
    Bytes nonce = iv;
    if (implicit()) {
      // RFC 7905 §2: the padded sequence number XORed with the IV.
      nonce[11] ^= sequence;
    } else {
      // RFC 5288 §3: salt and nonce_explicit.
      nonce.insert(nonce.end(), number.begin(), number.end());
    }
    Aead aead;
    ASSERT_TRUE(aead.set_key(algorithms, suite->aead, Direction::seal, key));
    Bytes expected(text.size() + tag());
    ASSERT_TRUE(aead.seal(nonce, additional, text, {}, expected));
    if (!implicit()) expected.insert(expected.begin(), number.begin(), number.end());
    const Bytes record = sealed(text);
    EXPECT_TRUE(equal(ByteView(record).subspan(kHeaderSize), expected));
  }
}

// RFC 5288 §3: the explicit part is the sender's affair, and need not be the sequence number.
TEST_P(Protector12, ThePeerChoosesTheExplicitNonce) {
  if (implicit()) return expect_opens(sealed(text), text);
  const Bytes chosen = {9, 8, 7, 6, 5, 4, 3, 2};
  Bytes nonce = iv;
  nonce.insert(nonce.end(), chosen.begin(), chosen.end());
  const Bytes additional = {
      0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, 0, static_cast<std::uint8_t>(text.size())};
  Aead aead;
  ASSERT_TRUE(aead.set_key(algorithms, suite->aead, Direction::seal, key));
  Bytes body(text.size() + tag());
  ASSERT_TRUE(aead.seal(nonce, additional, text, {}, body));
  Bytes record = header(23, chosen.size() + body.size());
  record.insert(record.end(), chosen.begin(), chosen.end());
  record.insert(record.end(), body.begin(), body.end());
  expect_opens(record, text);
}

TEST_P(Protector12, EachChangedBitIsRefused) {
  const Bytes record = sealed(text);
  for (std::size_t bit = kHeaderSize * 8; bit < record.size() * 8; ++bit) {
    SCOPED_TRACE(bit);
    Bytes changed = record;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    expect_refused(changed);
  }
  expect_opens(record, text);
}

TEST_P(Protector12, TypeAndVersionAreCovered) {
  const Bytes record = sealed(text);
  for (std::size_t i = 0; i < 3; ++i) {
    Bytes changed = record;
    changed[i] ^= 1;
    expect_refused(changed);
  }
}

TEST_P(Protector12, AnotherSequenceNumberIsRefused) {
  const Bytes first = sealed(text);
  const Bytes second = sealed(text);
  expect_refused(second);  // left out
  expect_opens(first, text);
  expect_refused(first);  // repeated
  expect_opens(second, text);
}

TEST_P(Protector12, EveryWrongSizeIsRefused) {
  const Bytes record = sealed(text);
  for (std::size_t size = kHeaderSize; size < record.size(); ++size) {
    SCOPED_TRACE(size);
    expect_refused(to_bytes(ByteView(record).first(size)));
  }
  Bytes longer = record;
  longer.push_back(0);
  expect_refused(longer);
  expect_opens(record, text);
}

TEST_P(Protector12, KeysOfAnotherSizeAreNotTaken) {
  Protector other;
  const Bytes wrong(iv.size() + 1, 1);
  EXPECT_FALSE(other.install(algorithms, *suite, Direction::seal, {{}, key, wrong, false}));
  EXPECT_FALSE(other.install(algorithms, *suite, Direction::seal, {{}, wrong, iv, false}));
}

}  // namespace
}  // namespace ciao::tls
